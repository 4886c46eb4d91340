// SPDX-License-Identifier: GPL-2.0
/* Handles received initiations, responses and cookie replies. */
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "../core/crypto.h"
#include "../handshake/handshake.h"
#include "../handshake/notify.h"
#include "../state/callers.h"
#include "../tx/tx.h"
#include "admission.h"
#include "handshake_queue.h"
#include "handshake_rx.h"

/* Messages that a worker handles before it lets other work run. */
#define WORKER_BUDGET	64

/**
 * struct naawg_worker - handles queued handshake messages; one per CPU and device
 * @dev: the device
 * @work: handles messages until the queue is empty or its budget is used up
 */
struct naawg_worker {
	struct naawg_dev *dev;
	struct work_struct work;
};

/* Updates a peer whose handshake message was authenticated. */
static void authenticated(struct naawg_peer *peer, const struct sk_buff *skb)
{
	struct naawg_address from;

	naawg_admission_add_known(peer->dev, skb);
	if (naawg_address_of(&from, skb) &&
	    naawg_endpoint_set(&peer->endpoint, &from))
		naawg_notify(peer, NAAWG_NTF_ENDPOINT);
	naawg_timers_event(&peer->timers, NAAWG_EV_HANDSHAKE_RECEIVED);
	naawg_peer_stamp(&peer->last_rx);
	atomic64_add(skb->len, &peer->rx_bytes);
	local_bh_disable();
	dev_sw_netstats_rx_add(peer->dev->netdev, skb->len);
	local_bh_enable();
}

/*
 * Drops a pending initiation that is no longer retransmitted, because the peer's own
 * initiation led to a session meanwhile. A delayed response to the pending one would
 * replace that newer session.
 */
static void drop_stale_initiation(struct naawg_peer *peer)
{
	struct naawg_session *session = peer->pending;

	lockdep_assert_held(&peer->handshake_lock);
	if (!session || naawg_now() - session->birth < 2 * NAAWG_REKEY_TIMEOUT)
		return;
	peer->pending = NULL;
	naawg_session_retire(&peer->dev->indices, session);
	naawg_handshake_reset(&peer->handshake);
}

static enum naawg_reason accept_initiation(struct naawg_peer *peer,
					   const struct naawg_claim *claim,
					   const struct sk_buff *skb)
{
	const struct naawg_msg_initiation *msg = (const void *)skb->data;
	struct naawg_handshake answer;
	u64 now = naawg_now();
	enum naawg_reason reason;

	lockdep_assert_held(&peer->handshake_lock);
	if (peer->dead)
		return NAAWG_R_HS_UNKNOWN_PEER;
	if (peer->last_accepted && now - peer->last_accepted <
	    NAAWG_SECOND / NAAWG_INITIATIONS_PER_SECOND)
		return NAAWG_R_HS_FLOOD;
	drop_stale_initiation(peer);
	answer = peer->handshake;
	reason = naawg_noise_accept(&answer, claim, msg);
	if (!reason) {
		memcpy(peer->handshake.newest_timestamp, answer.newest_timestamp,
		       sizeof(answer.newest_timestamp));
		peer->last_accepted = now;
		authenticated(peer, skb);
		reason = naawg_handshake_respond(peer, &answer);
	}
	naawg_wipe(&answer, sizeof(answer));
	return reason;
}

static enum naawg_reason rx_initiation(struct naawg_dev *dev,
				       const struct sk_buff *skb)
{
	const struct naawg_msg_initiation *msg = (const void *)skb->data;
	struct naawg_claim claim;
	enum naawg_reason reason;
	struct naawg_peer *peer;

	down_read(&dev->identity_lock);
	reason = naawg_noise_read_claim(&claim, &dev->identity, msg);
	if (reason)
		goto out;
	peer = naawg_peer_by_key(dev, claim.remote_static);
	if (!peer) {
		naawg_callers_note(dev, NAAWG_CALLER_UNKNOWN,
				   claim.remote_static, skb);
		reason = NAAWG_R_HS_UNKNOWN_PEER;
		goto out;
	}
	mutex_lock(&peer->handshake_lock);
	reason = accept_initiation(peer, &claim, skb);
	mutex_unlock(&peer->handshake_lock);
	if (reason)
		WRITE_ONCE(peer->last_reason, reason);
	naawg_peer_put(peer);
out:
	up_read(&dev->identity_lock);
	naawg_wipe(&claim, sizeof(claim));
	return reason;
}

