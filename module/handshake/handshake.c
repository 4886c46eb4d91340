// SPDX-License-Identifier: GPL-2.0
/* Sends initiations and responses, and begins sessions. */
#include <linux/random.h>
#include <linux/ktime.h>

#include "../core/crypto.h"
#include "../core/timestamps.h"
#include "handshake.h"
#include "../outer/socket.h"

struct workqueue_struct *naawg_wq;

/*
 * All devices share the timestamps. Peers remember our newest timestamp, even
 * after the device was deleted and created again.
 */
static struct naawg_timestamps timestamps;
static DEFINE_SPINLOCK(timestamps_lock);

/**
 * naawg_handshake_setup() - create the workqueue for all handshakes
 *
 * Return: 0 or -ENOMEM.
 */
int naawg_handshake_setup(void)
{
	naawg_wq = alloc_workqueue("naawg", WQ_UNBOUND | WQ_FREEZABLE |
				   WQ_MEM_RECLAIM, 0);
	return naawg_wq ? 0 : -ENOMEM;
}

/**
 * naawg_handshake_teardown() - wait for queued work and destroy the workqueue
 */
void naawg_handshake_teardown(void)
{
	destroy_workqueue(naawg_wq);
}

static bool initiated_recently(struct naawg_peer *peer)
{
	u64 last = READ_ONCE(peer->last_initiation);

	return last && naawg_now() - last < NAAWG_REKEY_TIMEOUT;
}

static void note_attempt(struct naawg_peer *peer)
{
	if (!naawg_peer_is_attempting(peer))
		WRITE_ONCE(peer->attempt_since, ktime_get_real_seconds());
	WRITE_ONCE(peer->last_initiation, naawg_now());
}

/*
 * Arms the retry timer if the peer has no session. Otherwise packets could wait
 * without limit, as perhaps no later packet triggers an initiation. An initiation
 * that was asked for is sent as soon as the protocol allows it.
 */
static void defer_initiation(struct naawg_peer *peer)
{
	if (!naawg_peer_is_connected(peer))
		naawg_timers_event(&peer->timers, NAAWG_EV_INITIATION_PUT_OFF);
	if (unlikely(naawg_timers_is_asked(&peer->timers)))
		naawg_timers_ask_at(&peer->timers, NAAWG_REKEY_TIMEOUT +
				    READ_ONCE(peer->last_initiation));
}

/**
 * naawg_handshake_kick() - start a handshake
 * @peer: the peer, referenced or borrowed
 * @fresh: there is a new reason to talk, so the attempts are counted from 0
 *
 * The handshake is deferred if an initiation was sent less than five seconds
 * ago.
 *
 * Context: process or softirq.
 */
void naawg_handshake_kick(struct naawg_peer *peer, bool fresh)
{
	if (fresh)
		naawg_timers_restart(&peer->timers);
	if (READ_ONCE(peer->dead))
		return;
	if (initiated_recently(peer)) {
		defer_initiation(peer);
		return;
	}
	if (!naawg_peer_tryget(peer))
		return;
	if (!queue_work(naawg_wq, &peer->initiate_work))
		naawg_peer_put(peer);
}

/**
 * naawg_handshake_ask() - replace the session of a peer, on request
 * @peer: a peer with an endpoint, of a device that is up and has a private key
 *
 * A handshake whose keys are not derived yet fulfils the request. Otherwise an
 * initiation is sent, and repeated as any other one. The present session carries
 * packets meanwhile; if nobody answers, until it expires.
 *
 * Requests cannot flood the peer, however many there are. Each of them only sets
 * flags, and queues the one work item of the peer or arms its one timer for requests.
 * The work item sends nothing if the last initiation, or the response to one, is less
 * than REKEY_TIMEOUT old. So a peer gets one initiation in five seconds at most.
 *
 * Context: process, dev->config held.
 */
void naawg_handshake_ask(struct naawg_peer *peer)
{
	lockdep_assert_held(&peer->dev->config);
	/* keys derived before this do not fulfil the request, later ones do */
	mutex_lock(&peer->handshake_lock);
	naawg_timers_ask(&peer->timers);
	mutex_unlock(&peer->handshake_lock);
	naawg_handshake_kick(peer, false);
}

