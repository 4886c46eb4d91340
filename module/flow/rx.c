// SPDX-License-Identifier: GPL-2.0
/* Classifies, gathers runs, opens them, delivers. Reads from the end upward. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/udp.h>
#include <net/inet_ecn.h>

#include "batch.h"
#include "doors.h"
#include "handshake.h"
#include "rx.h"
#include "rx_handshake.h"
#include "tx.h"

static u8 ds_of(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) ?
	       ip_hdr(skb)->tos : ipv6_get_dsfield(ipv6_hdr(skb));
}

/* Makes of a decrypted payload what the stack would get from a real link. */
static enum naawg_reason prepare(struct naawg_peer *peer, struct sk_buff *skb)
{
	size_t len = naawg_wire_inner_len(skb->data, skb->len);

	if (unlikely(!len))
		return NAAWG_R_INNER_MALFORMED;
	skb_trim(skb, len);
	skb->protocol = skb->data[0] >> 4 == 4 ? htons(ETH_P_IP) :
						 htons(ETH_P_IPV6);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	if (unlikely(!naawg_peer_may_send(peer, skb)))
		return NAAWG_R_UNALLOWED_SOURCE;

	skb_scrub_packet(skb, true);
	skb_orphan(skb);
	skb_clear_hash(skb);
	skb_set_queue_mapping(skb, 0);
	__vlan_hwaccel_clear_tag(skb);
	skb_init_secmark(skb);
	skb->encapsulation = 0;
	skb->priority = 0;
	skb->dev = peer->dev->netdev;
	/* the peer vouches for it, with more than a sum */
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	skb->csum_level = ~0;
	INET_ECN_decapsulate(skb, naawg_cb(skb)->ds, ds_of(skb));
	return NAAWG_OK;
}

static void deliver(struct naawg_peer *peer, struct sk_buff *skb,
		    struct napi_struct *napi)
{
	struct net_device *netdev = peer->dev->netdev;
	u32 len = naawg_cb(skb)->len;
	enum naawg_reason reason;

	if (len > NAAWG_DATA_OVERHEAD) {
		reason = prepare(peer, skb);
		if (unlikely(reason)) {
			WRITE_ONCE(peer->last_reason, reason);
			naawg_drop_outer(peer->dev, skb, reason);
			return;
		}
		atomic64_inc(&peer->rx_packets);
		napi_gro_receive(napi, skb);
	} else {
		consume_skb(skb);
	}
	dev_sw_netstats_rx_add(netdev, len);
	atomic64_add(len, &peer->rx_bytes);
}

static void tell_timers(struct naawg_peer *peer, struct naawg_batch *batch)
{
	bool data = false, keepalive = false;
	struct sk_buff *skb;

	skb_queue_walk(&batch->packets, skb) {
		if (naawg_cb(skb)->len > NAAWG_DATA_OVERHEAD)
			data = true;
		else
			keepalive = true;
	}
	if (keepalive)
		naawg_timers_event(&peer->timers, NAAWG_EV_KEEPALIVE_RECEIVED);
	if (data)
		naawg_timers_event(&peer->timers, NAAWG_EV_DATA_RECEIVED);
}

/* A run of messages to one receiver index; empties the batch. */
static void rx_batch(struct naawg_dev *dev, struct naawg_batch *batch,
		     struct napi_struct *napi)
{
	struct naawg_session *session = batch->session;
	enum naawg_session_verdict verdict;
	struct naawg_peer *peer = session->peer;
	struct naawg_address from;
	struct sk_buff *skb;

	verdict = naawg_rules_on_receive(naawg_now() - session->birth,
					 session->initiator);
	if (unlikely(verdict == NAAWG_SESSION_DEAD)) {
		while ((skb = __skb_dequeue(&batch->packets)))
			naawg_drop_outer(dev, skb, NAAWG_R_SESSION_EXPIRED);
		return;
	}
	naawg_batch_open(batch);
	skb = skb_peek_tail(&batch->packets);
	if (unlikely(!skb))
		return;
	if (naawg_address_of(&from, skb))
		naawg_endpoint_set(&peer->endpoint, &from);
	if (unlikely(naawg_session_confirm(&peer->sessions, &dev->indices,
					   session))) {
		naawg_timers_event(&peer->timers, NAAWG_EV_CONFIRMED);
		WRITE_ONCE(peer->last_handshake, ktime_get_real_ns());
		naawg_tx_flush(peer);
	}
	tell_timers(peer, batch);
	if (unlikely(verdict == NAAWG_SESSION_REKEY))
		naawg_handshake_kick(peer, true);
	while ((skb = __skb_dequeue(&batch->packets)))
		deliver(peer, skb, napi);
}

