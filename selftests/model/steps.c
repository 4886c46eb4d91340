// SPDX-License-Identifier: GPL-2.0
/*
 * The steps from a state: each message may arrive, each host may send, and time may pass.
 *
 * Jitter is zero, and all times of the protocol are whole seconds. Between two of the moments at
 * which a timer expires or a limit of an age is reached, nothing depends on the time. So time
 * goes from one of them to the next.
 */
#include "host.h"
#include "net.h"
#include "steps.h"

/* Sets the time to the earliest moment. */
static void earlier(u64 *next, u64 moment)
{
	if (moment > world.now && (!*next || moment < *next))
		*next = moment;
}

static void session_moments(u64 *next, const struct naawg_session *session)
{
	static const u64 limits[] = {
		2 * NAAWG_REKEY_TIMEOUT, NAAWG_REKEY_AFTER_TIME,
		NAAWG_REJECT_AFTER_TIME - NAAWG_KEEPALIVE_TIMEOUT - NAAWG_REKEY_TIMEOUT,
		NAAWG_REJECT_AFTER_TIME,
	};
	unsigned int i;

	for (i = 0; session && i < ARRAY_SIZE(limits); i++)
		earlier(next, session->birth + limits[i]);
}

static void host_moments(u64 *next, const struct host *h)
{
	u64 due = naawg_timer_sm_next(&h->sm);

	if (due)
		earlier(next, due);
	if (h->last_initiation)
		earlier(next, h->last_initiation + NAAWG_REKEY_TIMEOUT);
	if (h->confirmed)
		earlier(next, h->confirmed + NAAWG_REJECT_AFTER_TIME);
	session_moments(next, h->pending);
	session_moments(next, h->sessions.previous);
	session_moments(next, h->sessions.active);
	session_moments(next, h->sessions.next);
}

bool step_wait(u64 most)
{
	u64 next = 0;

	host_moments(&next, &world.hosts[0]);
	host_moments(&next, &world.hosts[1]);
	if (!next)
		return false;
	world.now = min(next, world.now + most);
	host_expire(&world.hosts[0]);
	host_expire(&world.hosts[1]);
	return true;
}

static bool arrives(unsigned int i)
{
	if (i >= world.n_messages)
		return false;
	net_deliver(i);
	return true;
}

/* A host has one packet in the network at most: two of them play the same part. */
static bool sends(unsigned int i)
{
	unsigned int k;

	for (k = 0; k < world.n_messages; k++)
		if (world.messages[k].kind == DATA && world.messages[k].from == i &&
		    !world.messages[k].deliveries)
			return false;
	host_send(&world.hosts[i]);
	return true;
}

static bool waits(unsigned int i)
{
	return step_wait(U64_MAX / 2);
}

static bool asks(unsigned int i)
{
	if (world.hosts[i].asks >= options.asks)
		return false;
	host_ask(&world.hosts[i]);
	return true;
}

static bool restarts(unsigned int i)
{
	if (world.hosts[i].life >= options.restarts)
		return false;
	host_restart(&world.hosts[i]);
	return true;
}

static bool jumps(unsigned int i)
{
	if (world.jumps >= options.jumps || !host_jump(&world.hosts[i]))
		return false;
	world.jumps++;
	return true;
}

static const struct {
	const char *name;
	bool (*take)(unsigned int i);
	unsigned int i;
} steps[] = {
	{ "message 1 arrives", arrives, 0 },
	{ "message 2 arrives", arrives, 1 },
	{ "message 3 arrives", arrives, 2 },
	{ "message 4 arrives", arrives, 3 },
	{ "host 1 has a packet", sends, 0 },
	{ "host 2 has a packet", sends, 1 },
	{ "time passes", waits, 0 },
	{ "host 1 is asked for a session", asks, 0 },
	{ "host 2 is asked for a session", asks, 1 },
	{ "host 1 restarts", restarts, 0 },
	{ "host 2 restarts", restarts, 1 },
	{ "a window full of messages of host 1 is lost", jumps, 0 },
	{ "a window full of messages of host 2 is lost", jumps, 1 },
};

const unsigned int n_steps = ARRAY_SIZE(steps);

bool step_take(unsigned int step)
{
	if (!steps[step].take(steps[step].i))
		return false;
	/* timers that are due at once */
	host_expire(&world.hosts[0]);
	host_expire(&world.hosts[1]);
	return true;
}

const char *step_name(unsigned int step)
{
	return steps[step].name;
}
