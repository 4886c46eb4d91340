// SPDX-License-Identifier: GPL-2.0
/*
 * Deferred polls: when an rx queue is polled later, so that messages can join.
 *
 * A task that sends over veth has each packet received before it sends the next one, so
 * each poll finds one message. If many such messages carry TCP data, the poll runs from
 * a workqueue. More messages arrive before the worker runs, and are coalesced.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>

#include "defer.h"

/* Polls are deferred after so many with one bulk message each, within two ticks. */
#define STREAM_MIN	16

/*
 * Deferral pauses after so many deferred polls in a row with one message each. A stream
 * begins with many of them, until its window is large enough for batches. Slow packets end
 * deferral at the first STREAM_MIN of them.
 */
#define LONE_MAX	256

/* Length of the pause in ticks. */
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
	bool bulk = d->bulk, fast;

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
	if (d->lone_polls % STREAM_MIN)
		return;
	fast = time_before(jiffies, d->since + 2);
	d->since = jiffies;
	if (d->on && fast && d->lone_polls < LONE_MAX)
		return;
	d->lone_polls = 0;
	if (d->on) {
		WRITE_ONCE(d->on, false);
		/* slow packets tell nothing about the next stream */
		d->since += fast ? PAUSE : 0;
	} else if (fast) {
		WRITE_ONCE(d->on, true);
	}
}