static __le32 receiver_of(const struct sk_buff *skb)
{
	return ((const struct naawg_msg_data *)skb->data)->receiver;
}

/* Cuts what was queued into runs of one session; empties @queued. */
static void rx_queued(struct naawg_dev *dev, struct sk_buff_head *queued,
		      struct napi_struct *napi)
{
	struct naawg_batch batch;
	struct sk_buff *skb;
	u32 index;

	__skb_queue_head_init(&batch.packets);
	while ((skb = __skb_dequeue(queued))) {
		struct sk_buff *next = skb_peek(queued);

		__skb_queue_tail(&batch.packets, skb);
		if (next && receiver_of(next) == receiver_of(skb))
			continue;
		index = le32_to_cpu(receiver_of(skb));
		batch.session = naawg_session_by_index(dev, index);
		if (likely(batch.session &&
			   naawg_session_is_live(batch.session))) {
			rx_batch(dev, &batch, napi);
			continue;
		}
		while ((skb = __skb_dequeue(&batch.packets)))
			naawg_drop_outer(dev, skb, NAAWG_R_UNKNOWN_INDEX);
	}
}

static int take(struct naawg_doors *doors, struct sk_buff_head *into, int max)
{
	int n = 0;

	spin_lock_bh(&doors->queue.lock);
	while (n < max && !skb_queue_empty(&doors->queue)) {
		__skb_queue_tail(into, __skb_dequeue(&doors->queue));
		n++;
	}
	spin_unlock_bh(&doors->queue.lock);
	return n;
}

/**
 * naawg_rx_poll() - open what this CPU's door let in
 * @napi: the NAPI of a door
 * @budget: messages to handle at most
 *
 * Context: NAPI poll.
 * Return: messages handled.
 */
int naawg_rx_poll(struct napi_struct *napi, int budget)
{
	struct naawg_doors *doors =
		container_of(napi, struct naawg_doors, napi);
	struct sk_buff_head queued;
	int done;

	__skb_queue_head_init(&queued);
	done = take(doors, &queued, budget);
	rcu_read_lock();
	rx_queued(doors->dev, &queued, napi);
	rcu_read_unlock();
	if (done < budget)
		napi_complete_done(napi, done);
	return done;
}

static enum naawg_reason rx_datagram(struct naawg_dev *dev, struct sk_buff *skb)
{
	enum naawg_message_type type;

	if (!pskb_may_pull(skb, sizeof(struct udphdr) +
				sizeof(struct naawg_msg_header)))
		return NAAWG_R_MALFORMED;
	__skb_pull(skb, sizeof(struct udphdr));
	type = naawg_wire_classify(skb->data, skb->len);
	if (likely(type == NAAWG_MSG_DATA)) {
		if (!pskb_may_pull(skb, sizeof(struct naawg_msg_data)))
			return NAAWG_R_MALFORMED;
		/* what nobody has a session for must not crowd out the rest */
		if (!naawg_session_by_index(dev, le32_to_cpu(receiver_of(skb))))
			return NAAWG_R_UNKNOWN_INDEX;
		naawg_cb(skb)->ds = ds_of(skb);
		return naawg_doors_put(dev, skb) ? NAAWG_OK :
						   NAAWG_R_QUEUE_FULL;
	}
	if (type == NAAWG_MSG_INVALID || skb_linearize(skb))
		return NAAWG_R_MALFORMED;
	return naawg_rx_handshake_put(dev, skb);
}

/**
 * naawg_rx() - take a datagram from an outer socket
 * @sk: the socket
 * @skb: the datagram, data at its UDP header; consumed
 *
 * Context: softirq, under rcu_read_lock().
 * Return: 0, as it never goes back to UDP.
 */
int naawg_rx(struct sock *sk, struct sk_buff *skb)
{
	struct naawg_dev *dev = rcu_dereference_sk_user_data(sk);
	enum naawg_reason reason;

	if (unlikely(!dev)) {
		kfree_skb(skb);
		return 0;
	}
	reason = rx_datagram(dev, skb);
	if (unlikely(reason))
		naawg_drop_outer(dev, skb, reason);
	return 0;
}
