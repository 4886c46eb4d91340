// SPDX-License-Identifier: GPL-2.0
/*
 * One host: the order of calls is that of the module's handshake, tx and rx.
 *
 * Sockets, queues and memory never fail here, and work that the module queues is done at once.
 * Each function names the one of the module that it stands for.
 */
#include "deal.h"
#include "host.h"
#include "net.h"

#define KEEP_CONFIRMED	"a responder seals only after the initiator used the session"
#define ENDS_UNREACHABLE "an authentic message ends being unreachable"
#define NO_NONCE_TWICE	"no key seals two messages with one counter"
#define WATCHED		"a timer waits for an answer to each packet that was sealed"
#define NO_REPLAY	"no message is accepted twice"

static u32 next_index;

int naawg_indices_add(struct naawg_indices *indices, struct naawg_index *entry)
{
	entry->value = next_index;
	return 0;
}

void naawg_indices_remove(struct naawg_indices *indices, struct naawg_index *entry)
{
}

u8 host_number(const struct host *h)
{
	return h - world.hosts;
}

static void event(struct host *h, enum naawg_event event)
{
	naawg_timer_sm_event(&h->sm, event, world.now, 0);
}

static struct naawg_session *session_new(struct host *h, u32 index)
{
	next_index = index;
	return naawg_session_new(&h->indices, NULL);
}

/* naawg_peer_is_connected() */
static bool is_connected(const struct host *h)
{
	return h->confirmed && world.now - h->confirmed < NAAWG_REJECT_AFTER_TIME;
}

static bool initiated_recently(const struct host *h)
{
	return h->last_initiation && world.now - h->last_initiation < NAAWG_REKEY_TIMEOUT;
}

/* build_initiation() */
static void initiate(struct host *h)
{
	struct deal deal = { .by = host_number(h), .stamp = ++h->stamp };
	u8 ephemeral[NAAWG_KEY_SIZE], timestamp[NAAWG_TIMESTAMP_SIZE];
	struct naawg_msg_initiation msg;
	struct naawg_session *session;

	session = session_new(h, deal_index(deal, true));
	deal_ephemeral(ephemeral, deal, true);
	deal_timestamp(timestamp, deal);
	must(!naawg_noise_initiate(&h->hs, &h->id, ephemeral, timestamp, session->index.value,
				   &msg), "an initiation can be made");
	session->birth = world.now;
	naawg_session_retire(&h->indices, h->pending);
	h->pending = session;
	h->last_initiation = world.now;
	event(h, NAAWG_EV_INITIATION_SENT);
	net_send((struct message){ .kind = INITIATION, .from = deal.by, .deal = deal });
}

/* naawg_handshake_kick(), defer_initiation() */
static void kick(struct host *h, bool fresh)
{
	if (fresh)
		naawg_timer_sm_restart(&h->sm);
	if (!initiated_recently(h)) {
		initiate(h);
		return;
	}
	if (!is_connected(h))
		event(h, NAAWG_EV_INITIATION_PUT_OFF);
	if (h->sm.asked)
		naawg_timer_sm_ask_at(&h->sm, NAAWG_REKEY_TIMEOUT + h->last_initiation);
}

/* A message that was sealed with this counter, or a later one, was or is in the network. */
static bool was_sealed(const struct deal deal, u8 from, u64 counter)
{
	const struct naawg_session *there = host_session(&world.hosts[other(from)], deal);
	unsigned int i;

	for (i = 0; i < world.n_messages; i++)
		if (world.messages[i].kind >= KEEPALIVE && world.messages[i].from == from &&
		    deal_is_same(world.messages[i].deal, deal) &&
		    world.messages[i].counter >= counter)
			return true;
	return there && there->replay.next > counter;
}

/* Both directions of a session and all sessions have keys of their own. */
static bool has_own_key(const struct host *h, const struct naawg_session *session)
{
	const struct naawg_session *const here[] = { h->sessions.previous, h->sessions.active,
						     h->sessions.next };
	unsigned int i;

	if (!memcmp(session->keys.send, session->keys.recv, NAAWG_KEY_SIZE))
		return false;
	for (i = 0; i < ARRAY_SIZE(here); i++)
		if (here[i] && here[i] != session &&
		    (!memcmp(here[i]->keys.send, session->keys.send, NAAWG_KEY_SIZE) ||
		     !memcmp(here[i]->keys.recv, session->keys.send, NAAWG_KEY_SIZE)))
			return false;
	return true;
}

static void seal(struct host *h, struct naawg_session *session, u8 kind)
{
	u64 counter = session->send_counter.counter++;
	u8 from = host_number(h);
	struct deal deal = deal_of_session(session, from);

	must(!was_sealed(deal, from, counter) && has_own_key(h, session), NO_NONCE_TWICE);
	must(session->initiator || session->replay.next, KEEP_CONFIRMED);
	net_send((struct message){ .kind = kind, .from = from, .deal = deal,
				   .counter = counter });
	h->sealed |= kind == DATA;
	event(h, kind == DATA ? NAAWG_EV_DATA_SENT : NAAWG_EV_KEEPALIVE_SENT);
}

