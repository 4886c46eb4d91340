// SPDX-License-Identifier: GPL-2.0
/*
 * A state in few bytes, the same for all states that differ by names and past only.
 *
 * Times are relative to now, and ages beyond their last limit are one. Timestamps become ranks,
 * and so do counters; a gap as wide as the replay window stays one. Nothing that is left out
 * decides anything later.
 */
#include "deal.h"
#include "host.h"
#include "pack.h"

#define NOW		(10000 * S)
#define VALUES		(IN_FLIGHT + 2)

enum { KEEPALIVE_AGAIN = 1, UNREACHABLE = 2, ASKED = 4, BEGUN = 8, ONLY_ASKED = 16 };

/* Seconds since a time, up to a limit that is the same as any later one. */
static u8 age(u64 then, u64 limit)
{
	u64 passed = (world.now - then) / S;

	return passed < limit ? passed : limit;
}

/* Seconds since a time that counts until the limit only. */
static u8 recent(u64 then, u64 limit)
{
	return then && world.now - then < limit ? (world.now - then) / S : NOTHING;
}

static u64 since(u8 seconds)
{
	return seconds == NOTHING ? 0 : NOW - seconds * S;
}

static void pack_session(struct packed_session *to, const struct naawg_session *session, u8 host)
{
	if (!session)
		return;
	to->deal = deal_of_session(session, host);
	to->age = age(session->birth, NAAWG_REJECT_AFTER_TIME / S);
	to->passing = session->passing;
	to->sent = session->send_counter.counter;
	to->next = session->replay.next;
}

static void pack_timers(struct packed_host *to, const struct naawg_timer_sm *sm)
{
	unsigned int i;

	/* SILENT tells listeners only, and nothing else depends on it */
	for (i = 0; i < NAAWG_TIMER_COUNT; i++)
		to->due[i] = sm->due[i] && i != NAAWG_TIMER_SILENT ? (sm->due[i] - world.now) / S : 0;
	to->attempts = sm->attempts;
	to->unanswered = sm->unanswered;
	to->flags = sm->keepalive_again * KEEPALIVE_AGAIN | sm->unreachable * UNREACHABLE |
		    sm->asked * ASKED | sm->begun * BEGUN | sm->only_asked * ONLY_ASKED;
}

static void pack_host(struct packed_host *to, const struct host *h)
{
	u8 number = host_number(h);

	pack_timers(to, &h->sm);
	if (h->pending) {
		to->pending = deal_of_index(h->pending->index.value).stamp;
		to->pending_age = age(h->pending->birth, 2 * NAAWG_REKEY_TIMEOUT / S);
	}
	to->last_initiation = recent(h->last_initiation, NAAWG_REKEY_TIMEOUT);
	to->confirmed = recent(h->confirmed, NAAWG_REJECT_AFTER_TIME);
	to->staged = h->staged;
	to->life = h->life;
	to->asks = h->asks;
	to->newest = h->newest;
	pack_session(&to->slots[0], h->sessions.previous, number);
	pack_session(&to->slots[1], h->sessions.active, number);
	pack_session(&to->slots[2], h->sessions.next, number);
}

/* Calls a function for each place of a timestamp of a host. */
static void each_stamp(struct packed *p, u8 by, void (*visit)(u8 *stamp, u8 *ranks), u8 *ranks)
{
	unsigned int h, i;

	visit(&p->hosts[by].pending, ranks);
	visit(&p->hosts[other(by)].newest, ranks);
	for (h = 0; h < 2; h++)
		for (i = 0; i < 3; i++)
			if (p->hosts[h].slots[i].deal.by == by)
				visit(&p->hosts[h].slots[i].deal.stamp, ranks);
	for (i = 0; i < p->n_messages; i++)
		if (p->messages[i].deal.by == by)
			visit(&p->messages[i].deal.stamp, ranks);
}

