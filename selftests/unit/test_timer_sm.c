// SPDX-License-Identifier: GPL-2.0
/* The clocks on a timeline of its own. */
#include "core/timer_sm.h"
#include "shim.h"
#include "tap.h"

#define S	NAAWG_SECOND
#define T0	(1000 * S)

static struct naawg_timer_sm r;

static void begin(void)
{
	memset(&r, 0, sizeof(r));
}

static void event(enum naawg_event event, u64 now)
{
	naawg_timer_sm_event(&r, event, now, 0);
}

/* Nothing until @due, then just @actions. */
static void expect(u64 due, u32 actions)
{
	check(naawg_timer_sm_next(&r) == due);
	check(naawg_timer_sm_expire(&r, due - 1, 0) == 0);
	check(naawg_timer_sm_next(&r) == due);
	check(naawg_timer_sm_expire(&r, due, 0) == actions);
}

static void nothing(void)
{
	begin();
	check(naawg_timer_sm_next(&r) == 0);
	check(naawg_timer_sm_expire(&r, U64_MAX, 0) == 0);
	event(NAAWG_EV_KEEPALIVE_SENT, T0);
	event(NAAWG_EV_KEEPALIVE_RECEIVED, T0);
	event(NAAWG_EV_RESPONSE_SENT, T0);
	event(NAAWG_EV_HANDSHAKE_RECEIVED, T0);
	event(NAAWG_EV_CONFIRMED, T0);
	check(naawg_timer_sm_next(&r) == 0);
}

static void retransmit(void)
{
	u64 now = T0;
	int i;

	begin();
	event(NAAWG_EV_INITIATION_SENT, now);
	for (i = 0; i <= 18; i++) {
		u32 also = i == 1 ? NAAWG_DO_LOSE : i == 17 ? NAAWG_DO_TELL : 0;

		now += 5 * S;
		expect(now, NAAWG_DO_RETRY | also);
		check(r.attempts == i + 1);
		check(!r.due[NAAWG_TIMER_RETRANSMIT]);
		event(NAAWG_EV_INITIATION_SENT, now);
	}
	check(now >= T0 + 90 * S);
	event(NAAWG_EV_DATA_RECEIVED, now);
	check(!r.unanswered && !r.unreachable);
	check(r.due[NAAWG_TIMER_KEEPALIVE]);
	now += 5 * S;
	expect(now, NAAWG_DO_GIVE_UP);
	check(!r.due[NAAWG_TIMER_KEEPALIVE]);
	expect(now + 540 * S, NAAWG_DO_WIPE);
	check(naawg_timer_sm_next(&r) == 0);

	/* sending new data makes a new round */
	naawg_timer_sm_restart(&r);
	event(NAAWG_EV_INITIATION_SENT, T0);
	expect(T0 + 5 * S, NAAWG_DO_RETRY);

	/* the answer ends it */
	event(NAAWG_EV_INITIATION_SENT, T0 + 5 * S);
	event(NAAWG_EV_HANDSHAKE_RECEIVED, T0 + 6 * S);
	check(naawg_timer_sm_next(&r) == T0 + 10 * S);
	event(NAAWG_EV_CONFIRMED, T0 + 6 * S);
	check(naawg_timer_sm_next(&r) == 0 && r.attempts == 0);

	/* a postponed initiation is retried, unless an earlier try is due anyway */
	event(NAAWG_EV_INITIATION_PUT_OFF, T0);
	event(NAAWG_EV_INITIATION_PUT_OFF, T0 + S);
	expect(T0 + 5 * S, NAAWG_DO_RETRY);
	event(NAAWG_EV_INITIATION_SENT, T0 + 5 * S);
	event(NAAWG_EV_INITIATION_PUT_OFF, T0 + 9 * S);
	check(naawg_timer_sm_next(&r) == T0 + 10 * S);
	event(NAAWG_EV_HANDSHAKE_RECEIVED, T0 + 9 * S);
	event(NAAWG_EV_CONFIRMED, T0 + 9 * S);
	check(naawg_timer_sm_next(&r) == 0);

	/* giving up does not put off wiping what there is */
	begin();
	event(NAAWG_EV_SESSION_BEGUN, T0);
	r.attempts = 19;
	event(NAAWG_EV_INITIATION_SENT, T0 + 120 * S);
	/* not before it was told of */
	expect(T0 + 125 * S, NAAWG_DO_GIVE_UP | NAAWG_DO_TELL);
	expect(T0 + 540 * S, NAAWG_DO_WIPE);
}