/* send_packets() */
static void send_packets(struct host *h, u8 kind)
{
	enum naawg_session_verdict verdict = NAAWG_SESSION_DEAD;
	struct naawg_session *session = h->sessions.active;

	if (session)
		verdict = naawg_verdict_on_send(world.now - session->birth,
						session->send_counter.counter,
						session->initiator);
	if (verdict == NAAWG_SESSION_DEAD) {
		if (kind != NOTHING && h->staged != DATA)
			h->staged = kind;
		if (h->staged != NOTHING)
			kick(h, true);
		return;
	}
	if (h->staged != NOTHING)
		seal(h, session, h->staged);
	h->staged = NOTHING;
	if (kind != NOTHING)
		seal(h, session, kind);
	if (verdict == NAAWG_SESSION_REKEY)
		kick(h, true);
}

/* naawg_tx_keepalive() */
static void keepalive(struct host *h)
{
	send_packets(h, h->staged == NOTHING ? KEEPALIVE : NOTHING);
}

/* may_try() of a device that reports no errors */
static bool may_try(const struct host *h)
{
	const struct naawg_session *session = h->sessions.active;

	return session && naawg_verdict_on_send(world.now - session->birth,
						session->send_counter.counter,
						session->initiator) != NAAWG_SESSION_DEAD;
}

/* naawg_tx() */
void host_send(struct host *h)
{
	if (h->sm.unreachable) {
		kick(h, true);
		if (!may_try(h))
			return;
	}
	send_packets(h, DATA);
}

/* naawg_handshake_begin_session() */
static void begin(struct host *h, struct naawg_handshake *hs, struct naawg_session *session,
		  bool initiator)
{
	bool ours_wins = memcmp(h->id.public, hs->remote_static, NAAWG_KEY_SIZE) < 0;
	u32 remote_index = hs->remote_index;

	must(naawg_noise_split(hs, &session->keys), "a handshake that ended has keys");
	naawg_session_begin(&h->sessions, &h->indices, session, initiator, ours_wins,
			    remote_index, world.now);
	event(h, NAAWG_EV_SESSION_BEGUN);
}

/* drop_stale_initiation() */
static void drop_stale_initiation(struct host *h)
{
	if (!h->pending || world.now - h->pending->birth < 2 * NAAWG_REKEY_TIMEOUT)
		return;
	naawg_session_retire(&h->indices, h->pending);
	h->pending = NULL;
	naawg_handshake_reset(&h->hs);
}

/* naawg_handshake_respond() */
static void respond(struct host *h, struct naawg_handshake *answer, struct deal deal)
{
	struct naawg_session *session = session_new(h, deal_index(deal, false));
	u8 ephemeral[NAAWG_KEY_SIZE];
	struct naawg_msg_response msg;

	deal_ephemeral(ephemeral, deal, false);
	must(!naawg_noise_respond(answer, ephemeral, session->index.value, &msg),
	     "an accepted initiation gets a response");
	begin(h, answer, session, false);
	h->last_initiation = world.now;
	event(h, NAAWG_EV_RESPONSE_SENT);
	net_send((struct message){ .kind = RESPONSE, .from = host_number(h), .deal = deal });
}

/* rx_initiation(), accept_initiation() */
static void receive_initiation(struct host *h, struct message *m, const struct made *made)
{
	struct naawg_handshake answer;
	struct naawg_claim claim;

	if (naawg_noise_read_claim(&claim, &h->id, &made->initiation))
		return;
	drop_stale_initiation(h);
	answer = h->hs;
	if (naawg_noise_accept(&answer, &claim, &made->initiation))
		return;
	must(!m->accepted, NO_REPLAY);
	m->accepted = true;
	memcpy(h->hs.newest_timestamp, answer.newest_timestamp, NAAWG_TIMESTAMP_SIZE);
	h->newest = m->deal.stamp;
	event(h, NAAWG_EV_HANDSHAKE_RECEIVED);
	must(!h->sm.unreachable, ENDS_UNREACHABLE);
	m->deal.life = h->life;
	respond(h, &answer, m->deal);
	m->deal.life = 0;
}

/* rx_response(), finish_handshake() */
static void receive_response(struct host *h, struct message *m, const struct made *made)
{
	struct naawg_session *session;

	drop_stale_initiation(h);
	session = h->pending;
	if (!session || session->index.value != le32_to_cpu(made->response.receiver) ||
	    naawg_noise_finish(&h->hs, &h->id, &made->response))
		return;
	must(!m->accepted, NO_REPLAY);
	m->accepted = true;
	h->pending = NULL;
	begin(h, &h->hs, session, true);
	event(h, NAAWG_EV_HANDSHAKE_RECEIVED);
	must(!h->sm.unreachable, ENDS_UNREACHABLE);
	event(h, NAAWG_EV_CONFIRMED);
	h->confirmed = world.now;
	keepalive(h);
}

