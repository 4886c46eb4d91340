// SPDX-License-Identifier: GPL-2.0
/* The protocol's clocks, without a clock: section 6 of the WireGuard paper. */
#include <linux/bits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "rules.h"

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

static void arm(struct naawg_rules *r, enum naawg_clock clock, u64 due)
{
	r->due[clock] = due;
}

static void arm_once(struct naawg_rules *r, enum naawg_clock clock, u64 due)
{
	if (!r->due[clock])
		r->due[clock] = due;
}

static void disarm(struct naawg_rules *r, enum naawg_clock clock)
{
	r->due[clock] = 0;
}

static void disarm_keepalive(struct naawg_rules *r)
{
	disarm(r, NAAWG_CLOCK_KEEPALIVE);
	r->keepalive_again = false;
}

static void arm_persistent(struct naawg_rules *r, u64 now)
{
	if (r->persistent)
		arm(r, NAAWG_CLOCK_PERSISTENT,
		    now + r->persistent * NAAWG_SECOND);
}

/*
 * A packet restarts the round of attempts, and may lead to a call before the
 * retry clock does. So neither of them tells how long a peer has been silent.
 * These two clocks run from the first and the second call since the peer was
 * last heard.
 */
static void note_call(struct naawg_rules *r, u64 now, u64 answer_due)
{
	if (r->calls >= 2)
		return;
	if (!r->calls++)
		arm(r, NAAWG_CLOCK_SILENT, now + NAAWG_REKEY_ATTEMPT_TIME);
	else
		arm(r, NAAWG_CLOCK_LOST, answer_due);
}

/**
 * naawg_rules_forget_calls() - no longer count the calls made so far
 * @r: rules of the peer
 *
 * The peer was heard, or is called with other keys or at another place from now
 * on.
 *
 * Context: any; the caller serialises access to @r.
 */
void naawg_rules_forget_calls(struct naawg_rules *r)
{
	disarm(r, NAAWG_CLOCK_LOST);
	disarm(r, NAAWG_CLOCK_SILENT);
	r->calls = 0;
	WRITE_ONCE(r->unreachable, false);
}

/**
 * naawg_rules_event() - something happened to a peer
 * @r: rules of the peer
 * @event: what
 * @now: when
 * @random: fresh random number
 *
 * Context: any; the caller serialises access to @r.
 */
void naawg_rules_event(struct naawg_rules *r, enum naawg_event event, u64 now,
		       u32 random)
{
	u64 answer_due = now + NAAWG_REKEY_TIMEOUT + jitter(random);
	u8 nature = natures[event];

	if (nature)
		arm_persistent(r, now);
	if (nature & SENT)
		disarm_keepalive(r);
	if (nature & RECEIVED) {
		disarm(r, NAAWG_CLOCK_STALE);
		naawg_rules_forget_calls(r);
	}

	switch (event) {
	case NAAWG_EV_DATA_SENT:
		arm_once(r, NAAWG_CLOCK_STALE,
			 answer_due + NAAWG_KEEPALIVE_TIMEOUT);
		break;
	case NAAWG_EV_DATA_RECEIVED:
		if (r->due[NAAWG_CLOCK_KEEPALIVE])
			r->keepalive_again = true;
		else
			arm(r, NAAWG_CLOCK_KEEPALIVE,
			    now + NAAWG_KEEPALIVE_TIMEOUT);
		break;
	case NAAWG_EV_INITIATION_SENT:
		arm(r, NAAWG_CLOCK_RETRANSMIT, answer_due);
		note_call(r, now, answer_due);
		break;
	case NAAWG_EV_INITIATION_PUT_OFF:
		arm_once(r, NAAWG_CLOCK_RETRANSMIT, answer_due);
		break;
	case NAAWG_EV_SESSION_BEGUN:
		arm(r, NAAWG_CLOCK_WIPE, now + NAAWG_WIPE_AFTER_TIME);
		break;
	case NAAWG_EV_CONFIRMED:
		disarm(r, NAAWG_CLOCK_RETRANSMIT);
		r->attempts = 0;
		break;
	default:
		break;
	}
}

/* Disarms the clock if its time has come. */
static bool rings(struct naawg_rules *r, enum naawg_clock clock, u64 now)
{
	if (!r->due[clock] || r->due[clock] > now)
		return false;
	disarm(r, clock);
	return true;
}

/*
 * After suspend the clock rings as late as the machine slept, and nothing could be
 * heard meanwhile. The call that is made now gets its time for an answer.
 */
static bool is_lost(struct naawg_rules *r, u64 now, u32 random)
{
	u64 due = r->due[NAAWG_CLOCK_LOST];

	if (!rings(r, NAAWG_CLOCK_LOST, now))
		return false;
	if (now - due < NAAWG_REKEY_TIMEOUT)
		return true;
	arm(r, NAAWG_CLOCK_LOST, now + NAAWG_REKEY_TIMEOUT + jitter(random));
	return false;
}

static u32 expire_retransmit(struct naawg_rules *r, u64 now)
{
	u32 deeds = NAAWG_DO_GIVE_UP;

	if (r->attempts <= RETRIES_MAX) {
		r->attempts++;
		return NAAWG_DO_RETRY;
	}

	/* nobody there: no use in answering, and old keys may go */
	disarm_keepalive(r);
	arm_once(r, NAAWG_CLOCK_WIPE, now + NAAWG_WIPE_AFTER_TIME);
	/* the next round is reported again */
	if (r->due[NAAWG_CLOCK_SILENT])
		deeds |= NAAWG_DO_TELL;
	disarm(r, NAAWG_CLOCK_SILENT);
	r->calls = 0;
	return deeds;
}