/* The actions of all timers that expired by @now, in the order of time. */
static u32 actions_by(u64 now)
{
	u32 actions = 0;
	u64 next;

	while ((next = naawg_timer_sm_next(&r)) && next <= now)
		actions |= naawg_timer_sm_expire(&r, next, 0);
	return actions;
}

static void two_initiations_unanswered(void)
{
	static const enum naawg_event not_received[] = {
		NAAWG_EV_DATA_SENT, NAAWG_EV_KEEPALIVE_SENT,
		NAAWG_EV_RESPONSE_SENT, NAAWG_EV_INITIATION_PUT_OFF,
		NAAWG_EV_SESSION_BEGUN,
	};

	/* A single unanswered initiation may be a lost packet. */
	begin();
	event(NAAWG_EV_INITIATION_SENT, T0);
	check(actions_by(T0 + 80 * S) == NAAWG_DO_RETRY && !r.unreachable);

	/* The second one has the usual time for its response. */
	begin();
	event(NAAWG_EV_INITIATION_SENT, T0);
	event(NAAWG_EV_INITIATION_SENT, T0 + 5 * S);
	check(!(actions_by(T0 + 10 * S - 1) & NAAWG_DO_LOSE) && !r.unreachable);
	check(actions_by(T0 + 10 * S) & NAAWG_DO_LOSE && r.unreachable);

	/* Neither more initiations nor other messages that we send change that. */
	event(NAAWG_EV_INITIATION_SENT, T0 + 10 * S);
	for (int i = 0; i < ARRAY_SIZE(not_received); i++)
		event(not_received[i], T0 + 11 * S);
	check(!(actions_by(T0 + 80 * S) & NAAWG_DO_LOSE) && r.unreachable);

	/* Packets may initiate before the timer does, and restart it. */
	begin();
	for (int i = 0; i < 4; i++) {
		naawg_timer_sm_restart(&r);
		naawg_timer_sm_event(&r, NAAWG_EV_INITIATION_SENT, T0 + i * 5 * S,
				     U32_MAX);
		check(!r.unreachable);
		if (actions_by(T0 + (i + 1) * 5 * S + S / 2 - 1) & NAAWG_DO_LOSE)
			break;
	}
	check(r.unreachable);
}

static void authentic_messages_end_it(void)
{
	static const enum naawg_event received[] = {
		NAAWG_EV_DATA_RECEIVED, NAAWG_EV_KEEPALIVE_RECEIVED,
		NAAWG_EV_HANDSHAKE_RECEIVED,
	};

	for (int i = 0; i < ARRAY_SIZE(received); i++) {
		begin();
		event(NAAWG_EV_INITIATION_SENT, T0);
		event(received[i], T0 + S);
		event(NAAWG_EV_INITIATION_SENT, T0 + 5 * S);
		check(!(actions_by(T0 + 60 * S) & NAAWG_DO_LOSE));
		event(NAAWG_EV_INITIATION_SENT, T0 + 60 * S);
		check(actions_by(T0 + 65 * S) & NAAWG_DO_LOSE && r.unreachable);
		event(received[i], T0 + 66 * S);
		check(!r.unreachable);
	}

	/* The message may come between the two, or before the second one times out. */
	begin();
	event(NAAWG_EV_INITIATION_SENT, T0);
	event(NAAWG_EV_INITIATION_SENT, T0 + 5 * S);
	event(NAAWG_EV_DATA_RECEIVED, T0 + 9 * S);
	check(!(actions_by(T0 + 999 * S) & (NAAWG_DO_LOSE | NAAWG_DO_TELL)));
	check(!r.unreachable);
}

static void silence_without_initiations(void)
{
	begin();
	event(NAAWG_EV_DATA_RECEIVED, T0);
	event(NAAWG_EV_DATA_SENT, T0);
	check(actions_by(T0 + 9999 * S) == NAAWG_DO_INITIATE && !r.unreachable);

	/* So does a change of keys or endpoint, and a link that goes down. */
	for (int i = 0; i < 2; i++) {
		begin();
		event(NAAWG_EV_INITIATION_SENT, T0);
		event(NAAWG_EV_INITIATION_SENT, T0 + 5 * S);
		check(actions_by(T0 + 10 * S) & NAAWG_DO_LOSE);
		if (i)
			naawg_timer_sm_reset_unanswered(&r);
		else
			naawg_timer_sm_stop(&r);
		check(!r.unreachable && !r.unanswered && !naawg_timer_sm_next(&r));
	}
}