/* The peer that one of our initiations was sent to, referenced. */
static struct naawg_peer *peer_of_pending(struct naawg_dev *dev, __le32 index)
{
	struct naawg_session *session;
	struct naawg_peer *peer = NULL;

	rcu_read_lock();
	session = naawg_session_by_index(dev, le32_to_cpu(index));
	if (session && naawg_peer_tryget(session->peer))
		peer = session->peer;
	rcu_read_unlock();
	return peer;
}

static enum naawg_reason finish_handshake(struct naawg_peer *peer,
					  const struct sk_buff *skb)
{
	const struct naawg_msg_response *msg = (const void *)skb->data;
	struct naawg_session *session;
	enum naawg_reason reason;

	lockdep_assert_held(&peer->handshake_lock);
	drop_stale_initiation(peer);
	session = peer->pending;
	if (peer->dead || !session ||
	    session->index.value != le32_to_cpu(msg->receiver))
		return NAAWG_R_HS_UNKNOWN_INDEX;
	reason = naawg_noise_finish(&peer->handshake, &peer->dev->identity,
				    msg);
	if (reason) {
		WRITE_ONCE(peer->refused, true);
		return reason;
	}
	naawg_peer_note_rtt(peer, session->offered);
	peer->pending = NULL;
	if (!naawg_handshake_begin_session(peer, &peer->handshake, session,
					   true)) {
		naawg_session_retire(&peer->dev->indices, session);
		return NAAWG_R_HS_BAD_RESPONSE;
	}
	return NAAWG_OK;
}

static enum naawg_reason rx_response(struct naawg_dev *dev,
				     const struct sk_buff *skb)
{
	const struct naawg_msg_response *msg = (const void *)skb->data;
	enum naawg_reason reason;
	struct naawg_peer *peer;

	peer = peer_of_pending(dev, msg->receiver);
	if (!peer)
		return NAAWG_R_HS_UNKNOWN_INDEX;
	down_read(&dev->identity_lock);
	mutex_lock(&peer->handshake_lock);
	reason = finish_handshake(peer, skb);
	mutex_unlock(&peer->handshake_lock);
	up_read(&dev->identity_lock);
	if (reason) {
		WRITE_ONCE(peer->last_reason, reason);
	} else {
		authenticated(peer, skb);
		naawg_timers_event(&peer->timers, NAAWG_EV_CONFIRMED);
		naawg_peer_note_session(peer);
		naawg_notify(peer, NAAWG_NTF_SESSION);
		/* The responder may not send data before it has received some. */
		naawg_tx_keepalive(peer);
	}
	naawg_peer_put(peer);
	return reason;
}

static enum naawg_reason rx_cookie(struct naawg_dev *dev,
				   const struct sk_buff *skb)
{
	const struct naawg_msg_cookie *msg = (const void *)skb->data;
	enum naawg_reason reason = NAAWG_R_HS_BAD_COOKIE;
	u8 cookie[NAAWG_COOKIE_SIZE];
	struct naawg_peer *peer;

	peer = peer_of_pending(dev, msg->receiver);
	if (!peer)
		return NAAWG_R_HS_UNKNOWN_INDEX;
	mutex_lock(&peer->handshake_lock);
	if (peer->sent_mac1_set &&
	    naawg_cookie_open(cookie, msg, peer->sent_mac1, &peer->mac_keys)) {
		memcpy(peer->cookie, cookie, sizeof(cookie));
		peer->cookie_birth = naawg_now();
		/* Accept one cookie reply at most for each message. */
		peer->sent_mac1_set = false;
		reason = NAAWG_OK;
	}
	mutex_unlock(&peer->handshake_lock);
	memzero_explicit(cookie, sizeof(cookie));
	naawg_peer_put(peer);
	return reason;
}

