// SPDX-License-Identifier: GPL-2.0
/*
 * Transmit path: from an inner packet to the outer socket.
 *
 * naawg_tx() finds the peer, segments, stages, seals and sends. Read this file
 * from the end upward: a packet passes the functions in that order.
 */
#include <net/dst_metadata.h>
#include <net/gso.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>

#include "../handshake/handshake.h"
#include "../outer/socket.h"
#include "../state/trace.h"
#include "hold.h"
#include "icmp.h"
#include "nesting.h"
#include "seal_batch.h"
#include "tx.h"

/*
 * A tunnel may run inside another tunnel, even of the same device. Packets loop
 * if the route to an endpoint leads into its own tunnel. This limit ends the
 * loop before the network stack reaches its own limit and logs a critical
 * message. Newer kernels do so at the fourth nested transmission.
 */
#define DEPTH_MAX	3

static void count_sealed(struct naawg_dev *dev, unsigned int messages, u32 len)
{
	trace_naawg_sealed(dev->netdev, messages, len);
	if (messages == 1) {
		naawg_counter_add(dev, NAAWG_C_SINGLES_SEALED, 1);
		return;
	}
	naawg_counter_add(dev, NAAWG_C_SUPERS_SEALED, 1);
	naawg_counter_add(dev, NAAWG_C_SUPER_MESSAGES_SEALED, messages);
}

static void send_sealed(struct naawg_peer *peer, struct naawg_batch *batch)
{
	bool data = false, keepalive = false;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&batch->packets))) {
		u16 segments = naawg_cb(skb)->segments;
		u8 ds = naawg_cb(skb)->ds;
		enum naawg_reason reason;

		atomic64_add(segments, &peer->tx_packets);
		count_sealed(peer->dev, segments, skb->len);
		if (skb->len > NAAWG_DATA_OVERHEAD)
			data = true;
		else
			keepalive = true;
		reason = naawg_socket_send(peer, skb, ds);
		if (unlikely(reason)) {
			naawg_peer_blame(peer, reason);
			DEV_STATS_INC(peer->dev->netdev, tx_errors);
		}
	}
	if (data)
		naawg_timers_event(&peer->timers, NAAWG_EV_DATA_SENT);
	if (keepalive)
		naawg_timers_event(&peer->timers, NAAWG_EV_KEEPALIVE_SENT);
}

static bool reports_unreachable(const struct naawg_dev *dev)
{
	return READ_ONCE(dev->answer_unreachable);
}

static void drop_all(struct naawg_dev *dev, struct sk_buff_head *packets,
		     enum naawg_reason reason)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(packets))) {
		if (reason == NAAWG_R_UNREACHABLE && reports_unreachable(dev))
			naawg_icmp_staged(dev, skb);
		naawg_drop_inner(dev, skb, reason);
	}
}

/* Returns a copy that refers to no socket or namespace, so it may wait. */
static struct sk_buff *own_copy(struct naawg_peer *peer, struct sk_buff *skb)
{
	struct sk_buff *copy;

	if (naawg_cb(skb)->own)
		return skb;
	copy = naawg_staged_copy(skb);
	if (unlikely(!copy)) {
		WRITE_ONCE(peer->last_reason, NAAWG_R_NO_MEMORY);
		naawg_drop_inner(peer->dev, skb, NAAWG_R_NO_MEMORY);
		return NULL;
	}
	consume_skb(skb);
	naawg_cb(copy)->own = true;
	return copy;
}

static void stage(struct naawg_peer *peer, struct sk_buff_head *packets)
{
	struct sk_buff_head of_peer, of_device;
	struct naawg_dev *dev = peer->dev;
	struct sk_buff *skb;

	__skb_queue_head_init(&of_peer);
	__skb_queue_head_init(&of_device);
	while ((skb = __skb_dequeue(packets))) {
		skb = own_copy(peer, skb);
		if (likely(skb))
			naawg_staged_add(&dev->staging, &peer->staged, skb,
					 naawg_cb(skb)->segments, &of_peer,
					 &of_device);
	}
	drop_all(dev, &of_peer, NAAWG_R_STAGE_FULL);
	drop_all(dev, &of_device, NAAWG_R_STAGE_DEVICE_FULL);
}