/* Writes both macs of a complete handshake message. */
static void write_macs(struct naawg_peer *peer, void *msg, size_t len)
{
	const struct naawg_msg_macs *macs = msg + len - sizeof(*macs);
	bool cookie_valid;

	lockdep_assert_held(&peer->handshake_lock);
	cookie_valid = peer->cookie_birth &&
		       naawg_now() - peer->cookie_birth <
			NAAWG_COOKIE_SECRET_TIME - NAAWG_COOKIE_LATENCY;
	naawg_mac1_write(msg, len, &peer->mac_keys);
	naawg_mac2_write(msg, len, cookie_valid ? peer->cookie : NULL);
	memcpy(peer->sent_mac1, macs->mac1, sizeof(macs->mac1));
	peer->sent_mac1_set = true;
}

static void write_timestamp(u8 timestamp[NAAWG_TIMESTAMP_SIZE])
{
	u32 nanoseconds;
	u64 stamp;

	spin_lock(&timestamps_lock);
	stamp = naawg_timestamps_next(&timestamps, ktime_get_real_ns(),
				      ktime_get_boottime_ns());
	spin_unlock(&timestamps_lock);
	nanoseconds = do_div(stamp, NSEC_PER_SEC);
	naawg_timestamp(timestamp, stamp, nanoseconds);
}

static enum naawg_reason build_initiation(struct naawg_peer *peer,
					  struct naawg_msg_initiation *msg)
{
	struct naawg_dev *dev = peer->dev;
	u8 timestamp[NAAWG_TIMESTAMP_SIZE];
	u8 ephemeral[NAAWG_KEY_SIZE];
	struct naawg_session *session;
	enum naawg_reason reason;

	lockdep_assert_held(&dev->identity_lock);
	lockdep_assert_held(&peer->handshake_lock);
	if (!dev->identity.set)
		return NAAWG_R_HS_NO_IDENTITY;
	session = naawg_session_new(&dev->indices, peer);
	if (!session)
		return NAAWG_R_NO_MEMORY;
	write_timestamp(timestamp);
	get_random_bytes(ephemeral, sizeof(ephemeral));
	reason = naawg_noise_initiate(&peer->handshake, &dev->identity,
				      ephemeral, timestamp,
				      session->index.value, msg);
	memzero_explicit(ephemeral, sizeof(ephemeral));
	if (reason) {
		naawg_session_retire(&dev->indices, session);
		return reason;
	}
	session->birth = naawg_now();
	/* this one repeats the pending one, unless that belongs to an attempt that ended */
	if (peer->unanswered && peer->pending &&
	    session->birth - peer->pending->birth < 2 * NAAWG_REKEY_TIMEOUT)
		atomic64_inc(&peer->retransmissions);
	peer->unanswered = true;
	WRITE_ONCE(peer->refused, false);
	naawg_session_retire(&dev->indices, peer->pending);
	peer->pending = session;
	write_macs(peer, msg, sizeof(*msg));
	session->offered = ktime_get_ns();
	note_attempt(peer);
	return NAAWG_OK;
}

static void initiate(struct naawg_peer *peer)
{
	struct naawg_msg_initiation msg;
	enum naawg_reason reason;

	/* may sleep early at boot, so no lock is held here */
	if (wait_for_random_bytes())
		return;
	down_read(&peer->dev->identity_lock);
	mutex_lock(&peer->handshake_lock);
	if (peer->dead || initiated_recently(peer))
		reason = NAAWG_R_HS_RATE_LIMITED;
	else
		reason = build_initiation(peer, &msg);
	mutex_unlock(&peer->handshake_lock);
	up_read(&peer->dev->identity_lock);
	if (reason == NAAWG_R_HS_RATE_LIMITED) {
		defer_initiation(peer);
		return;
	}
	if (reason) {
		naawg_peer_blame(peer, reason);
		/* counts as an attempt, so that no packet waits for ever */
		if (reason == NAAWG_R_HS_NO_IDENTITY ||
		    reason == NAAWG_R_NO_MEMORY)
			defer_initiation(peer);
		return;
	}
	/* the retry timer covers a failed send like a lost message */
	naawg_timers_event(&peer->timers, NAAWG_EV_INITIATION_SENT);
	reason = naawg_socket_send_message(peer, &msg, sizeof(msg));
	if (reason)
		naawg_peer_blame(peer, reason);
	else
		naawg_peer_debug(peer, "initiation sent");
}