static enum naawg_reason rx_message(struct naawg_dev *dev, struct sk_buff *skb)
{
	switch (naawg_wire_classify(skb->data, skb->len)) {
	case NAAWG_MSG_INITIATION:
		return rx_initiation(dev, skb);
	case NAAWG_MSG_RESPONSE:
		return rx_response(dev, skb);
	case NAAWG_MSG_COOKIE:
		return rx_cookie(dev, skb);
	default:
		return NAAWG_R_MALFORMED;
	}
}

static void naawg_handshake_worker(struct work_struct *work)
{
	struct naawg_dev *dev =
		container_of(work, struct naawg_worker, work)->dev;
	unsigned int left = WORKER_BUDGET;
	struct sk_buff *skb;

	if (wait_for_random_bytes())
		return;
	while (left-- && (skb = skb_dequeue(&dev->handshakes))) {
		enum naawg_reason reason = rx_message(dev, skb);

		if (reason)
			naawg_drop_outer(dev, skb, reason);
		else
			consume_skb(skb);
		cond_resched();
	}
	/* A flood on one device must not keep others from flushing the workqueue. */
	if (!skb_queue_empty_lockless(&dev->handshakes))
		queue_work(naawg_wq, work);
}

/**
 * naawg_rx_handshake_init() - make the workers
 * @dev: the device
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int naawg_rx_handshake_init(struct naawg_dev *dev)
{
	unsigned int i;

	dev->workers = kcalloc(num_possible_cpus(), sizeof(*dev->workers),
			       GFP_KERNEL);
	if (!dev->workers)
		return -ENOMEM;
	skb_queue_head_init(&dev->handshakes);
	for (i = 0; i < num_possible_cpus(); i++) {
		dev->workers[i].dev = dev;
		INIT_WORK(&dev->workers[i].work, naawg_handshake_worker);
	}
	return 0;
}

/**
 * naawg_rx_handshake_flush() - drop all queued messages and wait for the workers
 * @dev: the device; its sockets are closed
 *
 * Context: process, may sleep; neither identity_lock nor a handshake_lock held.
 */
void naawg_rx_handshake_flush(struct naawg_dev *dev)
{
	unsigned int i;

	skb_queue_purge(&dev->handshakes);
	for (i = 0; i < num_possible_cpus(); i++)
		cancel_work_sync(&dev->workers[i].work);
	skb_queue_purge(&dev->handshakes);
}

/**
 * naawg_rx_handshake_destroy() - free the workers
 * @dev: the device, flushed
 */
void naawg_rx_handshake_destroy(struct naawg_dev *dev)
{
	kfree(dev->workers);
}

/**
 * naawg_rx_handshake_put() - queue a received handshake message
 * @dev: the device
 * @skb: the message, linear, data at its first byte; consumed on NAAWG_OK
 *
 * Context: softirq, under rcu_read_lock().
 * Return: NAAWG_OK, or why the message is not queued.
 */
enum naawg_reason naawg_rx_handshake_put(struct naawg_dev *dev,
					 struct sk_buff *skb)
{
	enum naawg_reason reason = naawg_admission_check(dev, skb);
	unsigned int turn;

	if (reason)
		return reason;
	reason = naawg_handshake_queue_put(dev, skb);
	if (reason)
		return reason;
	turn = READ_ONCE(dev->worker_turn);
	WRITE_ONCE(dev->worker_turn, turn + 1);
	queue_work(naawg_wq, &dev->workers[turn % num_possible_cpus()].work);
	return NAAWG_OK;
}