/* The machine slept after the second call, and kept its sessions. */
static void slept(void)
{
	begin();
	event(NAAWG_EV_INITIATION_SENT, T0);
	event(NAAWG_EV_INITIATION_SENT, T0 + 5 * S);
	check(naawg_timer_sm_expire(&r, T0 + 600 * S, 0) & NAAWG_DO_RETRY);
	check(!r.unreachable);
	event(NAAWG_EV_INITIATION_SENT, T0 + 600 * S);
	check(!(actions_by(T0 + 605 * S - 1) & NAAWG_DO_LOSE) && !r.unreachable);
	check(actions_by(T0 + 605 * S) & NAAWG_DO_LOSE && r.unreachable);

	/* an answer to the call made afterwards keeps it reachable */
	begin();
	event(NAAWG_EV_INITIATION_SENT, T0);
	event(NAAWG_EV_INITIATION_SENT, T0 + 5 * S);
	check(!(naawg_timer_sm_expire(&r, T0 + 600 * S, 0) & NAAWG_DO_LOSE));
	event(NAAWG_EV_HANDSHAKE_RECEIVED, T0 + 601 * S);
	check(!(actions_by(T0 + 9999 * S) & NAAWG_DO_LOSE) && !r.unreachable);

	/* a timer is a little late as a rule */
	begin();
	event(NAAWG_EV_INITIATION_SENT, T0);
	event(NAAWG_EV_INITIATION_SENT, T0 + 5 * S);
	check(naawg_timer_sm_expire(&r, T0 + 12 * S, 0) & NAAWG_DO_LOSE);
	check(r.unreachable);
}

/* Calls as packets make them: each begins the round of attempts anew. */
static u64 told_after(u64 between, u64 until, u32 random)
{
	u64 now, told = 0;

	begin();
	for (now = T0; now < T0 + until; now += S) {
		if ((now - T0) % between == 0) {
			naawg_timer_sm_restart(&r);
			event(NAAWG_EV_INITIATION_PUT_OFF, now);
		}
		for (u64 next; (next = naawg_timer_sm_next(&r)) && next <= now;) {
			u32 actions = naawg_timer_sm_expire(&r, next, random);

			if (actions & (NAAWG_DO_RETRY | NAAWG_DO_INITIATE))
				event(NAAWG_EV_INITIATION_SENT, next);
			if (actions & NAAWG_DO_TELL) {
				check(!told);
				told = next;
			}
		}
	}
	return told;
}

static void told(void)
{
	/* the first call is made at T0 + 5 s */
	check(told_after(S, 500 * S, 0) == T0 + 95 * S);
	check(told_after(25 * S, 500 * S, 0) == T0 + 95 * S);
	check(told_after(9999 * S, 500 * S, 0) == T0 + 95 * S);

	/* a new round, after the one before was given up, is told of again */
	event(NAAWG_EV_INITIATION_SENT, T0 + 600 * S);
	check(r.unreachable);
	expect(T0 + 605 * S, NAAWG_DO_GIVE_UP | NAAWG_DO_TELL);

	/* a peer that answers in time is not reported */
	begin();
	event(NAAWG_EV_INITIATION_SENT, T0);
	event(NAAWG_EV_HANDSHAKE_RECEIVED, T0 + 89 * S);
	event(NAAWG_EV_CONFIRMED, T0 + 89 * S);
	check(!(actions_by(T0 + 999 * S) & NAAWG_DO_TELL));
}

static void jitter(void)
{
	begin();
	naawg_timer_sm_event(&r, NAAWG_EV_INITIATION_SENT, T0, U32_MAX);
	check(naawg_timer_sm_next(&r) > T0 + 5 * S);
	check(naawg_timer_sm_next(&r) < T0 + 5 * S + NAAWG_JITTER_MAX);
	begin();
	naawg_timer_sm_event(&r, NAAWG_EV_DATA_SENT, T0, U32_MAX);
	check(naawg_timer_sm_next(&r) > T0 + 15 * S);
	check(naawg_timer_sm_next(&r) < T0 + 15 * S + NAAWG_JITTER_MAX);
}