/*
 * Sends the staged and held packets of the peer, then @packets. If @session
 * cannot seal them, stages the held packets and @packets instead. Empties
 * @packets. Returns false if packets wait for a session.
 */
static bool send_or_stage(struct naawg_peer *peer,
			  struct naawg_session *session,
			  struct sk_buff_head *packets)
{
	enum naawg_session_verdict verdict = NAAWG_SESSION_DEAD;
	struct naawg_batch batch;

	__skb_queue_head_init(&batch.packets);
	if (session)
		verdict = naawg_verdict_on_send(naawg_now() - session->birth,
						atomic64_read(&session->send_counter),
						session->initiator);
	if (likely(verdict != NAAWG_SESSION_DEAD))
		naawg_staged_take(&peer->dev->staging, &peer->staged,
				  &batch.packets);
	/* without a session, held packets are staged too */
	naawg_hold_take(peer, &batch.packets);
	skb_queue_splice_tail_init(packets, &batch.packets);
	if (unlikely(verdict == NAAWG_SESSION_DEAD))
		goto stage_packets;
	if (skb_queue_empty(&batch.packets))
		return true;
	batch.session = session;
	if (unlikely(!naawg_batch_seal(&batch)))
		goto stage_packets;
	send_sealed(peer, &batch);
	if (unlikely(verdict == NAAWG_SESSION_REKEY))
		naawg_handshake_kick(peer, true);
	return true;

stage_packets:
	stage(peer, &batch.packets);
	return naawg_staged_is_empty(&peer->staged);
}

/*
 * Sends the staged and held packets of the peer, then @packets. Without a
 * session it stages them and starts a handshake. Empties @packets. The caller
 * has bottom halves off and holds the RCU read lock.
 */
static void send_packets(struct naawg_peer *peer, struct sk_buff_head *packets)
{
	struct naawg_session *session, *newer;

	session = rcu_dereference(peer->sessions.active);
	if (likely(send_or_stage(peer, session, packets)))
		return;
	/*
	 * Another CPU may have activated a session before this one staged the
	 * packets, and may have looked for staged packets too early. Either
	 * that CPU sees the packets or this one sees the session: the barrier
	 * pairs with those in naawg_session_begin() and
	 * naawg_session_confirm().
	 */
	smp_mb();
	newer = rcu_dereference(peer->sessions.active);
	if (newer != session && send_or_stage(peer, newer, packets))
		return;
	naawg_handshake_kick(peer, true);
}

/**
 * naawg_tx_flush() - send the staged packets if there is a session now
 * @peer: the peer, referenced or borrowed
 *
 * Context: process or softirq.
 */
