// SPDX-License-Identifier: GPL-2.0
/* The protocol's timers, without a clock: section 6 of the WireGuard paper. */
#include <linux/bits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "timer_sm.h"

/* How often an initiation is sent again before we give up. */
#define RETRIES_MAX	(NAAWG_REKEY_ATTEMPT_TIME / NAAWG_REKEY_TIMEOUT)

/* A receiver rekeys this late: a sender would long have done so. */
#define REKEY_ON_RECEIVE \
	(NAAWG_REJECT_AFTER_TIME - NAAWG_KEEPALIVE_TIMEOUT - NAAWG_REKEY_TIMEOUT)

/* What an event is, apart from itself. */
#define SENT		BIT(0)	/* something authentic went out */
#define RECEIVED	BIT(1)	/* something authentic came in */

static const u8 natures[] = {
	[NAAWG_EV_DATA_SENT] = SENT,
	[NAAWG_EV_KEEPALIVE_SENT] = SENT,
	[NAAWG_EV_DATA_RECEIVED] = RECEIVED,
	[NAAWG_EV_KEEPALIVE_RECEIVED] = RECEIVED,
	[NAAWG_EV_INITIATION_SENT] = SENT,
	[NAAWG_EV_INITIATION_PUT_OFF] = 0,
	[NAAWG_EV_RESPONSE_SENT] = SENT,
	[NAAWG_EV_HANDSHAKE_RECEIVED] = RECEIVED,
	[NAAWG_EV_SESSION_BEGUN] = 0,
	[NAAWG_EV_CONFIRMED] = 0,
};

static u64 jitter(u32 random)
{
	return (u64)random * NAAWG_JITTER_MAX >> 32;
}

static void arm(struct naawg_timer_sm *r, enum naawg_timer timer, u64 due)
{
	r->due[timer] = due;
}

static void arm_once(struct naawg_timer_sm *r, enum naawg_timer timer, u64 due)
{
	if (!r->due[timer])
		r->due[timer] = due;
}

static void disarm(struct naawg_timer_sm *r, enum naawg_timer timer)
{
	r->due[timer] = 0;
}

static void disarm_keepalive(struct naawg_timer_sm *r)
{
	disarm(r, NAAWG_TIMER_KEEPALIVE);
	r->keepalive_again = false;
}

static void arm_persistent(struct naawg_timer_sm *r, u64 now)
{
	if (r->persistent)
		arm(r, NAAWG_TIMER_PERSISTENT,
		    now + r->persistent * NAAWG_SECOND);
}

/*
 * A packet restarts the round of attempts, and may lead to a call before the
 * retry timer does. So neither of them tells how long a peer has been silent.
 * These two timers run from the first and the second call since the peer was
 * last heard.
 */
static void note_initiation(struct naawg_timer_sm *r, u64 now, u64 answer_due)
{
	if (r->unanswered >= 2)
		return;
	if (!r->unanswered++)
		arm(r, NAAWG_TIMER_SILENT, now + NAAWG_REKEY_ATTEMPT_TIME);
	else
		arm(r, NAAWG_TIMER_LOST, answer_due);
}

/**
 * naawg_timer_sm_reset_unanswered() - no longer count the calls made so far
 * @r: the peer's state machine
 *
 * The peer was heard, or is called with other keys or at another place from now
 * on.
 *
 * Context: any; the caller serialises access to @r.
 */
void naawg_timer_sm_reset_unanswered(struct naawg_timer_sm *r)
{
	disarm(r, NAAWG_TIMER_LOST);
	disarm(r, NAAWG_TIMER_SILENT);
	r->unanswered = 0;
	WRITE_ONCE(r->unreachable, false);
}

/**
 * naawg_timer_sm_event() - something happened to a peer
 * @r: the peer's state machine
 * @event: what
 * @now: when
 * @random: fresh random number
 *
 * Context: any; the caller serialises access to @r.
 */
