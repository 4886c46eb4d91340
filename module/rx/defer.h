/* SPDX-License-Identifier: GPL-2.0 */
/* Deferred polls: when an rx queue is polled later, so that messages can join. */
#ifndef _NAAWG_DEFER_H
#define _NAAWG_DEFER_H

#include <linux/types.h>

/**
 * struct naawg_defer - whether the polls of an rx queue are deferred
 * @on: a work item schedules the poll instead of the CPU that queues a message (racy
 *	on purpose)
 * @bulk: this poll decrypted packets that could have been joined (poll only)
 * @lone_polls: polls in a row that brought one message each (poll only)
 * @since: time of the first of them, in jiffies; after a pause, its end (poll only)
 */
struct naawg_defer {
	bool on;
	bool bulk;
	unsigned int lone_polls;
	unsigned long since;
};

void naawg_defer_init(struct naawg_defer *d);
void naawg_defer_update(struct naawg_defer *d, int done);

#endif
