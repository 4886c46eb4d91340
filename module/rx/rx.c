// SPDX-License-Identifier: GPL-2.0
/*
 * Receive path: from the outer socket to inner packets.
 *
 * naawg_rx_poll() splits the queued messages into batches, opens and delivers
 * them. Read this file from the end upward: a packet passes the functions in
 * that order.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/udp.h>
#include <net/inet_ecn.h>

#include "../handshake/handshake.h"
#include "../handshake/notify.h"
#include "../state/trace.h"
#include "../tx/tx.h"
#include "dispatch.h"
#include "gro.h"
#include "handshake_rx.h"
#include "open.h"
#include "open_batch.h"
#include "rx.h"

/* From this length on, a TCP packet is more than an acknowledgment. */
#define JOIN_MIN	512

static u8 ds_of(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) ?
	       ip_hdr(skb)->tos : ipv6_get_dsfield(ipv6_hdr(skb));
}

/* Sets the fields of an inner packet like a driver does. */
static enum naawg_reason prepare_inner(struct naawg_peer *peer,
				       struct sk_buff *skb)
{
	size_t len = naawg_wire_inner_len(skb->data, skb->len);

	if (unlikely(!len))
		return naawg_packet_flaw(skb->data);
	skb_trim(skb, len);
	skb->protocol = skb->data[0] >> 4 == 4 ? htons(ETH_P_IP) :
						 htons(ETH_P_IPV6);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	if (unlikely(!naawg_peer_may_send(peer, skb)))
		return NAAWG_R_UNALLOWED_SOURCE;
	if (unlikely(!naawg_peer_may_reach(peer, skb->data, skb->data, len)))
		return NAAWG_R_FORBIDDEN;

	skb_scrub_packet(skb, true);
	skb_orphan(skb);
	skb_clear_hash(skb);
	skb_set_queue_mapping(skb, 0);
	__vlan_hwaccel_clear_tag(skb);
	skb_init_secmark(skb);
	skb->encapsulation = 0;
	skb->priority = 0;
	skb->dev = peer->dev->netdev;
	/* the AEAD tag was verified, which protects more than a checksum */
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	skb->csum_level = ~0;
	INET_ECN_decapsulate(skb, naawg_cb(skb)->ds, ds_of(skb));
	return NAAWG_OK;
}

/* After a large TCP packet, the session's messages are opened out of place. */
static void detect_joinable(struct naawg_session *session,
			    const struct sk_buff *skb)
{
	u8 proto = skb->protocol == htons(ETH_P_IP) ? ip_hdr(skb)->protocol :
						      ipv6_hdr(skb)->nexthdr;
	bool joins = proto == IPPROTO_TCP && skb->len >= JOIN_MIN;

	if (joins && !READ_ONCE(session->joins))
		WRITE_ONCE(session->joins, true);
}

static void deliver_packet(struct naawg_session *session, struct sk_buff *skb,
			   struct napi_struct *napi)
{
	struct naawg_peer *peer = session->peer;
	struct net_device *netdev = peer->dev->netdev;
	u32 len = naawg_cb(skb)->len;
	enum naawg_reason reason;

	if (len > NAAWG_DATA_OVERHEAD) {
		reason = prepare_inner(peer, skb);
		if (unlikely(reason)) {
			WRITE_ONCE(peer->last_reason, reason);
			naawg_drop_outer(peer->dev, skb, reason);
			return;
		}
		atomic64_inc(&peer->rx_packets);
		detect_joinable(session, skb);
		napi_gro_receive(napi, skb);
	} else {
		consume_skb(skb);
	}
	dev_sw_netstats_rx_add(netdev, len);
	atomic64_add(len, &peer->rx_bytes);
}

/*
 * Sets the endpoint and confirms the session by the first opened message. The timers
 * know of that message, so they wait for an answer to packets that are sent here.
 */
static void naawg_peer_authenticated(struct naawg_session *session,
				     struct sk_buff *skb)
{
	struct naawg_peer *peer = session->peer;
	struct naawg_address from;