void naawg_tx_flush(struct naawg_peer *peer)
{
	struct sk_buff_head no_packets;

	__skb_queue_head_init(&no_packets);
	local_bh_disable();
	rcu_read_lock();
	send_packets(peer, &no_packets);
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * naawg_tx_flush_held() - send the held packets of a peer
 * @peer: the peer, referenced or borrowed
 *
 * If the route of an outer packet leads back into naawg, that transmission
 * counts as nested, exactly as it would without the hold.
 *
 * Context: process or softirq.
 */
void naawg_tx_flush_held(struct naawg_peer *peer)
{
	struct naawg_nesting nesting;

	local_bh_disable();
	naawg_nesting_enter(&nesting);
	naawg_tx_flush(peer);
	naawg_nesting_leave(&nesting);
	local_bh_enable();
}

/**
 * naawg_tx_keepalive() - send the waiting packets, or an empty message
 * @peer: the peer, referenced or borrowed
 *
 * Context: process or softirq.
 */
void naawg_tx_keepalive(struct naawg_peer *peer)
{
	struct sk_buff_head packets;
	struct sk_buff *skb;

	__skb_queue_head_init(&packets);
	if (naawg_staged_is_empty(&peer->staged) &&
	    skb_queue_empty_lockless(&peer->held)) {
		skb = alloc_skb(0, GFP_ATOMIC);
		if (unlikely(!skb))
			return;
		*naawg_cb(skb) = (struct naawg_cb){ .segments = 1 };
		__skb_queue_tail(&packets, skb);
	}
	local_bh_disable();
	rcu_read_lock();
	send_packets(peer, &packets);
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * naawg_tx_purge() - drop the staged and held packets of a peer
 * @peer: the peer
 * @reason: reason that is counted for each packet
 *
 * Context: process or softirq.
 */
void naawg_tx_purge(struct naawg_peer *peer, enum naawg_reason reason)
{
	struct sk_buff_head packets;

	__skb_queue_head_init(&packets);
	naawg_staged_take(&peer->dev->staging, &peer->staged, &packets);
	naawg_hold_take(peer, &packets);
	drop_all(peer->dev, &packets, reason);
}

/*
 * Drops a packet to a peer that does not answer. Such a packet is not staged,
 * but it triggers a handshake, because perhaps nothing else does.
 */
static int refuse_unreachable(struct naawg_peer *peer, struct sk_buff *skb)
{
	bool report = reports_unreachable(peer->dev);

	if (report)
		naawg_icmp_unreachable(skb);
	naawg_drop_inner(peer->dev, skb, NAAWG_R_UNREACHABLE);
	naawg_handshake_kick(peer, true);
	return report ? -EHOSTUNREACH : NETDEV_TX_OK;
}

/*
 * May a packet try an unreachable peer in its live session? An initiation is sent only every
 * five seconds, so an answer to a packet is often the first sign that the peer is back. If
 * the device reports errors, the sender gets one all the same, by ICMP, and only one packet
 * a second is sent.
 */
static bool may_try(struct naawg_peer *peer, struct sk_buff *skb)
{
	const struct naawg_session *session = rcu_dereference(peer->sessions.active);
	u64 now = naawg_now();
	s64 last;

	if (!session ||
	    naawg_verdict_on_send(now - session->birth,
				  atomic64_read(&session->send_counter),
				  session->initiator) == NAAWG_SESSION_DEAD)
		return false;
	if (reports_unreachable(peer->dev)) {
		last = atomic64_read(&peer->last_try);
		if ((s64)now - last < (s64)NSEC_PER_SEC ||
		    atomic64_cmpxchg(&peer->last_try, last, now) != last)
			return false;
		naawg_icmp_unreachable(skb);
	}
	naawg_handshake_kick(peer, true);
	return true;
}

static bool is_complete_ip(struct sk_buff *skb)
{
	skb_reset_network_header(skb);
	/* raw sockets can set any protocol: check it against the packet */
	if (skb->protocol == htons(ETH_P_IP))
		return pskb_may_pull(skb, sizeof(struct iphdr)) &&
		       ip_hdr(skb)->version == 4;
	if (skb->protocol == htons(ETH_P_IPV6))
		return pskb_may_pull(skb, sizeof(struct ipv6hdr)) &&
		       ipv6_hdr(skb)->version == 6;
	return false;
}

static void fill_cb(struct sk_buff *skb, u32 mtu, u16 segments)
{
	struct naawg_cb *cb = naawg_cb(skb);

	cb->counter = 0;
	cb->len = 0;
	cb->mtu = mtu;
	cb->segments = segments;
	cb->own = false;
	cb->ds = ip_tunnel_ecn_encap(0, ip_hdr(skb), skb);
	skb_dst_drop(skb);
}

/* Segments a GSO packet that cannot be sealed as one; success consumes @skb. */
static bool segment_in_software(struct sk_buff *skb, u32 mtu,
				struct sk_buff_head *packets)
{
	struct sk_buff *segments, *next;

	/* these features avoid a copy and a checksum, as sealing does both */
	segments = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HIGHDMA |
					NETIF_F_FRAGLIST | NETIF_F_HW_CSUM);
	if (IS_ERR(segments))
		return false;
	if (segments) {
		consume_skb(skb);
		skb = segments;
	}
	skb_list_walk_safe(skb, skb, next) {
		skb_mark_not_on_list(skb);
		fill_cb(skb, mtu, 1);
		__skb_queue_tail(packets, skb);
	}
	return true;
}

/* Fills in the cb, and segments if necessary; consumes @skb on success. */
static bool prepare(struct naawg_dev *dev, struct sk_buff *skb,
		    struct sk_buff_head *packets)
{
	struct naawg_segmenter segments;
	u32 mtu;

	mtu = skb_valid_dst(skb) ? dst_mtu(skb_dst(skb)) :
				   READ_ONCE(dev->netdev->mtu);
	if (skb_is_gso(skb)) {
		if (!naawg_packet_segments(skb, &segments))
			return segment_in_software(skb, mtu, packets);
		fill_cb(skb, mtu, segments.count);
	} else {
		fill_cb(skb, mtu, 1);
	}
	__skb_queue_tail(packets, skb);
	return true;
}

/**
 * naawg_tx() - transmit a packet of the network stack
 * @dev: the device
 * @skb: inner packet, possibly a GSO packet; consumed
 *
 * Context: ndo_start_xmit, bottom halves off.
 * Return: NETDEV_TX_OK, or the error for a local sender: -EPROTONOSUPPORT if
 * the packet is no IP packet, -ENOKEY if no peer has the destination in its
 * allowed IPs, -EDESTADDRREQ if the peer has no endpoint, -EHOSTUNREACH if the
 * peer does not answer and the device is configured to report that.
 */
int naawg_tx(struct naawg_dev *dev, struct sk_buff *skb)
{
	struct sk_buff_head packets;
	struct naawg_nesting nesting;
	struct naawg_peer *peer;
	int err = NETDEV_TX_OK;

	if (unlikely(!is_complete_ip(skb))) {
		naawg_drop_inner(dev, skb, NAAWG_R_NOT_IP);
		return -EPROTONOSUPPORT;
	}
	if (unlikely(naawg_nesting_enter(&nesting) > DEPTH_MAX)) {
		naawg_drop_inner(dev, skb, NAAWG_R_ROUTING_LOOP);
		goto out;
	}
	__skb_queue_head_init(&packets);
	rcu_read_lock();
	peer = naawg_peer_route(dev, skb);
	if (unlikely(!peer)) {
		naawg_icmp_unreachable(skb);
		naawg_drop_inner(dev, skb, NAAWG_R_NO_PEER);
		err = -ENOKEY;
	} else if (unlikely(!naawg_endpoint_is_set(&peer->endpoint))) {
		naawg_icmp_unreachable(skb);
		WRITE_ONCE(peer->last_reason, NAAWG_R_NO_ENDPOINT);
		naawg_drop_inner(dev, skb, NAAWG_R_NO_ENDPOINT);
		err = -EDESTADDRREQ;
	} else if (unlikely(naawg_timers_is_unreachable(&peer->timers)) &&
		   !may_try(peer, skb)) {
		err = refuse_unreachable(peer, skb);
	} else if (likely(prepare(dev, skb, &packets))) {
		if (nesting.depth > 1 ||
		    !naawg_hold_put(peer, &packets))
			send_packets(peer, &packets);
	} else {
		naawg_drop_inner(dev, skb, NAAWG_R_NO_MEMORY);
	}
	rcu_read_unlock();
out:
	naawg_nesting_leave(&nesting);
	return err;
}
