/* SPDX-License-Identifier: GPL-2.0 */
/* Sliding window of counters already seen (RFC 6479's blockwise idea). */
#ifndef _NAAWG_REPLAY_H
#define _NAAWG_REPLAY_H

#include <linux/types.h>

#define NAAWG_REPLAY_BITS	8192
#define NAAWG_REPLAY_WORD	64
/* the word the top counter stands in is partly ahead of it */
#define NAAWG_REPLAY_WINDOW	(NAAWG_REPLAY_BITS - NAAWG_REPLAY_WORD)

/**
 * struct naawg_replay - window of one session
 * @next: one above the highest counter accepted
 * @seen: ring of bits, one per counter
 *
 * All zeros is a fresh window. The caller serialises all access.
 */
struct naawg_replay {
	u64 next;
	u64 seen[NAAWG_REPLAY_BITS / NAAWG_REPLAY_WORD];
};

/* true exactly once per counter within the window and below the limit */
bool naawg_replay_accept(struct naawg_replay *r, u64 counter);

/*
 * The same for @n consecutive counters from @first, @n at most 64:
 * bit i of the result says whether @first + i is accepted.
 */
u64 naawg_replay_accept_run(struct naawg_replay *r, u64 first, unsigned int n);

#endif