	if (naawg_address_of(&from, skb) &&
	    unlikely(naawg_endpoint_set(&peer->endpoint, &from)))
		naawg_notify(peer, NAAWG_NTF_ENDPOINT);
	naawg_peer_stamp(&peer->last_rx);
	if (unlikely(naawg_session_confirm(&peer->sessions, &peer->dev->indices,
					   session))) {
		naawg_timers_event(&peer->timers, NAAWG_EV_CONFIRMED);
		/* the delay of a message that was not sent at once is not the path's */
		if (naawg_session_opened_first(session))
			naawg_peer_note_rtt(peer, session->offered);
		naawg_peer_note_session(peer);
		naawg_notify(peer, NAAWG_NTF_SESSION);
		naawg_tx_flush(peer);
	}
}

static void notify_timers(struct naawg_peer *peer, bool data, bool keepalive)
{
	if (keepalive)
		naawg_timers_event(&peer->timers, NAAWG_EV_KEEPALIVE_RECEIVED);
	if (data)
		naawg_timers_event(&peer->timers, NAAWG_EV_DATA_RECEIVED);
}

static void count_batch(struct naawg_dev *dev, unsigned int messages,
			unsigned int joined)
{
	trace_naawg_opened(dev->netdev, messages, joined);
	naawg_counter_add(dev, NAAWG_C_BATCHES_OPENED, 1);
	naawg_counter_add(dev, NAAWG_C_MESSAGES_OPENED, messages);
}

/* Opens messages one by one in place: the cheapest way if no packets join. */
static void open_in_place(struct naawg_batch *batch, struct napi_struct *napi)
{
	struct naawg_session *session = batch->session;
	bool data = false, keepalive = false;
	struct sk_buff *skb, *first;

	count_batch(session->peer->dev, skb_queue_len(&batch->packets), 0);
	naawg_batch_open(batch);
	first = skb_peek(&batch->packets);
	if (unlikely(!first))
		return;
	skb_queue_walk(&batch->packets, skb) {
		if (naawg_cb(skb)->len > NAAWG_DATA_OVERHEAD)
			data = true;
		else
			keepalive = true;
	}
	notify_timers(session->peer, data, keepalive);
	naawg_peer_authenticated(session, first);
	while ((skb = __skb_dequeue(&batch->packets)))
		deliver_packet(session, skb, napi);
}

/*
 * Copies a handshake message out of a GSO packet into its own packet. Receive
 * offload on another host, such as a router, does not know message types, so it
 * may append a handshake message to data messages.
 */
static void naawg_extract_handshake(struct naawg_dev *dev,
				    const struct sk_buff *gso, u32 offset,
				    u32 len)
{
	u32 headers = gso->data - skb_network_header(gso);
	enum naawg_reason reason;
	struct sk_buff *skb;

	skb = alloc_skb(headers + len, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb) {
		naawg_refuse_outer(dev, NAAWG_R_NO_MEMORY);
		return;
	}
	skb_reset_network_header(skb);
	skb_put_data(skb, skb_network_header(gso), headers);
	skb_set_transport_header(skb, skb_transport_offset(gso) + headers);
	skb->protocol = gso->protocol;
	skb->skb_iif = gso->skb_iif;
	skb->dev = dev->netdev;
	__skb_pull(skb, headers);
	skb_copy_bits(gso, offset, skb_put(skb, len), len);
	reason = naawg_rx_handshake_put(dev, skb);
	if (reason)
		naawg_drop_outer(dev, skb, reason);
}

/*
 * Opens the messages of the batch's session. The batch keeps the packets from
 * the first message of another session on.
 */
static void open_out_of_place(struct naawg_batch *batch,
			      struct naawg_rxq *rxq)
{
	struct naawg_opener opener = {
		.dev = rxq->dev,
		.session = batch->session,
		.napi = &rxq->napi,
		.on_authenticated = naawg_peer_authenticated,
		.on_handshake = naawg_extract_handshake,
		.buf = rxq->buf,
		.unopened = &rxq->unopened,
	};
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&batch->packets))) {
		if (unlikely(!naawg_open_messages(&opener, skb))) {
			__skb_queue_head(&batch->packets, skb);
			break;
		}
	}
	naawg_open_finish(&opener);
	count_batch(rxq->dev, opener.messages, opener.joined);
	rxq->buf = opener.buf;
	if (opener.singles && !opener.joined)
		WRITE_ONCE(batch->session->joins, false);
}