void naawg_timer_sm_event(struct naawg_timer_sm *r, enum naawg_event event, u64 now,
			  u32 random)
{
	u64 answer_due = now + NAAWG_REKEY_TIMEOUT + jitter(random);
	u8 nature = natures[event];

	if (nature)
		arm_persistent(r, now);
	if (nature & SENT)
		disarm_keepalive(r);
	if (nature & RECEIVED) {
		disarm(r, NAAWG_TIMER_STALE);
		naawg_timer_sm_reset_unanswered(r);
	}

	switch (event) {
	case NAAWG_EV_DATA_SENT:
		arm_once(r, NAAWG_TIMER_STALE,
			 answer_due + NAAWG_KEEPALIVE_TIMEOUT);
		break;
	case NAAWG_EV_DATA_RECEIVED:
		if (r->due[NAAWG_TIMER_KEEPALIVE])
			r->keepalive_again = true;
		else
			arm(r, NAAWG_TIMER_KEEPALIVE,
			    now + NAAWG_KEEPALIVE_TIMEOUT);
		break;
	case NAAWG_EV_INITIATION_SENT:
		arm(r, NAAWG_TIMER_RETRANSMIT, answer_due);
		note_initiation(r, now, answer_due);
		break;
	case NAAWG_EV_INITIATION_PUT_OFF:
		arm_once(r, NAAWG_TIMER_RETRANSMIT, answer_due);
		break;
	case NAAWG_EV_SESSION_BEGUN:
		arm(r, NAAWG_TIMER_WIPE, now + NAAWG_WIPE_AFTER_TIME);
		break;
	case NAAWG_EV_CONFIRMED:
		disarm(r, NAAWG_TIMER_RETRANSMIT);
		r->attempts = 0;
		break;
	default:
		break;
	}
}

/* Disarms the timer if its time has come. */
static bool has_expired(struct naawg_timer_sm *r, enum naawg_timer timer, u64 now)
{
	if (!r->due[timer] || r->due[timer] > now)
		return false;
	disarm(r, timer);
	return true;
}

/*
 * After suspend the timer expires as late as the machine slept, and nothing could be
 * heard meanwhile. The call that is made now gets its time for an answer.
 */
static bool is_lost(struct naawg_timer_sm *r, u64 now, u32 random)
{
	u64 due = r->due[NAAWG_TIMER_LOST];

	if (!has_expired(r, NAAWG_TIMER_LOST, now))
		return false;
	if (now - due < NAAWG_REKEY_TIMEOUT)
		return true;
	arm(r, NAAWG_TIMER_LOST, now + NAAWG_REKEY_TIMEOUT + jitter(random));
	return false;
}

static u32 expire_retransmit(struct naawg_timer_sm *r, u64 now)
{
	u32 actions = NAAWG_DO_GIVE_UP;

	if (r->attempts <= RETRIES_MAX) {
		r->attempts++;
		return NAAWG_DO_RETRY;
	}

	/* nobody there: no use in answering, and old keys may go */
	disarm_keepalive(r);
	arm_once(r, NAAWG_TIMER_WIPE, now + NAAWG_WIPE_AFTER_TIME);
	/* the next round is reported again */
	if (r->due[NAAWG_TIMER_SILENT])
		actions |= NAAWG_DO_TELL;
	disarm(r, NAAWG_TIMER_SILENT);
	r->unanswered = 0;
	return actions;
}

/**
 * naawg_timer_sm_expire() - report the timers whose time has come
 * @r: the peer's state machine
 * @now: the time
 * @random: fresh random number
 *
 * What the caller does in consequence it reports as events, which arm the
 * clocks again.
 *
 * Context: any; the caller serialises access to @r.
 * Return: what is to be done, NAAWG_DO_* bits.
 */
u32 naawg_timer_sm_expire(struct naawg_timer_sm *r, u64 now, u32 random)
{
	bool again = r->keepalive_again;
	u32 actions = 0;

	if (has_expired(r, NAAWG_TIMER_KEEPALIVE, now)) {
		actions |= NAAWG_DO_KEEPALIVE;
		r->keepalive_again = false;
		if (again)
			arm(r, NAAWG_TIMER_KEEPALIVE,
			    now + NAAWG_KEEPALIVE_TIMEOUT);
	}
	if (has_expired(r, NAAWG_TIMER_PERSISTENT, now) && r->persistent) {
		actions |= NAAWG_DO_KEEPALIVE;
		/* the next one must not depend on whether this one gets out */
		arm_persistent(r, now);
	}
	if (is_lost(r, now, random)) {
		WRITE_ONCE(r->unreachable, true);
		actions |= NAAWG_DO_LOSE;
	}
	if (has_expired(r, NAAWG_TIMER_SILENT, now))
		actions |= NAAWG_DO_TELL;
	if (has_expired(r, NAAWG_TIMER_STALE, now))
		actions |= NAAWG_DO_INITIATE;
	if (has_expired(r, NAAWG_TIMER_RETRANSMIT, now))
		actions |= expire_retransmit(r, now);
	if (has_expired(r, NAAWG_TIMER_WIPE, now))
		actions |= NAAWG_DO_WIPE;
	return actions;
}

