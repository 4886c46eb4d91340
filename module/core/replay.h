/* SPDX-License-Identifier: GPL-2.0 */
/* Replay window: counters that were seen already, in blocks as in RFC 6479. */
#ifndef _NAAWG_REPLAY_H
#define _NAAWG_REPLAY_H

#include <linux/types.h>

#define NAAWG_REPLAY_BITS	8192
#define NAAWG_REPLAY_WORD	64
/* the word of the highest counter also covers counters above it */
#define NAAWG_REPLAY_WINDOW	(NAAWG_REPLAY_BITS - NAAWG_REPLAY_WORD)

/**
 * struct naawg_replay - window of one session
 * @next: highest accepted counter plus one
 * @lost: number of counters that left the ring and were never accepted; the caller may
 *	reset it
 * @seen: ring of bits, one per counter
 *
 * All zeros stands for a new window. The caller serialises all access.
 */
struct naawg_replay {
	u64 next;
	u64 lost;
	u64 seen[NAAWG_REPLAY_BITS / NAAWG_REPLAY_WORD];
};

/* returns true exactly once per counter that is in the window and below the limit */
bool naawg_replay_accept(struct naawg_replay *r, u64 counter);

/*
 * Does the same for @n consecutive counters from @first on, @n at most 64. Bit i of
 * the result is set if @first + i is accepted.
 */
u64 naawg_replay_accept_run(struct naawg_replay *r, u64 first, unsigned int n);

/* returns the number of counters in the ring, below the highest one, that were not accepted */
u64 naawg_replay_missing(const struct naawg_replay *r);

#endif
