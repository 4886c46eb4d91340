/* SPDX-License-Identifier: GPL-2.0 */
/* Timestamps of initiations: they never go back. */
#ifndef _NAAWG_TIMESTAMPS_H
#define _NAAWG_TIMESTAMPS_H

#include <linux/types.h>

/**
 * struct naawg_timestamps - the newest timestamp that was given out
 * @newest: in nanoseconds since 1970, 0 = none yet
 * @given: when that was, of a clock nobody sets
 *
 * The caller serialises all access.
 */
struct naawg_timestamps {
	u64 newest;
	u64 given;
};

u64 naawg_timestamps_next(struct naawg_timestamps *timestamps, u64 wall, u64 now);

#endif