static void note_stamp(u8 *stamp, u8 *ranks)
{
	must(*stamp < STAMPS, "the bounds of the model suffice");
	ranks[*stamp % STAMPS] = 1;
}

static void rank_stamp(u8 *stamp, u8 *ranks)
{
	*stamp = ranks[*stamp % STAMPS];
}

static void rank_stamps(struct packed *p, u8 by)
{
	u8 ranks[STAMPS] = { 0 };
	unsigned int i;
	u8 rank = 0;

	each_stamp(p, by, note_stamp, ranks);
	ranks[0] = 0;
	for (i = 1; i < STAMPS; i++)
		if (ranks[i])
			ranks[i] = ++rank;
	each_stamp(p, by, rank_stamp, ranks);
	p->hosts[by].stamp = rank;
}

static struct packed_session *find(struct packed *p, u8 host, struct deal deal)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		if (p->hosts[host].slots[i].deal.stamp &&
		    deal_is_same(p->hosts[host].slots[i].deal, deal))
			return &p->hosts[host].slots[i];
	return NULL;
}

static void insert(u32 *values, unsigned int *n, u32 value)
{
	unsigned int i;

	for (i = *n; i && values[i - 1] > value; i--)
		values[i] = values[i - 1];
	values[i] = value;
	++*n;
}

static u32 rank_of(const u32 *values, unsigned int n, u32 value)
{
	unsigned int i;
	u32 rank = 0;

	for (i = 1; i < n && values[i] <= value; i++)
		if (values[i] != values[i - 1])
			rank += values[i] - values[i - 1] < NAAWG_REPLAY_WINDOW ?
				1 : FAR;
	return rank;
}

/* Renames the counters of one direction of a session. */
static void rank_counters(struct packed *p, struct deal deal, u8 from)
{
	struct packed_session *sender = find(p, from, deal), *receiver = find(p, other(from), deal);
	u32 values[VALUES];
	unsigned int i, n = 0;

	for (i = 0; i < p->n_messages; i++)
		if (p->messages[i].kind >= KEEPALIVE && p->messages[i].from == from &&
		    deal_is_same(p->messages[i].deal, deal))
			insert(values, &n, p->messages[i].counter);
	if (receiver && receiver->next)
		insert(values, &n, receiver->next - 1);
	if (sender)
		insert(values, &n, sender->sent);
	for (i = 0; i < p->n_messages; i++)
		if (p->messages[i].kind >= KEEPALIVE && p->messages[i].from == from &&
		    deal_is_same(p->messages[i].deal, deal))
			p->messages[i].counter = rank_of(values, n, p->messages[i].counter);
	if (receiver && receiver->next)
		receiver->next = rank_of(values, n, receiver->next - 1) + 1;
	if (sender)
		sender->sent = rank_of(values, n, sender->sent);
}

static void rank_all_counters(struct packed *p)
{
	unsigned int h, i;

	for (h = 0; h < 2; h++)
		for (i = 0; i < 3; i++)
			if (p->hosts[h].slots[i].deal.stamp) {
				rank_counters(p, p->hosts[h].slots[i].deal, 0);
				rank_counters(p, p->hosts[h].slots[i].deal, 1);
			}
	for (i = 0; i < p->n_messages; i++)
		if (p->messages[i].kind >= KEEPALIVE)
			rank_counters(p, p->messages[i].deal, p->messages[i].from);
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct message));
}

void pack(struct packed *to)
{
	memset(to, 0, sizeof(*to));
	pack_host(&to->hosts[0], &world.hosts[0]);
	pack_host(&to->hosts[1], &world.hosts[1]);
	memcpy(to->messages, world.messages, world.n_messages * sizeof(to->messages[0]));
	to->n_messages = world.n_messages;
	to->jumps = world.jumps;
	rank_stamps(to, 0);
	rank_stamps(to, 1);
	rank_all_counters(to);
	qsort(to->messages, to->n_messages, sizeof(to->messages[0]), compare);
}