static void keepalive(void)
{
	begin();
	event(NAAWG_EV_DATA_RECEIVED, T0);
	expect(T0 + 10 * S, NAAWG_DO_KEEPALIVE);
	check(naawg_timer_sm_next(&r) == 0);

	/* more data does not move it but asks for another */
	event(NAAWG_EV_DATA_RECEIVED, T0);
	event(NAAWG_EV_DATA_RECEIVED, T0 + 9 * S);
	expect(T0 + 10 * S, NAAWG_DO_KEEPALIVE);
	expect(T0 + 20 * S, NAAWG_DO_KEEPALIVE);
	check(naawg_timer_sm_next(&r) == 0);

	/* anything sent does as well as a keepalive */
	static const enum naawg_event sent[] = {
		NAAWG_EV_KEEPALIVE_SENT, NAAWG_EV_INITIATION_SENT,
		NAAWG_EV_RESPONSE_SENT, NAAWG_EV_DATA_SENT,
	};
	for (int i = 0; i < ARRAY_SIZE(sent); i++) {
		begin();
		event(NAAWG_EV_DATA_RECEIVED, T0);
		event(NAAWG_EV_DATA_RECEIVED, T0 + S);
		event(sent[i], T0 + 2 * S);
		check(!r.due[NAAWG_TIMER_KEEPALIVE] && !r.keepalive_again);
	}

	/* received keepalives and handshakes ask for none */
	begin();
	event(NAAWG_EV_KEEPALIVE_RECEIVED, T0);
	event(NAAWG_EV_HANDSHAKE_RECEIVED, T0);
	check(naawg_timer_sm_next(&r) == 0);
}

static void stale(void)
{
	static const enum naawg_event received[] = {
		NAAWG_EV_DATA_RECEIVED, NAAWG_EV_KEEPALIVE_RECEIVED,
		NAAWG_EV_HANDSHAKE_RECEIVED,
	};

	begin();
	event(NAAWG_EV_DATA_SENT, T0);
	event(NAAWG_EV_DATA_SENT, T0 + 14 * S);
	expect(T0 + 15 * S, NAAWG_DO_INITIATE);
	check(naawg_timer_sm_next(&r) == 0);

	for (int i = 0; i < ARRAY_SIZE(received); i++) {
		begin();
		event(NAAWG_EV_DATA_SENT, T0);
		event(received[i], T0 + S);
		check(!r.due[NAAWG_TIMER_STALE]);
	}
	/* messages without data need no answer */
	begin();
	event(NAAWG_EV_KEEPALIVE_SENT, T0);
	event(NAAWG_EV_RESPONSE_SENT, T0);
	check(naawg_timer_sm_next(&r) == 0);
}

static void wipe(void)
{
	begin();
	event(NAAWG_EV_SESSION_BEGUN, T0);
	check(naawg_timer_sm_next(&r) == T0 + 540 * S);
	event(NAAWG_EV_SESSION_BEGUN, T0 + 120 * S);
	expect(T0 + 660 * S, NAAWG_DO_WIPE);
	check(naawg_timer_sm_next(&r) == 0);
}

static void persistent(void)
{
	static const enum naawg_event moving[] = {
		NAAWG_EV_DATA_SENT, NAAWG_EV_KEEPALIVE_SENT,
		NAAWG_EV_DATA_RECEIVED, NAAWG_EV_KEEPALIVE_RECEIVED,
		NAAWG_EV_INITIATION_SENT, NAAWG_EV_RESPONSE_SENT,
		NAAWG_EV_HANDSHAKE_RECEIVED,
	};

	begin();
	naawg_timer_sm_set_persistent(&r, 25, T0);
	expect(T0 + 25 * S, NAAWG_DO_KEEPALIVE);
	/* goes on even if that one did not get out */
	expect(T0 + 50 * S, NAAWG_DO_KEEPALIVE);

	for (int i = 0; i < ARRAY_SIZE(moving); i++) {
		begin();
		naawg_timer_sm_set_persistent(&r, 25, T0);
		event(moving[i], T0 + 7 * S);
		check(r.due[NAAWG_TIMER_PERSISTENT] == T0 + 32 * S);
		event(NAAWG_EV_SESSION_BEGUN, T0 + 8 * S);
		event(NAAWG_EV_CONFIRMED, T0 + 8 * S);
		check(r.due[NAAWG_TIMER_PERSISTENT] == T0 + 32 * S);
	}

	naawg_timer_sm_set_persistent(&r, 65535, T0);
	check(r.due[NAAWG_TIMER_PERSISTENT] == T0 + 65535 * S);
	naawg_timer_sm_stop(&r);
	check(naawg_timer_sm_next(&r) == 0 && r.persistent == 65535);
	event(NAAWG_EV_DATA_SENT, T0);
	check(r.due[NAAWG_TIMER_PERSISTENT] == T0 + 65535 * S);
	naawg_timer_sm_set_persistent(&r, 0, T0);
	check(!r.due[NAAWG_TIMER_PERSISTENT] && !r.persistent);
	event(NAAWG_EV_DATA_SENT, T0);
	check(!r.due[NAAWG_TIMER_PERSISTENT]);
}

