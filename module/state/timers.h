/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel timer of a peer, armed for the earliest deadline of the state machine. */
#ifndef _NAAWG_TIMERS_H
#define _NAAWG_TIMERS_H

#include <linux/spinlock.h>
#include <linux/timer.h>

#include "../core/timer_sm.h"

/**
 * struct naawg_timers - timers of one peer
 * @lock: protects all other fields
 * @sm: timer state machine
 * @timer: kernel timer, which fires at the earliest deadline or before
 * @armed_for: deadline for which @timer was armed, ns, 0 while not pending
 * @running: false while events are ignored
 */
struct naawg_timers {
	spinlock_t lock; /* leaf */
	struct naawg_timer_sm sm;
	struct timer_list timer;
	u64 armed_for;
	bool running;
};

/*
 * Returns true if the peer answered neither of two initiations in a row, and sent no
 * authenticated message since the first of them.
 */
static inline bool
naawg_timers_is_unreachable(const struct naawg_timers *timers)
{
	return READ_ONCE(timers->sm.unreachable);
}

/* Returns true if a new session was asked for, and both sides do not have its keys yet. */
static inline bool naawg_timers_is_asked(const struct naawg_timers *timers)
{
	return READ_ONCE(timers->sm.asked);
}

void naawg_timers_init(struct naawg_timers *timers,
		       void (*expired)(struct timer_list *timer));
void naawg_timers_start(struct naawg_timers *timers);
void naawg_timers_stop(struct naawg_timers *timers);
void naawg_timers_shutdown(struct naawg_timers *timers);
void naawg_timers_event(struct naawg_timers *timers, enum naawg_event event);
void naawg_timers_restart(struct naawg_timers *timers);
void naawg_timers_ask(struct naawg_timers *timers);
void naawg_timers_ask_at(struct naawg_timers *timers, u64 due);
void naawg_timers_reset_unanswered(struct naawg_timers *timers);
void naawg_timers_set_persistent(struct naawg_timers *timers, u16 seconds);
u32 naawg_timers_expire(struct naawg_timers *timers);

#endif
