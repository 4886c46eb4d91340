// SPDX-License-Identifier: GPL-2.0
/* Timestamps of initiations: they never go back. */
#include <linux/minmax.h>

#include "timestamps.h"

/**
 * naawg_timestamps_next() - the timestamp to put into an initiation
 * @timestamps: what was given out so far
 * @wall: wall timer, in nanoseconds since 1970
 * @now: clock that counts suspend and that nobody sets, in nanoseconds
 *
 * Whoever has accepted a timestamp refuses older ones, so a wall clock that was
 * set back would lock us out. Timestamps then go on at half the pace: fast enough
 * that each is newer than the one before, and slow enough that the wall clock
 * catches up, after as long again as it was set back by.
 *
 * Context: any; the caller serialises access to @timestamps.
 * Return: the timestamp, in nanoseconds since 1970.
 */
u64 naawg_timestamps_next(struct naawg_timestamps *timestamps, u64 wall, u64 now)
{
	u64 floor = 0;

	if (timestamps->newest)
		floor = timestamps->newest + (now - timestamps->given) / 2;
	timestamps->newest = max(wall, floor);
	timestamps->given = now;
	return timestamps->newest;
}