/**
 * naawg_handshake_initiate_work() - send an initiation
 * @work: initiate_work of a peer; drops the reference that the queued work
 *	holds
 *
 * Context: process.
 */
void naawg_handshake_initiate_work(struct work_struct *work)
{
	struct naawg_peer *peer =
		container_of(work, struct naawg_peer, initiate_work);

	if (naawg_endpoint_is_set(&peer->endpoint))
		initiate(peer);
	naawg_peer_put(peer);
}

/**
 * naawg_handshake_begin_session() - derive the keys and begin their session
 * @peer: the peer
 * @hs: handshake with the peer, responded or finished; reset on success
 * @session: session whose receiver index the handshake used
 * @initiator: this device initiated the handshake
 *
 * Context: process, dev->identity_lock and peer->handshake_lock held.
 * Return: false if the handshake is in a state without keys.
 */
bool naawg_handshake_begin_session(struct naawg_peer *peer,
				   struct naawg_handshake *hs,
				   struct naawg_session *session,
				   bool initiator)
{
	u32 remote_index = hs->remote_index;
	bool ours_wins;

	lockdep_assert_held(&peer->handshake_lock);
	lockdep_assert_held(&peer->dev->identity_lock);
	/* true on exactly one end; any rule with that property would do */
	ours_wins = memcmp(peer->dev->identity.public, hs->remote_static,
			   NAAWG_KEY_SIZE) < 0;
	if (!naawg_noise_split(hs, &session->keys))
		return false;
	naawg_session_begin(&peer->sessions, &peer->dev->indices, session,
			    initiator, ours_wins, remote_index, naawg_now());
	peer->unanswered = false;
	WRITE_ONCE(peer->refused, false);
	/* under handshake_lock, so that it is before or after a request to rekey */
	naawg_timers_event(&peer->timers, NAAWG_EV_SESSION_BEGUN);
	return true;
}

/**
 * naawg_handshake_respond() - send a response to an accepted initiation
 * @peer: the peer
 * @answer: handshake that accepted the initiation; reset on success
 *
 * A handshake that this device initiated goes on. The peer may abandon its own
 * handshake for that one, and ignores this response then.
 *
 * Context: process, dev->identity_lock and peer->handshake_lock held.
 * Return: NAAWG_OK, or why no response was sent.
 */
enum naawg_reason naawg_handshake_respond(struct naawg_peer *peer,
					  struct naawg_handshake *answer)
{
	struct naawg_msg_response msg;
	u8 ephemeral[NAAWG_KEY_SIZE];
	struct naawg_session *session;
	enum naawg_reason reason;

	lockdep_assert_held(&peer->dev->identity_lock);
	lockdep_assert_held(&peer->handshake_lock);
	session = naawg_session_new(&peer->dev->indices, peer);
	if (!session)
		return NAAWG_R_NO_MEMORY;
	get_random_bytes(ephemeral, sizeof(ephemeral));
	reason = naawg_noise_respond(answer, ephemeral, session->index.value,
				     &msg);
	memzero_explicit(ephemeral, sizeof(ephemeral));
	if (reason)
		goto refuse;
	write_macs(peer, &msg, sizeof(msg));
	session->offered = ktime_get_ns();
	reason = NAAWG_R_HS_BAD_STATIC;
	if (!naawg_handshake_begin_session(peer, answer, session, false))
		goto refuse;
	/* the keys are new, so there is no reason to initiate soon */
	note_attempt(peer);
	naawg_timers_event(&peer->timers, NAAWG_EV_RESPONSE_SENT);
	naawg_peer_debug(peer, "initiation accepted");
	return naawg_socket_send_message(peer, &msg, sizeof(msg));

refuse:
	naawg_session_retire(&peer->dev->indices, session);
	return reason;
}
