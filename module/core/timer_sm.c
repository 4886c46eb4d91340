// SPDX-License-Identifier: GPL-2.0
/* Timer state machine of a peer: section 6 of the WireGuard paper, without a clock. */
#include <linux/bits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "timer_sm.h"

/* Number of retries of an initiation before we give up. */
#define RETRIES_MAX	(NAAWG_REKEY_ATTEMPT_TIME / NAAWG_REKEY_TIMEOUT)

/* Session age at which receiving starts a rekey; sending starts one earlier. */
#define REKEY_ON_RECEIVE \
	(NAAWG_REJECT_AFTER_TIME - NAAWG_KEEPALIVE_TIMEOUT - NAAWG_REKEY_TIMEOUT)

/* Direction of the authenticated message of an event; 0 without a message. */
#define SENT		BIT(0)
#define RECEIVED	BIT(1)

static const u8 directions[] = {
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

static void arm(struct naawg_timer_sm *sm, enum naawg_timer timer, u64 due)
{
	sm->due[timer] = due;
}

static void arm_once(struct naawg_timer_sm *sm, enum naawg_timer timer, u64 due)
{
	if (!sm->due[timer])
		sm->due[timer] = due;
}

static void disarm(struct naawg_timer_sm *sm, enum naawg_timer timer)
{
	sm->due[timer] = 0;
}

static void disarm_keepalive(struct naawg_timer_sm *sm)
{
	disarm(sm, NAAWG_TIMER_KEEPALIVE);
	sm->keepalive_again = false;
}

static void arm_persistent(struct naawg_timer_sm *sm, u64 now)
{
	if (sm->persistent)
		arm(sm, NAAWG_TIMER_PERSISTENT,
		    now + sm->persistent * NAAWG_SECOND);
}

/*
 * A packet restarts the count of attempts, and may cause an initiation before the
 * retransmit timer does. So neither of them tells how long a peer has been silent.
 * The timer SILENT runs from the first initiation since the peer was last heard, the
 * timer LOST from the second one, unless no packet needs the session.
 */
static void note_initiation(struct naawg_timer_sm *sm, u64 now, u64 answer_due)
{
	if (sm->unanswered >= 2)
		return;
	if (!sm->unanswered++)
		arm(sm, NAAWG_TIMER_SILENT, now + NAAWG_REKEY_ATTEMPT_TIME);
	else if (!sm->only_asked)
		arm(sm, NAAWG_TIMER_LOST, answer_due);
}

/*
 * A session that was begun before the request does not fulfil it: it may have the
 * preshared key of that time. The initiation for the request is repeated then.
 */
static void note_confirmation(struct naawg_timer_sm *sm)
{
	sm->attempts = 0;
	if (sm->asked && !sm->begun)
		return;
	disarm(sm, NAAWG_TIMER_RETRANSMIT);
	disarm(sm, NAAWG_TIMER_ASKED);
	WRITE_ONCE(sm->asked, false);
	sm->only_asked = false;
}

/**
 * naawg_timer_sm_reset_unanswered() - stop counting the initiations sent so far
 * @sm: the peer's state machine
 *
 * Called when an authenticated message of the peer arrived, or when the keys or the
 * endpoint of later initiations differ from those so far.
 *
 * Context: any; the caller serialises access to @sm.
 */
void naawg_timer_sm_reset_unanswered(struct naawg_timer_sm *sm)
{
	disarm(sm, NAAWG_TIMER_LOST);
	disarm(sm, NAAWG_TIMER_SILENT);
	sm->unanswered = 0;
	WRITE_ONCE(sm->unreachable, false);
}

/**
 * naawg_timer_sm_event() - update the timers after an event
 * @sm: the peer's state machine
 * @event: the event
 * @now: current time
 * @random: fresh random number
 *
 * Context: any; the caller serialises access to @sm.
 */
void naawg_timer_sm_event(struct naawg_timer_sm *sm, enum naawg_event event, u64 now,
			  u32 random)
{
	u64 answer_due = now + NAAWG_REKEY_TIMEOUT + jitter(random);
	u8 direction = directions[event];

	if (direction)
		arm_persistent(sm, now);
	if (direction & SENT)
		disarm_keepalive(sm);
	if (direction & RECEIVED) {
		disarm(sm, NAAWG_TIMER_STALE);
		naawg_timer_sm_reset_unanswered(sm);
	}

	switch (event) {
	case NAAWG_EV_DATA_SENT:
		arm_once(sm, NAAWG_TIMER_STALE,
			 answer_due + NAAWG_KEEPALIVE_TIMEOUT);
		break;
	case NAAWG_EV_DATA_RECEIVED:
		if (sm->due[NAAWG_TIMER_KEEPALIVE])
			sm->keepalive_again = true;
		else
			arm(sm, NAAWG_TIMER_KEEPALIVE,
			    now + NAAWG_KEEPALIVE_TIMEOUT);
		break;
	case NAAWG_EV_INITIATION_SENT:
		arm(sm, NAAWG_TIMER_RETRANSMIT, answer_due);
		disarm(sm, NAAWG_TIMER_ASKED);
		note_initiation(sm, now, answer_due);
		break;
	case NAAWG_EV_INITIATION_PUT_OFF:
		arm_once(sm, NAAWG_TIMER_RETRANSMIT, answer_due);
		break;
	case NAAWG_EV_SESSION_BEGUN:
		arm(sm, NAAWG_TIMER_WIPE, now + NAAWG_WIPE_AFTER_TIME);
		sm->begun = true;
		break;
	case NAAWG_EV_CONFIRMED:
		note_confirmation(sm);
		break;
	default:
		break;
	}
}

/* Disarms the timer if it is due. */
static bool has_expired(struct naawg_timer_sm *sm, enum naawg_timer timer, u64 now)
{
	if (!sm->due[timer] || sm->due[timer] > now)
		return false;
	disarm(sm, timer);
	return true;
}

/*
 * If the machine slept, this timer expires late, and no message could arrive
 * meanwhile. The initiation that is sent now then gets the usual time for a response.
 */
static bool is_lost(struct naawg_timer_sm *sm, u64 now, u32 random)
{
	u64 due = sm->due[NAAWG_TIMER_LOST];

	if (!has_expired(sm, NAAWG_TIMER_LOST, now))
		return false;
	if (now - due < NAAWG_REKEY_TIMEOUT)
		return true;
	arm(sm, NAAWG_TIMER_LOST, now + NAAWG_REKEY_TIMEOUT + jitter(random));
	return false;
}

static u32 expire_retransmit(struct naawg_timer_sm *sm, u64 now)
{
	u32 actions = NAAWG_DO_GIVE_UP;

	if (sm->attempts <= RETRIES_MAX) {
		sm->attempts++;
		return NAAWG_DO_RETRY;
	}

	/* the peer is gone: a keepalive is useless, and old keys may be erased */
	disarm_keepalive(sm);
	arm_once(sm, NAAWG_TIMER_WIPE, now + NAAWG_WIPE_AFTER_TIME);
	/* the next round of attempts is reported again */
	if (sm->due[NAAWG_TIMER_SILENT])
		actions |= NAAWG_DO_TELL;
	disarm(sm, NAAWG_TIMER_SILENT);
	sm->unanswered = 0;
	sm->only_asked = false;
	return actions;
}

/**
 * naawg_timer_sm_expire() - collect the actions of all timers that are due
 * @sm: the peer's state machine
 * @now: current time
 * @random: fresh random number
 *
 * The caller reports the messages that it sends as events, which arm the timers
 * again.
 *
 * Context: any; the caller serialises access to @sm.
 * Return: actions to take, NAAWG_DO_* bits.
 */
u32 naawg_timer_sm_expire(struct naawg_timer_sm *sm, u64 now, u32 random)
{
	bool again = sm->keepalive_again;
	u32 actions = 0;

	if (has_expired(sm, NAAWG_TIMER_KEEPALIVE, now)) {
		actions |= NAAWG_DO_KEEPALIVE;
		sm->keepalive_again = false;
		if (again)
			arm(sm, NAAWG_TIMER_KEEPALIVE,
			    now + NAAWG_KEEPALIVE_TIMEOUT);
	}
	if (has_expired(sm, NAAWG_TIMER_PERSISTENT, now) && sm->persistent) {
		actions |= NAAWG_DO_KEEPALIVE;
		/* the next keepalive is due even if this one cannot be sent */
		arm_persistent(sm, now);
	}
	if (is_lost(sm, now, random)) {
		WRITE_ONCE(sm->unreachable, true);
		actions |= NAAWG_DO_LOSE;
	}
	if (has_expired(sm, NAAWG_TIMER_SILENT, now))
		actions |= NAAWG_DO_TELL;
	if (has_expired(sm, NAAWG_TIMER_STALE, now))
		actions |= NAAWG_DO_INITIATE;
	if (has_expired(sm, NAAWG_TIMER_ASKED, now))
		actions |= NAAWG_DO_ASK;
	if (has_expired(sm, NAAWG_TIMER_RETRANSMIT, now))
		actions |= expire_retransmit(sm, now);
	if (has_expired(sm, NAAWG_TIMER_WIPE, now))
		actions |= NAAWG_DO_WIPE;
	return actions;
}

/**
 * naawg_timer_sm_next() - find the earliest deadline
 * @sm: the peer's state machine
 *
 * Context: any; the caller serialises access to @sm.
 * Return: time at which to call naawg_timer_sm_expire(), 0 if no timer is armed.
 */
u64 naawg_timer_sm_next(const struct naawg_timer_sm *sm)
{
	unsigned int timer;
	u64 next = 0;

	for (timer = 0; timer < NAAWG_TIMER_COUNT; timer++) {
		if (sm->due[timer] && (!next || sm->due[timer] < next))
			next = sm->due[timer];
	}
	return next;
}

/**
 * naawg_timer_sm_restart() - count the attempts of initiations from zero
 * @sm: the peer's state machine
 *
 * Called when a new packet or a configuration change asks for a session, so that
 * its initiations get a full round of attempts.
 *
 * Context: any; the caller serialises access to @sm.
 */
void naawg_timer_sm_restart(struct naawg_timer_sm *sm)
{
	sm->attempts = 0;
	if (!sm->only_asked)
		return;
	/* the next initiation may be the one that arms the timer LOST */
	sm->only_asked = false;
	if (sm->unanswered > 1)
		sm->unanswered = 1;
}

/**
 * naawg_timer_sm_ask() - note that an administrator asks for a new session
 * @sm: the peer's state machine
 *
 * The request is fulfilled when both sides have the keys of a session that is begun
 * from now on.
 *
 * Context: any; the caller serialises access to @sm. It prevents sessions from being
 * begun meanwhile.
 */
void naawg_timer_sm_ask(struct naawg_timer_sm *sm)
{
	sm->attempts = 0;
	/* otherwise a packet may have caused the handshake that is under way */
	if (!sm->due[NAAWG_TIMER_RETRANSMIT])
		sm->only_asked = true;
	sm->begun = false;
	WRITE_ONCE(sm->asked, true);
}

/**
 * naawg_timer_sm_ask_at() - note that the initiation of a request must wait
 * @sm: the peer's state machine
 * @due: time at which it may be sent
 *
 * Does nothing if there is no such request.
 *
 * Context: any; the caller serialises access to @sm.
 */
void naawg_timer_sm_ask_at(struct naawg_timer_sm *sm, u64 due)
{
	if (sm->asked)
		arm_once(sm, NAAWG_TIMER_ASKED, due);
}

/**
 * naawg_timer_sm_set_persistent() - set the interval of persistent keepalives
 * @sm: the peer's state machine
 * @seconds: interval, 0 for off
 * @now: current time
 *
 * The first keepalive is due one interval from now. A caller that wants one at once
 * sends it itself.
 *
 * Context: any; the caller serialises access to @sm.
 */
void naawg_timer_sm_set_persistent(struct naawg_timer_sm *sm, u16 seconds, u64 now)
{
	sm->persistent = seconds;
	disarm(sm, NAAWG_TIMER_PERSISTENT);
	arm_persistent(sm, now);
}

/**
 * naawg_timer_sm_stop() - disarm all timers
 * @sm: the peer's state machine
 *
 * The interval of persistent keepalives is configuration and stays. An event or
 * naawg_timer_sm_set_persistent() arms its timer again.
 *
 * Context: any; the caller serialises access to @sm.
 */
void naawg_timer_sm_stop(struct naawg_timer_sm *sm)
{
	memset(sm->due, 0, sizeof(sm->due));
	naawg_timer_sm_reset_unanswered(sm);
	sm->attempts = 0;
	sm->keepalive_again = false;
	WRITE_ONCE(sm->asked, false);
	sm->only_asked = false;
}

/**
 * naawg_verdict_on_send() - tell if a session may seal one more message
 * @age: age of the session, ns
 * @counter: next counter of the session
 * @initiator: true if we initiated the session
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
 * naawg_may_reserve() - tell if a session may seal @n more messages
 * @counter: next counter of the session
 * @n: number of messages
 *
 * Context: any.
 * Return: whether all their counters are below the limit; no sum here overflows.
 */
bool naawg_may_reserve(u64 counter, u32 n)
{
	return counter <= NAAWG_REJECT_AFTER_MESSAGES &&
	       n <= NAAWG_REJECT_AFTER_MESSAGES - counter;
}

/**
 * naawg_verdict_on_receive() - tell if a session may open one more message
 * @age: age of the session, ns
 * @initiator: true if we initiated the session
 *
 * Only the initiator rekeys an old session, so that both sides do not initiate at
 * the same time.
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
