// SPDX-License-Identifier: GPL-2.0
/* Peers: allocation, references, lookup, and access checks of their packets. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include "../core/crypto.h"
#include "peer.h"

/**
 * naawg_peer_new() - allocate a peer that is in no table yet
 * @dev: its device
 * @public: its static key
 * @preshared: preshared key, zeros for none
 *
 * Context: process, dev->config held; takes dev->identity_lock.
 * Return: the peer with one reference, or NULL without memory.
 */
struct naawg_peer *naawg_peer_new(struct naawg_dev *dev,
				  const u8 public[NAAWG_KEY_SIZE],
				  const u8 preshared[NAAWG_KEY_SIZE])
{
	struct naawg_peer *peer = kzalloc(sizeof(*peer), GFP_KERNEL_ACCOUNT);

	lockdep_assert_held(&dev->config);
	if (!peer)
		return NULL;
	if (naawg_endpoint_init(&peer->endpoint)) {
		kfree(peer);
		return NULL;
	}
	peer->dev = dev;
	peer->id = ++dev->next_peer_id;
	peer->added = ktime_get_real_seconds();
	memcpy(peer->pubkey.key, public, NAAWG_KEY_SIZE);
	INIT_LIST_HEAD(&peer->prefixes);
	naawg_mac_keys_derive(&peer->mac_keys, public);
	mutex_init(&peer->handshake_lock);
	naawg_sessions_init(&peer->sessions);
	naawg_staged_init(&peer->staged);
	skb_queue_head_init(&peer->held);
	kref_init(&peer->refs);

	down_read(&dev->identity_lock);
	naawg_handshake_init(&peer->handshake, &dev->identity, public,
			     preshared);
	up_read(&dev->identity_lock);
	return peer;
}

/**
 * naawg_peer_purge() - free all waiting packets of a peer
 * @peer: the peer
 *
 * Context: any but hardirq.
 */
void naawg_peer_purge(struct naawg_peer *peer)
{
	struct sk_buff_head packets;

	__skb_queue_head_init(&packets);
	naawg_staged_take(&peer->dev->staging, &peer->staged, &packets);
	spin_lock_bh(&peer->held.lock);
	skb_queue_splice_tail_init(&peer->held, &packets);
	peer->held_bytes = 0;
	spin_unlock_bh(&peer->held.lock);
	__skb_queue_purge(&packets);
}

static void naawg_peer_free_rcu(struct rcu_head *rcu)
{
	struct naawg_peer *peer = container_of(rcu, struct naawg_peer, rcu);

	/* a CPU that had borrowed the peer may have staged packets since */
	naawg_peer_purge(peer);
	naawg_endpoint_destroy(&peer->endpoint);
	kfree_sensitive(peer);
}

static void naawg_peer_release(struct kref *refs)
{
	struct naawg_peer *peer = container_of(refs, struct naawg_peer, refs);

	naawg_peer_purge(peer);
	call_rcu(&peer->rcu, naawg_peer_free_rcu);
}

/**
 * naawg_peer_put() - drop a reference
 * @peer: the peer
 *
 * Context: any.
 */
void naawg_peer_put(struct naawg_peer *peer)
{
	kref_put(&peer->refs, naawg_peer_release);
}

/**
 * naawg_peer_by_key() - find a peer by its static key
 * @dev: the device
 * @public: the key
 *
 * Context: any.
 * Return: the peer with a reference, or NULL.
 */
struct naawg_peer *naawg_peer_by_key(struct naawg_dev *dev,
				     const u8 public[NAAWG_KEY_SIZE])
{
	struct naawg_peer *peer = NULL;
	struct naawg_pubkey *entry;

	rcu_read_lock();
	entry = naawg_pubkeys_lookup(&dev->pubkeys, public);
	if (entry) {
		peer = container_of(entry, struct naawg_peer, pubkey);
		if (!naawg_peer_tryget(peer))
			peer = NULL;
	}
	rcu_read_unlock();
	return peer;
}

/**
 * naawg_session_by_index() - find a session by its receiver index
 * @dev: the device
 * @index: receiver index of a message, host order
 *
 * Context: under rcu_read_lock().
 * Return: borrowed session, live or pending, or NULL.
 */
struct naawg_session *naawg_session_by_index(struct naawg_dev *dev, u32 index)
{
	struct naawg_index *entry = naawg_indices_lookup(&dev->indices, index);

	return entry ? container_of(entry, struct naawg_session, index) : NULL;
}

/**
 * naawg_peer_route() - find the peer to send a packet to
 * @dev: the device
 * @skb: inner packet, network header set and checked to be complete
 *
 * Context: under rcu_read_lock().
 * Return: borrowed peer, or NULL if the destination is in no peer's allowed IPs.
 */
