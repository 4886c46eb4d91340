// SPDX-License-Identifier: GPL-2.0
/* Kernel timer of a peer: runs the timer state machine, and arms it again. */
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/random.h>

#include "dev.h"
#include "timers.h"

/**
 * naawg_timers_init() - initialise stopped timers
 * @timers: the timers
 * @expired: called in softirq when a deadline may have passed
 */
void naawg_timers_init(struct naawg_timers *timers,
		       void (*expired)(struct timer_list *timer))
{
	spin_lock_init(&timers->lock);
	timer_setup(&timers->timer, expired, 0);
}

/*
 * A kernel timer that fires too early does no harm: nothing is due, and it is armed
 * again. So it is only moved to an earlier time, never to a later one. A deadline
 * that every packet moves to a later time then costs one comparison.
 */
static void rearm(struct naawg_timers *timers, u64 now)
{
	u64 next = naawg_timer_sm_next(&timers->sm);
	u64 delta;

	lockdep_assert_held(&timers->lock);
	if (!next || !timers->running)
		return;
	if (timers->armed_for && timers->armed_for <= next)
		return;
	delta = next > now ? next - now : 0;
	timers->armed_for = next;
	delta = div_u64(delta, naawg_time_scale);
	mod_timer(&timers->timer, jiffies + nsecs_to_jiffies(delta) + 1);
}

/**
 * naawg_timers_start() - let events arm the timers
 * @timers: the timers
 *
 * Context: process.
 */
void naawg_timers_start(struct naawg_timers *timers)
{
	spin_lock_bh(&timers->lock);
	timers->running = true;
	spin_unlock_bh(&timers->lock);
}

/**
 * naawg_timers_stop() - disarm all timers, and ignore events until started
 * @timers: the timers
 *
 * Context: process, may sleep until a running expiry is over.
 */
void naawg_timers_stop(struct naawg_timers *timers)
{
	spin_lock_bh(&timers->lock);
	timers->running = false;
	timers->armed_for = 0;
	naawg_timer_sm_stop(&timers->sm);
	spin_unlock_bh(&timers->lock);
	timer_delete_sync(&timers->timer);
}

/**
 * naawg_timers_shutdown() - stop all timers for ever
 * @timers: the timers
 *
 * Context: process, may sleep until a running expiry is over.
 */
void naawg_timers_shutdown(struct naawg_timers *timers)
{
	naawg_timers_stop(timers);
	timer_shutdown_sync(&timers->timer);
}

/**
 * naawg_timers_event() - update the timers after an event
 * @timers: the timers
 * @event: the event
 *
 * Context: process or softirq.
 */
void naawg_timers_event(struct naawg_timers *timers, enum naawg_event event)
{
	u64 now = naawg_now();

	spin_lock_bh(&timers->lock);
	if (timers->running) {
		naawg_timer_sm_event(&timers->sm, event, now, get_random_u32());
		rearm(timers, now);
	}
	spin_unlock_bh(&timers->lock);
}

/**
 * naawg_timers_restart() - count the attempts of initiations from zero
 * @timers: the timers
 *
 * Context: process or softirq.
 */
void naawg_timers_restart(struct naawg_timers *timers)
{
	spin_lock_bh(&timers->lock);
	naawg_timer_sm_restart(&timers->sm);
	spin_unlock_bh(&timers->lock);
}

/**
 * naawg_timers_ask() - note that an administrator asks for a new session
 * @timers: the timers
 *
 * Context: process; the caller holds the handshake lock of the peer, so that no
 * session is begun meanwhile.
 */
void naawg_timers_ask(struct naawg_timers *timers)
{
	spin_lock_bh(&timers->lock);
	naawg_timer_sm_ask(&timers->sm);
	spin_unlock_bh(&timers->lock);
}

/**
 * naawg_timers_ask_at() - note that the initiation of a request must wait
 * @timers: the timers
 * @due: time at which it may be sent, ns
 *
 * Context: process or softirq.
 */
void naawg_timers_ask_at(struct naawg_timers *timers, u64 due)
{
	u64 now = naawg_now();

	spin_lock_bh(&timers->lock);
	if (timers->running) {
		naawg_timer_sm_ask_at(&timers->sm, due);
		rearm(timers, now);
	}
	spin_unlock_bh(&timers->lock);
}

/**
 * naawg_timers_reset_unanswered() - stop counting the initiations sent so far
 * @timers: the timers
 *
 * Called after keys or the endpoint changed.
 *
 * Context: process or softirq.
 */
void naawg_timers_reset_unanswered(struct naawg_timers *timers)
{
	spin_lock_bh(&timers->lock);
	naawg_timer_sm_reset_unanswered(&timers->sm);
	spin_unlock_bh(&timers->lock);
}

/**
 * naawg_timers_set_persistent() - set the interval of persistent keepalives
 * @timers: the timers
 * @seconds: interval, 0 for off
 *
 * Context: process.
 */
void naawg_timers_set_persistent(struct naawg_timers *timers, u16 seconds)
{
	u64 now = naawg_now();

	spin_lock_bh(&timers->lock);
	naawg_timer_sm_set_persistent(&timers->sm, seconds, now);
	rearm(timers, now);
	spin_unlock_bh(&timers->lock);
}

/**
 * naawg_timers_expire() - collect the actions of all timers that are due
 * @timers: the timers
 *
 * Called from the callback of the kernel timer.
 *
 * Context: softirq.
 * Return: actions to take, NAAWG_DO_* bits.
 */
u32 naawg_timers_expire(struct naawg_timers *timers)
{
	u64 now = naawg_now();
	u32 actions = 0;

	spin_lock_bh(&timers->lock);
	timers->armed_for = 0;
	if (timers->running) {
		actions = naawg_timer_sm_expire(&timers->sm, now,
						get_random_u32());
		rearm(timers, now);
	}
	spin_unlock_bh(&timers->lock);
	return actions;
}
