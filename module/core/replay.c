// SPDX-License-Identifier: GPL-2.0
/* Replay window: a ring of words, cleared word by word as the highest counter grows. */
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "replay.h"
#include "wire.h"

#define WORDS	(NAAWG_REPLAY_BITS / NAAWG_REPLAY_WORD)

/*
 * Clears the words of the blocks behind @block up to @to. The counters of older blocks
 * leave the ring, and a clear bit among these is a message that never arrived.
 */
static void enter_blocks(struct naawg_replay *r, u64 block, u64 to)
{
	u64 keep = block + WORDS;

	if (to > keep) {
		/* these counters leave the ring without having been in it */
		r->lost += (to - keep) * NAAWG_REPLAY_WORD;
		to = keep;
	}
	while (block < to) {
		u64 *word = &r->seen[++block % WORDS];

		/* before the ring is full, nothing leaves it */
		if (block >= WORDS)
			r->lost += NAAWG_REPLAY_WORD - hweight64(*word);
		*word = 0;
	}
}

/* Makes @top the highest counter, and forgets the counters that leave the ring. */
static void advance(struct naawg_replay *r, u64 top)
{
	u64 from = r->next ? (r->next - 1) / NAAWG_REPLAY_WORD : 0;
	u64 to = top / NAAWG_REPLAY_WORD;

	if (to != from)
		enter_blocks(r, from, to);
	r->next = top + 1;
}

/* Sets the bits of @mask in the word of @counter; returns those that were clear. */
static u64 mark_seen(struct naawg_replay *r, u64 counter, u64 mask)
{
	u64 *word = &r->seen[counter / NAAWG_REPLAY_WORD % WORDS];
	u64 fresh = mask & ~*word;

	*word |= mask;
	return fresh;
}

/* Returns a mask of the @n lowest bits; @n is 1 to 64. */
static u64 low_bits(unsigned int n)
{
	return ~0ULL >> (64 - n);
}

/**
 * naawg_replay_accept_run() - check and mark consecutive counters
 * @r: window
 * @first: lowest counter
 * @n: number of counters, at most 64
 *
 * The result is the same as that of naawg_replay_accept() for each counter in turn.
 * The messages of all counters must be authenticated: new counters are marked as
 * seen, and the highest one may move the window.
 *
 * Context: any; the caller serialises access to @r.
 * Return: bit i is set if counter @first + i is accepted.
 */
u64 naawg_replay_accept_run(struct naawg_replay *r, u64 first, unsigned int n)
{
	unsigned int skip = 0;
	unsigned int at;
	unsigned int in_word;
	u64 accepted;

	if (!n || first >= NAAWG_REJECT_AFTER_MESSAGES)
		return 0;
	n = min_t(u64, min(n, 64U), NAAWG_REJECT_AFTER_MESSAGES - first);

	if (first + n > r->next) {
		/* the run is shorter than the window, so none of its counters is too old */
		advance(r, first + n - 1);
	} else if (r->next - first > NAAWG_REPLAY_WINDOW) {
		u64 old = r->next - first - NAAWG_REPLAY_WINDOW;

		if (old >= n)
			return 0;
		skip = old;
	}

	first += skip;
	n -= skip;
	at = first % NAAWG_REPLAY_WORD;
	in_word = min(n, NAAWG_REPLAY_WORD - at);
	accepted = mark_seen(r, first, low_bits(in_word) << at) >> at;
	if (n > in_word)
		accepted |= mark_seen(r, first + in_word, low_bits(n - in_word))
			    << in_word;
	return accepted << skip;
}

/**
 * naawg_replay_accept() - check and mark a counter
 * @r: window
 * @counter: counter of an authenticated message
 *
 * Context: any; the caller serialises access to @r.
 * Return: true exactly once per counter; false if the counter is older than the
 * window or above the limit of a session.
 */
bool naawg_replay_accept(struct naawg_replay *r, u64 counter)
{
	return naawg_replay_accept_run(r, counter, 1);
}

/**
 * naawg_replay_missing() - count the counters in the ring that were not accepted
 * @r: window
 *
 * Their messages are lost or still on the way.
 *
 * Context: any; the caller serialises access to @r.
 * Return: number of clear bits below the highest accepted counter.
 */
u64 naawg_replay_missing(const struct naawg_replay *r)
{
	u64 top = r->next ? (r->next - 1) / NAAWG_REPLAY_WORD : 0;
	u64 oldest = top < WORDS ? 0 : top - WORDS + 1;
	u64 missing = r->next - oldest * NAAWG_REPLAY_WORD;
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		missing -= hweight64(r->seen[i]);
	return missing;
}
