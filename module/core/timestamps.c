// SPDX-License-Identifier: GPL-2.0
/* Timestamps of our initiations, which never decrease. */
#include <linux/minmax.h>

#include "timestamps.h"

/**
 * naawg_timestamps_next() - compute the timestamp of an initiation
 * @timestamps: state of the timestamps that were used so far
 * @wall: wall clock, in nanoseconds since 1970
 * @now: clock that counts suspend and cannot be set, in nanoseconds
 *
 * A peer that accepted a timestamp refuses older ones, so setting the wall clock back
 * would lock us out. Our timestamps then advance at half speed. Each one is still
 * newer than the one before. The wall clock catches up after twice the time by which
 * it was set back.
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