/**
 * naawg_rules_expire() - let the clocks ring whose time has come
 * @r: rules of the peer
 * @now: the time
 * @random: fresh random number
 *
 * What the caller does in consequence it reports as events, which arm the
 * clocks again.
 *
 * Context: any; the caller serialises access to @r.
 * Return: what is to be done, NAAWG_DO_* bits.
 */
u32 naawg_rules_expire(struct naawg_rules *r, u64 now, u32 random)
{
	bool again = r->keepalive_again;
	u32 deeds = 0;

	if (rings(r, NAAWG_CLOCK_KEEPALIVE, now)) {
		deeds |= NAAWG_DO_KEEPALIVE;
		r->keepalive_again = false;
		if (again)
			arm(r, NAAWG_CLOCK_KEEPALIVE,
			    now + NAAWG_KEEPALIVE_TIMEOUT);
	}
	if (rings(r, NAAWG_CLOCK_PERSISTENT, now) && r->persistent) {
		deeds |= NAAWG_DO_KEEPALIVE;
		/* the next one must not depend on whether this one gets out */
		arm_persistent(r, now);
	}
	if (is_lost(r, now, random)) {
		WRITE_ONCE(r->unreachable, true);
		deeds |= NAAWG_DO_LOSE;
	}
	if (rings(r, NAAWG_CLOCK_SILENT, now))
		deeds |= NAAWG_DO_TELL;
	if (rings(r, NAAWG_CLOCK_STALE, now))
		deeds |= NAAWG_DO_INITIATE;
	if (rings(r, NAAWG_CLOCK_RETRANSMIT, now))
		deeds |= expire_retransmit(r, now);
	if (rings(r, NAAWG_CLOCK_WIPE, now))
		deeds |= NAAWG_DO_WIPE;
	return deeds;
}

/**
 * naawg_rules_next() - when to call naawg_rules_expire()
 * @r: rules of the peer
 *
 * Context: any; the caller serialises access to @r.
 * Return: the earliest deadline, 0 when there is none.
 */
u64 naawg_rules_next(const struct naawg_rules *r)
{
	unsigned int clock;
	u64 next = 0;

	for (clock = 0; clock < NAAWG_CLOCK_COUNT; clock++) {
		if (r->due[clock] && (!next || r->due[clock] < next))
			next = r->due[clock];
	}
	return next;
}

/**
 * naawg_rules_restart() - a fresh reason to talk
 * @r: rules of the peer
 *
 * The next round of initiations is as long as any other.
 *
 * Context: any; the caller serialises access to @r.
 */
void naawg_rules_restart(struct naawg_rules *r)
{
	r->attempts = 0;
}

/**
 * naawg_rules_set_persistent() - persistent keepalive on, off or at another pace
 * @r: rules of the peer
 * @seconds: interval, 0 = off
 * @now: the time
 *
 * The first one is due in an interval from now: whoever wants one at once
 * sends it.
 *
 * Context: any; the caller serialises access to @r.
 */
void naawg_rules_set_persistent(struct naawg_rules *r, u16 seconds, u64 now)
{
	r->persistent = seconds;
	disarm(r, NAAWG_CLOCK_PERSISTENT);
	arm_persistent(r, now);
}

/**
 * naawg_rules_stop() - nothing is due any more
 * @r: rules of the peer
 *
 * The persistent keepalive interval is configuration and stays, but its clock
 * only starts again with an event or naawg_rules_set_persistent().
 *
 * Context: any; the caller serialises access to @r.
 */
void naawg_rules_stop(struct naawg_rules *r)
{
	memset(r->due, 0, sizeof(r->due));
	naawg_rules_forget_calls(r);
	r->attempts = 0;
	r->keepalive_again = false;
}

/**
 * naawg_rules_on_send() - may a session seal one more?
 * @age: of the session
 * @counter: the next one it would use
 * @initiator: did we initiate it?
 *
 * Context: any.
 * Return: the verdict.
 */
enum naawg_session_verdict
naawg_rules_on_send(u64 age, u64 counter, bool initiator)
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
 * naawg_rules_may_reserve() - may a session seal so many more?
 * @counter: the next one it would use
 * @n: how many
 *
 * Context: any.
 * Return: whether all of them are below the limit; no sum overflows.
 */
bool naawg_rules_may_reserve(u64 counter, u32 n)
{
	return counter <= NAAWG_REJECT_AFTER_MESSAGES &&
	       n <= NAAWG_REJECT_AFTER_MESSAGES - counter;
}

/**
 * naawg_rules_on_receive() - may a session open one more?
 * @age: of the session
 * @initiator: did we initiate it?
 *
 * Only one side rekeys for age, lest both do so at the same time.
 *
 * Context: any.
 * Return: the verdict.
 */
enum naawg_session_verdict naawg_rules_on_receive(u64 age, bool initiator)
{
	if (age >= NAAWG_REJECT_AFTER_TIME)
		return NAAWG_SESSION_DEAD;
	if (initiator && age >= REKEY_ON_RECEIVE)
		return NAAWG_SESSION_REKEY;
	return NAAWG_SESSION_FINE;
}
