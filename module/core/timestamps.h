/* SPDX-License-Identifier: GPL-2.0 */
/* Timestamps of our initiations, which never decrease. */
#ifndef _NAAWG_TIMESTAMPS_H
#define _NAAWG_TIMESTAMPS_H

#include <linux/types.h>

/**
 * struct naawg_timestamps - the newest timestamp that was used
 * @newest: the timestamp in nanoseconds since 1970, 0 for none
 * @given: time at which it was used, of a clock that cannot be set
 *
 * The caller serialises all access.
 */
struct naawg_timestamps {
	u64 newest;
	u64 given;
};

u64 naawg_timestamps_next(struct naawg_timestamps *timestamps, u64 wall, u64 now);

#endif