struct naawg_peer *naawg_peer_route(struct naawg_dev *dev,
				    const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return naawg_allowedips_lookup4(&dev->allowedips,
						ip_hdr(skb)->daddr);
	return naawg_allowedips_lookup6(&dev->allowedips,
					&ipv6_hdr(skb)->daddr);
}

/**
 * naawg_peer_may_send() - tell if a peer may use the source address of a packet
 * @peer: the peer that sent the packet
 * @skb: inner packet, network header set and checked to be complete
 *
 * Context: under rcu_read_lock().
 * Return: whether the source is within the peer's allowed IPs.
 */
bool naawg_peer_may_send(struct naawg_peer *peer, const struct sk_buff *skb)
{
	struct naawg_allowedips *table = &peer->dev->allowedips;

	if (skb->protocol == htons(ETH_P_IP))
		return naawg_allowedips_lookup4(table, ip_hdr(skb)->saddr) ==
		       peer;
	return naawg_allowedips_lookup6(table, &ipv6_hdr(skb)->saddr) == peer;
}

/**
 * naawg_peer_may_reach() - tell if a peer may reach the destination of a packet
 * @peer: the peer that sent the packet
 * @header: IP header of the packet, aligned
 * @packet: the whole inner packet, in memory that nobody else writes
 * @len: its length, as naawg_wire_inner_len() returned it
 *
 * Context: under rcu_read_lock().
 * Return: false if the destination is in a forbidden network of the device, or if
 * the device forbids any network and the packet may have a source route.
 */
bool naawg_peer_may_reach(const struct naawg_peer *peer, const void *header,
			  const void *packet, size_t len)
{
	const struct naawg_forbidden *forbidden;

	forbidden = rcu_dereference(peer->dev->forbidden);
	if (likely(!forbidden))
		return true;
	return !naawg_forbidden_destination(forbidden, header) &&
	       !naawg_wire_has_source_route(packet, len);
}

/**
 * naawg_peer_forget_sessions() - retire all sessions and the handshake under way
 * @peer: the peer
 *
 * Context: process, peer->handshake_lock held.
 */
void naawg_peer_forget_sessions(struct naawg_peer *peer)
{
	lockdep_assert_held(&peer->handshake_lock);
	WRITE_ONCE(peer->confirmed, 0);
	naawg_handshake_reset(&peer->handshake);
	naawg_session_retire(&peer->dev->indices, peer->pending);
	peer->pending = NULL;
	naawg_sessions_forget(&peer->sessions, &peer->dev->indices);
}

/**
 * naawg_peer_is_connected() - tell if a peer is connected
 * @peer: the peer
 *
 * Context: any.
 * Return: true if the active session has not expired and the peer is not known to be
 * unreachable.
 */
bool naawg_peer_is_connected(struct naawg_peer *peer)
{
	struct naawg_session *session;
	bool connected;

	rcu_read_lock();
	session = rcu_dereference(peer->sessions.active);
	connected = session &&
		    naawg_now() - session->birth < NAAWG_REJECT_AFTER_TIME &&
		    !naawg_timers_is_unreachable(&peer->timers);
	rcu_read_unlock();
	return connected;
}

/**
 * naawg_peer_is_attempting() - tell if a handshake with a peer is under way
 * @peer: the peer
 *
 * Context: any.
 * Return: true if we sent a handshake message so recently that the next one would belong to
 * the same attempt.
 */
bool naawg_peer_is_attempting(const struct naawg_peer *peer)
{
	u64 last = READ_ONCE(peer->last_initiation);

	return last && naawg_now() - last < 2 * NAAWG_REKEY_TIMEOUT;
}

/**
 * naawg_peer_note_session() - note that a session with the peer was confirmed
 * @peer: the peer
 *
 * A session that follows an expired one, or a time without answers, begins a new
 * connection.
 *
 * Context: process or softirq.
 */
void naawg_peer_note_session(struct naawg_peer *peer)
{
	u64 last = READ_ONCE(peer->confirmed), now = naawg_now();

	if (!last || now - last >= NAAWG_REJECT_AFTER_TIME)
		WRITE_ONCE(peer->connected_since, ktime_get_real_seconds());
	WRITE_ONCE(peer->confirmed, now);
	WRITE_ONCE(peer->last_handshake, ktime_get_real_ns());
}

/**
 * naawg_peer_note_rtt() - note how long the peer took to answer a handshake message
 * @peer: the peer; its answer arrived now
 * @offered: time at which our message was written, ktime_get_ns()
 *
 * Context: process or softirq.
 */
void naawg_peer_note_rtt(struct naawg_peer *peer, u64 offered)
{
	u64 us = div_u64(ktime_get_ns() - offered, NSEC_PER_USEC);

	WRITE_ONCE(peer->rtt_us, clamp_t(u64, us, 1, U32_MAX));
}
