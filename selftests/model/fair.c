// SPDX-License-Identifier: GPL-2.0
/*
 * A run from a state on in which the network loses nothing any more.
 *
 * First everything arrives that is in the network. Then one host gets one packet to send, and
 * nobody does anything but the timers: that must suffice, as a tunnel that needs more packets or
 * an administrator is broken. In another run the host asks every five seconds until it gets an
 * answer.
 *
 * If hosts restart, there are other runs only. A late response of a life before makes a session
 * that the other host lost, and what that host sends meanwhile keeps the timer from running. The
 * next packet starts it again, so a host that goes on asking is heard.
 */
#include "deal.h"
#include "fair.h"
#include "host.h"
#include "net.h"
#include "steps.h"

#define LIMIT		(60 * S)
#define MESSAGES_MAX	100	/* two hosts that talk for ever without time passing */

unsigned int fair_longest;

void fair_settle(bool answers, u8 asker)
{
	struct host *h = &world.hosts[other(asker)];
	unsigned int i, opened;

	for (i = 0; world.n_messages && !broken; i++) {
		must(i < MESSAGES_MAX, "hosts do not talk for ever at one moment");
		opened = h->opened;
		world.messages[0].deliveries = DELIVERIES - 1;
		net_deliver(0);
		if (answers && h->opened > opened)
			host_send(h);
	}
}

/* The other host can open the messages that this one seals now. */
static bool is_heard(const struct host *h)
{
	const struct naawg_session *here = h->sessions.active, *there;

	if (!here || naawg_verdict_on_send(world.now - here->birth, here->send_counter.counter,
					   here->initiator) == NAAWG_SESSION_DEAD)
		return false;
	there = host_session(&world.hosts[other(host_number(h))],
			     deal_of_session(here, host_number(h)));
	return there && naawg_verdict_on_receive(world.now - there->birth, there->initiator) !=
			NAAWG_SESSION_DEAD;
}

static void note_time(u64 begin)
{
	if ((world.now - begin) / S > fair_longest)
		fair_longest = (world.now - begin) / S;
}

/* One packet, and the timers. */
static void send_once(struct host *h)
{
	struct host *there = &world.hosts[other(host_number(h))];
	unsigned int opened = there->opened;
	u64 begin = world.now;

	host_send(h);
	fair_settle(false, 0);
	while (!broken && there->opened == opened && !is_heard(h)) {
		must(step_wait(U64_MAX / 2), "timers go on until a packet can pass");
		must(world.now - begin <= LIMIT, "without loss, a packet can pass in time");
		fair_settle(false, 0);
	}
	note_time(begin);
}

static void ask_until_answer(struct host *h)
{
	unsigned int opened = h->opened;
	u64 begin = world.now;

	do {
		host_send(h);
		fair_settle(true, host_number(h));
		if (h->opened > opened)
			break;
		step_wait(NAAWG_REKEY_TIMEOUT);
		must(world.now - begin <= LIMIT, "without loss, a host that asks gets an answer in time");
	} while (!broken);
	note_time(begin);
}

void fair_check(const struct packed *state)
{
	static void (*const runs[])(struct host *h) = { ask_until_answer, send_once };
	unsigned int i, n = options.restarts ? 2 : 4;

	for (i = 0; i < n && !broken; i++) {
		unpack(state);
		net_choice = IN_FLIGHT;
		fair_settle(false, 0);
		runs[i / 2](&world.hosts[i % 2]);
	}
}
