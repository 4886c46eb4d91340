// SPDX-License-Identifier: GPL-2.0
/*
 * Deferred polls: when an rx queue is polled later, so that messages can join.
 *
 * A task that sends packets one by one over a virtual cable has each of them received
 * before it sends the next one. Packets that come alone cannot be joined. If they are a
 * stream of packets that could be, the rx queue is polled from a workqueue. Some
 * messages arrive before the worker runs.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>

#include "defer.h"

/* So many lone bulk messages within two ticks are a stream. */
#define STREAM_MIN	16

/* Pause in ticks after deferred polls brought single messages as well. */
#define PAUSE		(HZ / 2)

/**
 * naawg_defer_init() - do not defer
 * @d: the state, zeroed
 *
 * Context: any.
 */
void naawg_defer_init(struct naawg_defer *d)
{
	d->since = jiffies;
}

/**
 * naawg_defer_update() - decide whether the next polls are deferred
 * @d: state of the rx queue
 * @done: messages that this poll decrypted
 *
 * Context: NAPI poll of the rx queue.
 */
void naawg_defer_update(struct naawg_defer *d, int done)
{
	bool bulk = d->bulk;

	d->bulk = false;
	if (!done)
		return;
	if (done > 1 ||
	    (!d->on && (!bulk || time_before(jiffies, d->since)))) {
		d->lone_polls = 0;
		return;
	}
	if (!d->lone_polls++)
		d->since = jiffies;
	if (d->lone_polls < STREAM_MIN)
		return;
	d->lone_polls = 0;
	if (d->on) {
		WRITE_ONCE(d->on, false);
		d->since = jiffies + PAUSE;
	} else if (time_before(jiffies, d->since + 2)) {
		WRITE_ONCE(d->on, true);
	}
}