static void unpack_replay(struct naawg_session *session, const struct packed *p, u8 host,
			  const struct packed_session *from)
{
	const struct message *m;
	unsigned int i;

	if (from->next)
		naawg_replay_accept(&session->replay, from->next - 1);
	for (i = 0; i < p->n_messages; i++) {
		m = &p->messages[i];
		if (m->kind >= KEEPALIVE && m->from != host && m->accepted &&
		    deal_is_same(m->deal, from->deal))
			naawg_replay_accept(&session->replay, m->counter);
	}
	session->replay.lost = 0;
}

static struct naawg_session *unpack_session(const struct packed *p, u8 host,
					    const struct packed_session *from)
{
	bool initiator = from->deal.by == host;
	struct naawg_session *session;

	if (!from->deal.stamp)
		return NULL;
	session = kzalloc(sizeof(*session), GFP_KERNEL);
	session->index.value = deal_index(from->deal, initiator);
	session->remote_index = deal_index(from->deal, !initiator);
	session->live = true;
	session->initiator = initiator;
	session->passing = from->passing;
	session->birth = NOW - from->age * S;
	session->keys = deal_made(from->deal)->keys[!initiator];
	session->send_counter.counter = from->sent;
	unpack_replay(session, p, host, from);
	return session;
}

static void unpack_timers(struct naawg_timer_sm *sm, const struct packed_host *from)
{
	unsigned int i;

	for (i = 0; i < NAAWG_TIMER_COUNT; i++)
		sm->due[i] = from->due[i] ? NOW + from->due[i] * S : 0;
	sm->attempts = from->attempts;
	sm->unanswered = from->unanswered;
	sm->keepalive_again = from->flags & KEEPALIVE_AGAIN;
	sm->unreachable = from->flags & UNREACHABLE;
	sm->asked = from->flags & ASKED;
	sm->begun = from->flags & BEGUN;
	sm->only_asked = from->flags & ONLY_ASKED;
}

static void unpack_pending(struct host *h, const struct packed_host *from)
{
	struct deal deal = { .by = host_number(h), .stamp = from->pending };

	if (!from->pending)
		return;
	h->hs = deal_made(deal)->initiator;
	h->pending = kzalloc(sizeof(*h->pending), GFP_KERNEL);
	h->pending->index.value = deal_index(deal, true);
	h->pending->birth = NOW - from->pending_age * S;
}

static void unpack_host(struct host *h, const struct packed *p)
{
	u8 number = host_number(h);
	const struct packed_host *from = &p->hosts[number];

	unpack_timers(&h->sm, from);
	unpack_pending(h, from);
	if (from->newest)
		deal_timestamp(h->hs.newest_timestamp,
			       (struct deal){ .by = other(number), .stamp = from->newest });
	else
		memset(h->hs.newest_timestamp, 0, NAAWG_TIMESTAMP_SIZE);
	h->last_initiation = since(from->last_initiation);
	h->confirmed = since(from->confirmed);
	h->staged = from->staged;
	h->life = from->life;
	h->asks = from->asks;
	h->stamp = from->stamp;
	h->newest = from->newest;
	h->sessions.previous = unpack_session(p, number, &from->slots[0]);
	h->sessions.active = unpack_session(p, number, &from->slots[1]);
	h->sessions.next = unpack_session(p, number, &from->slots[2]);
}

void unpack(const struct packed *from)
{
	host_forget(&world.hosts[0]);
	host_forget(&world.hosts[1]);
	world.now = NOW;
	memset(world.messages, 0, sizeof(world.messages));
	memcpy(world.messages, from->messages, from->n_messages * sizeof(from->messages[0]));
	world.n_messages = from->n_messages;
	world.jumps = from->jumps;
	unpack_host(&world.hosts[0], from);
	unpack_host(&world.hosts[1], from);
}