/*
 * Refuses the messages of one session in @skb. Returns true if these were all,
 * and consumes @skb then. Otherwise @skb begins with the messages of another
 * session.
 */
static bool refuse_messages(struct naawg_dev *dev, struct sk_buff *skb,
			    enum naawg_reason reason)
{
	struct naawg_opener opener = {
		.dev = dev,
		.reason = reason,
		.on_handshake = naawg_extract_handshake,
	};
	bool all = naawg_open_messages(&opener, skb);

	naawg_open_finish(&opener);
	return all;
}

static void refuse_batch(struct naawg_dev *dev, struct naawg_batch *batch,
			 enum naawg_reason reason)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&batch->packets))) {
		if (!refuse_messages(dev, skb, reason)) {
			__skb_queue_head(&batch->packets, skb);
			break;
		}
	}
}

static bool is_worth_joining(const struct naawg_batch *batch)
{
	bool joins = skb_queue_len(&batch->packets) > 1 &&
		     READ_ONCE(batch->session->joins) &&
		     READ_ONCE(naawg_batch_rx);
	const struct sk_buff *skb;

	skb_queue_walk(&batch->packets, skb) {
		/* a GSO packet cannot be opened in place */
		if (skb_is_gso(skb))
			return true;
		if (skb->len > NAAWG_FRAG_BUF_MESSAGE)
			joins = false;
	}
	return joins;
}

/*
 * Opens a run of messages with one receiver index. The batch keeps the packets
 * from the first message of another session on.
 */
static void rx_batch(struct naawg_dev *dev, struct naawg_batch *batch,
		     struct naawg_rxq *rxq)
{
	struct naawg_session *session = batch->session;
	enum naawg_session_verdict verdict;

	verdict = naawg_verdict_on_receive(naawg_now() - session->birth,
					   session->initiator);
	if (unlikely(verdict == NAAWG_SESSION_DEAD)) {
		refuse_batch(dev, batch, NAAWG_R_SESSION_EXPIRED);
		return;
	}
	if (READ_ONCE(session->joins) && READ_ONCE(naawg_batch_rx))
		rxq->defer.bulk = true;
	if (is_worth_joining(batch))
		open_out_of_place(batch, rxq);
	else
		open_in_place(batch, &rxq->napi);
	if (unlikely(verdict == NAAWG_SESSION_REKEY))
		naawg_handshake_kick(session->peer, true);
}

/* Splits the queued packets into runs of one session; empties @queued. */
static void rx_queued(struct naawg_rxq *rxq, struct sk_buff_head *queued)
{
	struct naawg_dev *dev = rxq->dev;
	struct naawg_batch batch;
	struct sk_buff *skb;

	__skb_queue_head_init(&batch.packets);
	while ((skb = __skb_dequeue(queued))) {
		u32 index = naawg_cb(skb)->index;
		struct sk_buff *next = skb_peek(queued);

		__skb_queue_tail(&batch.packets, skb);
		if (next && naawg_cb(next)->index == index)
			continue;
		batch.session = naawg_session_by_index(dev, index);
		if (likely(batch.session &&
			   naawg_session_is_live(batch.session)))
			rx_batch(dev, &batch, rxq);
		else
			refuse_batch(dev, &batch, NAAWG_R_UNKNOWN_INDEX);
		skb_queue_splice_init(&batch.packets, queued);
	}
}

/**
 * naawg_rx_poll() - open and deliver the messages in this CPU's rx queue
 * @napi: NAPI instance of the rx queue
 * @budget: largest number of messages to handle, 0 for none
 *
 * Context: NAPI poll.
 * Return: number of messages handled.
 */
