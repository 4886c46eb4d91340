// SPDX-License-Identifier: GPL-2.0
/* Requests for a new session, on a timeline of their own. */
#include "core/timer_sm.h"
#include "shim.h"
#include "tap.h"

#define S	NAAWG_SECOND
#define T0	(1000 * S)

static struct naawg_timer_sm r;

static void event(enum naawg_event event, u64 now)
{
	naawg_timer_sm_event(&r, event, now, 0);
}

/* A peer with a session that we initiated, and no timer but the one that wipes it. */
static void begin(void)
{
	memset(&r, 0, sizeof(r));
	event(NAAWG_EV_INITIATION_SENT, T0);
	event(NAAWG_EV_HANDSHAKE_RECEIVED, T0);
	event(NAAWG_EV_SESSION_BEGUN, T0);
	event(NAAWG_EV_CONFIRMED, T0);
	check(naawg_timer_sm_next(&r) == T0 + 540 * S);
}

static u32 actions_by(u64 now)
{
	u32 actions = 0;
	u64 next;

	while ((next = naawg_timer_sm_next(&r)) && next <= now)
		actions |= naawg_timer_sm_expire(&r, next, 0);
	return actions;
}

static void fulfilled(void)
{
	begin();
	naawg_timer_sm_ask(&r);
	check(r.asked);
	event(NAAWG_EV_INITIATION_SENT, T0 + 10 * S);
	event(NAAWG_EV_HANDSHAKE_RECEIVED, T0 + 11 * S);
	event(NAAWG_EV_SESSION_BEGUN, T0 + 11 * S);
	check(r.asked);
	event(NAAWG_EV_CONFIRMED, T0 + 11 * S);
	check(!r.asked && !r.only_asked);
	check(naawg_timer_sm_next(&r) == T0 + 551 * S);

	/* a session that the peer initiated does it as well */
	naawg_timer_sm_ask(&r);
	event(NAAWG_EV_SESSION_BEGUN, T0 + 20 * S);
	event(NAAWG_EV_CONFIRMED, T0 + 20 * S);
	check(!r.asked);
}

static void early(void)
{
	begin();
	/* without a request there is nothing to wait for */
	naawg_timer_sm_ask_at(&r, T0 + 5 * S);
	check(naawg_timer_sm_next(&r) == T0 + 540 * S);

	naawg_timer_sm_ask(&r);
	naawg_timer_sm_ask_at(&r, T0 + 5 * S);
	naawg_timer_sm_ask_at(&r, T0 + 7 * S);
	check(naawg_timer_sm_next(&r) == T0 + 5 * S);
	check(naawg_timer_sm_expire(&r, T0 + 5 * S, 0) == NAAWG_DO_ASK);
	check(naawg_timer_sm_next(&r) == T0 + 540 * S);

	/* an initiation for another reason is the one that was asked for */
	naawg_timer_sm_ask_at(&r, T0 + 10 * S);
	event(NAAWG_EV_INITIATION_SENT, T0 + 6 * S);
	check(!r.due[NAAWG_TIMER_ASKED]);
	check(naawg_timer_sm_next(&r) == T0 + 11 * S);

	/* a new session needs no initiation */
	begin();
	naawg_timer_sm_ask(&r);
	naawg_timer_sm_ask_at(&r, T0 + 5 * S);
	event(NAAWG_EV_SESSION_BEGUN, T0 + S);
	event(NAAWG_EV_CONFIRMED, T0 + S);
	check(!r.due[NAAWG_TIMER_ASKED]);
}

static void older_session(void)
{
	begin();
	event(NAAWG_EV_SESSION_BEGUN, T0 + 10 * S);
	naawg_timer_sm_ask(&r);
	naawg_timer_sm_ask_at(&r, T0 + 15 * S);
	event(NAAWG_EV_CONFIRMED, T0 + 10 * S);
	check(r.asked);
	check(naawg_timer_sm_expire(&r, T0 + 15 * S, 0) == NAAWG_DO_ASK);

	/* nor does it end the retries */
	event(NAAWG_EV_INITIATION_SENT, T0 + 15 * S);
	event(NAAWG_EV_CONFIRMED, T0 + 16 * S);
	check(naawg_timer_sm_next(&r) == T0 + 20 * S);
}

static void in_vain(void)
{
	u64 now = T0 + 10 * S;
	int i;

	begin();
	naawg_timer_sm_ask(&r);
	for (i = 0; i < 19; i++, now += 5 * S) {
		event(NAAWG_EV_INITIATION_SENT, now);
		check(!(actions_by(now + 5 * S) & NAAWG_DO_LOSE));
		check(!r.unreachable);
	}
	event(NAAWG_EV_INITIATION_SENT, now);
	check(actions_by(now + 5 * S) & NAAWG_DO_GIVE_UP);
	check(!r.unreachable && r.asked && !r.only_asked);
	naawg_timer_sm_stop(&r);
	check(!r.asked);
}

static void packets_too(void)
{
	/* a packet needs the session, and waits for two initiations at most */
	begin();
	naawg_timer_sm_ask(&r);
	event(NAAWG_EV_INITIATION_SENT, T0 + 10 * S);
	event(NAAWG_EV_INITIATION_SENT, T0 + 15 * S);
	naawg_timer_sm_restart(&r);
	event(NAAWG_EV_INITIATION_SENT, T0 + 20 * S);
	check(actions_by(T0 + 25 * S) & NAAWG_DO_LOSE && r.unreachable);

	/* it needed it before the request */
	begin();
	event(NAAWG_EV_INITIATION_SENT, T0 + 10 * S);
	naawg_timer_sm_ask(&r);
	check(!r.only_asked);
	event(NAAWG_EV_INITIATION_SENT, T0 + 15 * S);
	check(actions_by(T0 + 20 * S) & NAAWG_DO_LOSE && r.unreachable);
}

int main(void)
{
	tap_run("a session that is begun after a request fulfils it", fulfilled);
	tap_run("5 s: a request waits after the last initiation, and is sent once", early);
	tap_run("a session that was begun before a request does not fulfil it", older_session);
	tap_run("a request alone makes no peer unreachable", in_vain);
	tap_run("a request does not hide that packets get no answer", packets_too);
	return tap_done();
}