static void several(void)
{
	begin();
	event(NAAWG_EV_DATA_RECEIVED, T0);
	event(NAAWG_EV_SESSION_BEGUN, T0);
	/* after a long sleep all ring at once */
	r.due[NAAWG_TIMER_STALE] = T0 + 15 * S;
	r.due[NAAWG_TIMER_RETRANSMIT] = T0 + 5 * S;
	check(naawg_timer_sm_expire(&r, T0 + 9999 * S, 0) ==
	      (NAAWG_DO_KEEPALIVE | NAAWG_DO_INITIATE | NAAWG_DO_RETRY |
	       NAAWG_DO_WIPE));
	check(naawg_timer_sm_next(&r) == 0);
}

static void verdicts(void)
{
	const u64 limit = NAAWG_REJECT_AFTER_MESSAGES;

	check(naawg_verdict_on_send(0, 0, true) == NAAWG_SESSION_FINE);
	check(naawg_verdict_on_send(120 * S - 1, 0, true) == NAAWG_SESSION_FINE);
	check(naawg_verdict_on_send(120 * S, 0, true) == NAAWG_SESSION_REKEY);
	check(naawg_verdict_on_send(120 * S, 0, false) == NAAWG_SESSION_FINE);
	check(naawg_verdict_on_send(180 * S - 1, 0, true) == NAAWG_SESSION_REKEY);
	check(naawg_verdict_on_send(180 * S - 1, 0, false) == NAAWG_SESSION_FINE);
	check(naawg_verdict_on_send(180 * S, 0, true) == NAAWG_SESSION_DEAD);
	check(naawg_verdict_on_send(180 * S, 0, false) == NAAWG_SESSION_DEAD);
	check(naawg_verdict_on_send(0, (1ULL << 60) - 1, false) ==
	      NAAWG_SESSION_FINE);
	check(naawg_verdict_on_send(0, 1ULL << 60, false) ==
	      NAAWG_SESSION_REKEY);
	check(naawg_verdict_on_send(0, limit - 1, true) == NAAWG_SESSION_REKEY);
	check(naawg_verdict_on_send(0, limit, true) == NAAWG_SESSION_DEAD);
	check(naawg_verdict_on_send(0, U64_MAX, false) == NAAWG_SESSION_DEAD);

	check(naawg_may_reserve(0, 1));
	check(naawg_may_reserve(0, U32_MAX));
	check(naawg_may_reserve(limit - 1, 1));
	check(!naawg_may_reserve(limit - 1, 2));
	check(!naawg_may_reserve(limit, 1));
	check(!naawg_may_reserve(limit - 1, 131072));
	check(!naawg_may_reserve(U64_MAX, 1));
	check(!naawg_may_reserve(limit + 1, U32_MAX));

	check(naawg_verdict_on_receive(0, true) == NAAWG_SESSION_FINE);
	check(naawg_verdict_on_receive(165 * S - 1, true) == NAAWG_SESSION_FINE);
	check(naawg_verdict_on_receive(165 * S, true) == NAAWG_SESSION_REKEY);
	check(naawg_verdict_on_receive(165 * S, false) == NAAWG_SESSION_FINE);
	check(naawg_verdict_on_receive(180 * S, true) == NAAWG_SESSION_DEAD);
	check(naawg_verdict_on_receive(180 * S, false) == NAAWG_SESSION_DEAD);
}

int main(void)
{
	tap_run("silence arms nothing", nothing);
	tap_run("5 s: an initiation is sent again, up to 90 s", retransmit);
	tap_run("10 s: two initiations in a row unanswered make a peer unreachable",
		two_initiations_unanswered);
	tap_run("any authentic message ends that, and restarts the count",
		authentic_messages_end_it);
	tap_run("a silent peer that gets no initiation stays reachable",
		silence_without_initiations);
	tap_run("time asleep does not make a peer unreachable", slept);
	tap_run("90 s: a peer that does not answer is reported, under traffic too", told);
	tap_run("jitter is bounded", jitter);
	tap_run("10 s: a keepalive answers data", keepalive);
	tap_run("15 s: a silent peer gets a new handshake", stale);
	tap_run("540 s: keys are wiped", wipe);
	tap_run("persistent keepalive", persistent);
	tap_run("several timers run at once", several);
	tap_run("120, 165 and 180 s: age of a session", verdicts);
	return tap_done();
}