/**
 * naawg_timer_sm_next() - when to call naawg_timer_sm_expire()
 * @r: the peer's state machine
 *
 * Context: any; the caller serialises access to @r.
 * Return: the earliest deadline, 0 when there is none.
 */
u64 naawg_timer_sm_next(const struct naawg_timer_sm *r)
{
	unsigned int timer;
	u64 next = 0;

	for (timer = 0; timer < NAAWG_TIMER_COUNT; timer++) {
		if (r->due[timer] && (!next || r->due[timer] < next))
			next = r->due[timer];
	}
	return next;
}

/**
 * naawg_timer_sm_restart() - a fresh reason to talk
 * @r: the peer's state machine
 *
 * The next round of initiations is as long as any other.
 *
 * Context: any; the caller serialises access to @r.
 */
void naawg_timer_sm_restart(struct naawg_timer_sm *r)
{
	r->attempts = 0;
}

/**
 * naawg_timer_sm_set_persistent() - persistent keepalive on, off or at another pace
 * @r: the peer's state machine
 * @seconds: interval, 0 = off
 * @now: the time
 *
 * The first one is due in an interval from now: whoever wants one at once
 * sends it.
 *
 * Context: any; the caller serialises access to @r.
 */
void naawg_timer_sm_set_persistent(struct naawg_timer_sm *r, u16 seconds, u64 now)
{
	r->persistent = seconds;
	disarm(r, NAAWG_TIMER_PERSISTENT);
	arm_persistent(r, now);
}

/**
 * naawg_timer_sm_stop() - nothing is due any more
 * @r: the peer's state machine
 *
 * The persistent keepalive interval is configuration and stays, but its timer
 * only starts again with an event or naawg_timer_sm_set_persistent().
 *
 * Context: any; the caller serialises access to @r.
 */
void naawg_timer_sm_stop(struct naawg_timer_sm *r)
{
	memset(r->due, 0, sizeof(r->due));
	naawg_timer_sm_reset_unanswered(r);
	r->attempts = 0;
	r->keepalive_again = false;
}

/**
 * naawg_verdict_on_send() - may a session seal one more?
 * @age: of the session
 * @counter: the next one it would use
 * @initiator: did we initiate it?
 *
 * Context: any.
 * Return: the verdict.
 */
enum naawg_session_verdict
naawg_verdict_on_send(u64 age, u64 counter, bool initiator)
{
	if (age >= NAAWG_REJECT_AFTER_TIME ||
	    counter >= NAAWG_REJECT_AFTER_MESSAGES)
		return NAAWG_SESSION_DEAD;
	if (counter >= NAAWG_REKEY_AFTER_MESSAGES ||
	    (initiator && age >= NAAWG_REKEY_AFTER_TIME))
		return NAAWG_SESSION_REKEY;
	return NAAWG_SESSION_FINE;
}

/**
 * naawg_may_reserve() - may a session seal so many more?
 * @counter: the next one it would use
 * @n: how many
 *
 * Context: any.
 * Return: whether all of them are below the limit; no sum overflows.
 */
bool naawg_may_reserve(u64 counter, u32 n)
{
	return counter <= NAAWG_REJECT_AFTER_MESSAGES &&
	       n <= NAAWG_REJECT_AFTER_MESSAGES - counter;
}

/**
 * naawg_verdict_on_receive() - may a session open one more?
 * @age: of the session
 * @initiator: did we initiate it?
 *
 * Only one side rekeys for age, lest both do so at the same time.
 *
 * Context: any.
 * Return: the verdict.
 */
enum naawg_session_verdict naawg_verdict_on_receive(u64 age, bool initiator)
{
	if (age >= NAAWG_REJECT_AFTER_TIME)
		return NAAWG_SESSION_DEAD;
	if (initiator && age >= REKEY_ON_RECEIVE)
		return NAAWG_SESSION_REKEY;
	return NAAWG_SESSION_FINE;
}
