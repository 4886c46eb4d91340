// SPDX-License-Identifier: GPL-2.0
/* Moments for the timestamps of initiations: they never go back. */
#include <linux/minmax.h>

#include "labels.h"

/**
 * naawg_labels_next() - the moment to put into an initiation
 * @labels: what was given out so far
 * @wall: wall clock, in nanoseconds since 1970
 * @now: clock that counts suspend and that nobody sets, in nanoseconds
 *
 * Whoever has accepted a timestamp refuses older ones, so a wall clock that was
 * set back would lock us out. Moments then go on at half the pace: fast enough
 * that each is newer than the one before, and slow enough that the wall clock
 * catches up, after as long again as it was set back by.
 *
 * Context: any; the caller serialises access to @labels.
 * Return: the moment, in nanoseconds since 1970.
 */
u64 naawg_labels_next(struct naawg_labels *labels, u64 wall, u64 now)
{
	u64 floor = 0;

	if (labels->newest)
		floor = labels->newest + (now - labels->given) / 2;
	labels->newest = max(wall, floor);
	labels->given = now;
	return labels->newest;
}