/* naawg_peer_authenticated(), notify_timers() */
static void opened(struct host *h, struct naawg_session *session, u8 kind)
{
	bool confirmed = naawg_session_confirm(&h->sessions, &h->indices, session);

	if (confirmed) {
		event(h, NAAWG_EV_CONFIRMED);
		h->confirmed = world.now;
	}
	event(h, kind == DATA ? NAAWG_EV_DATA_RECEIVED : NAAWG_EV_KEEPALIVE_RECEIVED);
	must(!h->sm.unreachable, ENDS_UNREACHABLE);
	if (confirmed)
		send_packets(h, NOTHING);
	h->opened += kind == DATA;
}

/* rx_batch() */
static void receive_data(struct host *h, struct message *m, const struct made *made)
{
	struct naawg_session *session = host_session(h, m->deal);
	enum naawg_session_verdict verdict;
	bool of_initiator = m->from == m->deal.by;

	if (!session)
		return;
	verdict = naawg_verdict_on_receive(world.now - session->birth, session->initiator);
	if (verdict == NAAWG_SESSION_DEAD ||
	    memcmp(session->keys.recv, made->keys[!of_initiator].send, NAAWG_KEY_SIZE) ||
	    !naawg_replay_accept(&session->replay, m->counter))
		return;
	must(!m->accepted, NO_REPLAY);
	m->accepted = true;
	opened(h, session, m->kind);
	if (verdict == NAAWG_SESSION_REKEY)
		kick(h, true);
}

void host_receive(struct host *h, struct message *m)
{
	const struct made *made = deal_made(m->deal);

	h->sealed = false;
	if (m->kind == INITIATION)
		receive_initiation(h, m, made);
	else if (m->kind == RESPONSE)
		receive_response(h, m, made);
	else
		receive_data(h, m, made);
	must(!h->sealed || h->sm.due[NAAWG_TIMER_STALE], WATCHED);
}

struct naawg_session *host_session(const struct host *h, struct deal deal)
{
	struct naawg_session *const here[] = { h->sessions.previous, h->sessions.active,
					       h->sessions.next };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(here); i++)
		if (here[i] && deal_is_same(deal_of_session(here[i], host_number(h)), deal))
			return here[i];
	return NULL;
}

/* naawg_timer_expired() */
static void act(struct host *h, u32 actions)
{
	if (actions & NAAWG_DO_LOSE) {
		h->confirmed = 0;
		h->staged = NOTHING;
	}
	if (actions & NAAWG_DO_GIVE_UP)
		h->staged = NOTHING;
	if (actions & NAAWG_DO_INITIATE)
		kick(h, true);
	else if (actions & (NAAWG_DO_RETRY | NAAWG_DO_ASK))
		kick(h, false);
	if (actions & NAAWG_DO_WIPE)
		host_forget(h);
	if (actions & NAAWG_DO_KEEPALIVE)
		keepalive(h);
}

void host_expire(struct host *h)
{
	u64 next;
	int i;

	for (i = 0; (next = naawg_timer_sm_next(&h->sm)) && next <= world.now; i++) {
		must(i < 8, "timers come to rest");
		if (broken)
			break;
		act(h, naawg_timer_sm_expire(&h->sm, world.now, 0));
	}
}

/* naawg_handshake_ask() */
void host_ask(struct host *h)
{
	h->asks++;
	naawg_timer_sm_ask(&h->sm);
	kick(h, false);
}

bool host_jump(struct host *h)
{
	if (!h->sessions.active)
		return false;
	h->sessions.active->send_counter.counter += FAR;
	return true;
}

/* the work that NAAWG_DO_WIPE queues */
void host_forget(struct host *h)
{
	naawg_sessions_forget(&h->sessions, &h->indices);
	naawg_session_retire(&h->indices, h->pending);
	h->pending = NULL;
	naawg_handshake_reset(&h->hs);
}

void host_restart(struct host *h)
{
	u16 persistent = h->sm.persistent;
	unsigned int i;

	host_forget(h);
	memset(h->hs.newest_timestamp, 0, NAAWG_TIMESTAMP_SIZE);
	memset(&h->sm, 0, sizeof(h->sm));
	naawg_timer_sm_set_persistent(&h->sm, persistent, world.now);
	h->last_initiation = 0;
	h->confirmed = 0;
	h->staged = NOTHING;
	h->newest = 0;
	h->life++;
	/* it cannot know what it accepted in its life before */
	for (i = 0; i < world.n_messages; i++)
		if (world.messages[i].from != host_number(h))
			world.messages[i].accepted = false;
}