int naawg_rx_poll(struct napi_struct *napi, int budget)
{
	struct naawg_rxq *rxq =
		container_of(napi, struct naawg_rxq, napi);
	struct sk_buff_head queued;
	int done;

	/* netpoll calls with interrupts off, where receiving is not allowed */
	if (unlikely(!budget))
		return 0;
	__skb_queue_head_init(&queued);
	done = naawg_rxq_take(rxq, &queued, budget);
	rcu_read_lock();
	rx_queued(rxq, &queued);
	rcu_read_unlock();
	return naawg_dispatch_done(rxq, done, budget);
}

static void count_gso(struct naawg_dev *dev, const struct sk_buff *skb)
{
	naawg_counter_add(dev, NAAWG_C_SUPERS_RECEIVED, 1);
	naawg_counter_add(dev, NAAWG_C_SUPER_MESSAGES_RECEIVED,
			  naawg_packets_in(skb));
	if (skb_has_frag_list(skb))
		naawg_counter_add(dev, NAAWG_C_CHAINS_RECEIVED, 1);
}

/*
 * Queues a data message, or a GSO packet that begins with one. It refuses
 * messages without a session at once, so that they do not fill the queue.
 */
static enum naawg_reason rx_data(struct naawg_dev *dev, struct sk_buff *skb)
{
	struct naawg_cb *cb = naawg_cb(skb);
	const struct naawg_msg_data *msg;
	struct naawg_session *session;

	if (!pskb_may_pull(skb, sizeof(*msg)))
		return NAAWG_R_MALFORMED;
	msg = (const struct naawg_msg_data *)skb->data;
	cb->ds = ds_of(skb);
	cb->index = le32_to_cpu(msg->receiver);
	cb->counter = le64_to_cpu(msg->counter);
	cb->offset = 0;
	if (skb_is_gso(skb))
		count_gso(dev, skb);
	while (!(session = naawg_session_by_index(dev, cb->index))) {
		if (refuse_messages(dev, skb, NAAWG_R_UNKNOWN_INDEX))
			return NAAWG_OK;
	}
	return naawg_dispatch_put(session->peer, skb) ? NAAWG_OK :
						     NAAWG_R_QUEUE_FULL;
}

static enum naawg_reason classify_datagram(struct naawg_dev *dev,
					   struct sk_buff *skb)
{
	enum naawg_message_type type;

	if (!pskb_may_pull(skb, sizeof(struct udphdr) +
				sizeof(struct naawg_msg_header)))
		return NAAWG_R_MALFORMED;
	/* the segments of another tunnel's GSO packet are not whole messages */
	if (skb_is_gso(skb) && !(skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4))
		return NAAWG_R_MALFORMED;
	__skb_pull(skb, sizeof(struct udphdr));
	type = naawg_wire_classify(skb->data, skb->len);
	if (likely(type == NAAWG_MSG_DATA))
		return rx_data(dev, skb);
	if (type == NAAWG_MSG_INVALID || skb_linearize(skb))
		return NAAWG_R_MALFORMED;
	return naawg_rx_handshake_put(dev, skb);
}

/*
 * Receives a datagram or a chain of datagrams from an outer socket, data at the
 * UDP header. It consumes every packet and returns none to UDP.
 */
static int naawg_rx_datagram(struct sock *sk, struct sk_buff *skb)
{
	struct naawg_dev *dev = rcu_dereference_sk_user_data(sk);
	enum naawg_reason reason;

	if (unlikely(!dev)) {
		kfree_skb(skb);
		return 0;
	}
	reason = classify_datagram(dev, skb);
	if (unlikely(reason))
		naawg_drop_outer(dev, skb, reason);
	return 0;
}

const struct naawg_receivers naawg_rx_receivers = {
	.datagram	= naawg_rx_datagram,
	.gro		= naawg_gro_receive,
};

/**
 * naawg_rx_gso() - receive a GSO packet before UDP segments it
 * @dev: the device
 * @skb: GSO packet of datagrams to our port, data at its UDP header, which is
 *	linear; consumed
 *
 * Context: softirq, under rcu_read_lock().
 */
void naawg_rx_gso(struct naawg_dev *dev, struct sk_buff *skb)
{
	enum naawg_reason reason;

	__skb_pull(skb, sizeof(struct udphdr));
	reason = rx_data(dev, skb);
	if (unlikely(reason))
		naawg_drop_outer(dev, skb, reason);
}
