/* SPDX-License-Identifier: GPL-2.0 */
/* Peers: what is known about one other side, and how to get hold of it. */
#ifndef _NAAWG_PEER_H
#define _NAAWG_PEER_H

#include <linux/kref.h>
#include <linux/rbtree.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>

#include "dev.h"
#include "endpoint.h"
#include "session.h"
#include "timers.h"

struct naawg_hold_work;

/**
 * enum naawg_ntf - what listeners are told of a peer, and in this order
 * @NAAWG_NTF_ENDPOINT: it is somewhere else now
 * @NAAWG_NTF_SESSION: both sides have the keys of a new session
 * @NAAWG_NTF_GIVEN_UP: it was called for 90 s and did not answer
 * @NAAWG_NTF_COUNT: how many there are
 */
enum naawg_ntf {
	NAAWG_NTF_ENDPOINT,
	NAAWG_NTF_SESSION,
	NAAWG_NTF_GIVEN_UP,
	NAAWG_NTF_COUNT
};

/**
 * struct naawg_peer - one peer of a device
 * @dev: its device; outlives it, set once
 * @pubkey: its static public key, in the device's table while the device has it
 * @link: in the device's list (dev->config)
 * @id: grows with every peer of the device; set once
 * @by_id: in the device's tree of ids while the device has it (dev->config)
 * @prefixes: its allowed IPs (dev->config)
 * @persistent: persistent keepalive in seconds, as configured (dev->config)
 * @mac_keys: keys for what we send to it; set once
 * @handshake_lock: protects the members up to @last_accepted
 * @dead: no session is made any more (written under @handshake_lock, read
 *	anywhere)
 * @handshake: Noise state
 * @pending: session our newest initiation speaks of, not live
 * @sent_mac1: mac1 of the newest handshake message sent
 * @sent_mac1_set: there is one, so a cookie reply may refer to it
 * @cookie: newest cookie the peer gave us
 * @cookie_birth: when it came, 0 for none
 * @last_accepted: when the peer's last initiation was accepted, ns
 * @last_initiation: when we last initiated, ns, 0 for never (read anywhere)
 * @initiate_work: sends an initiation from process context
 * @wipe_work: erases all keys from process context
 * @ntf_work: tells listeners of @ntf from process context
 * @ntf: bits of enum naawg_ntf; atomic
 * @sessions: its sessions (own lock)
 * @endpoint: where it is (own lock)
 * @timers: its timers (own lock)
 * @staged: inner packets waiting for a session (dev->staging.lock)
 * @held: inner packets waiting for others to leave with (own lock)
 * @held_bytes: memory these take (held.lock)
 * @hold_work: system call whose return sends them, NULL for none (held.lock)
 * @rx_bytes: length of all authenticated messages
 * @tx_bytes: length of all messages sent
 * @rx_packets: data messages with a deliverable payload
 * @tx_packets: data messages sealed
 * @rx_cpu: CPU in whose rx queue its newest batch came in (racy on purpose)
 * @rx_seq: and that batch's number there (racy on purpose)
 * @last_handshake: wall-clock time of the newest confirmed handshake, ns
 * @last_reason: newest reason blamed on it (racy on purpose)
 * @refs: the device holds one, and so does queued work
 * @rcu: for freeing
 */
struct naawg_peer {
	struct naawg_dev *dev;
	struct naawg_pubkey pubkey;
	struct list_head link;
	u64 id;
	struct rb_node by_id;
	struct list_head prefixes;
	u16 persistent;
	struct naawg_mac_keys mac_keys;

	struct mutex handshake_lock; /* see DOC: locking */
	bool dead;
	struct naawg_handshake handshake;
	struct naawg_session *pending;
	u8 sent_mac1[NAAWG_MAC_SIZE];
	bool sent_mac1_set;
	u8 cookie[NAAWG_COOKIE_SIZE];
	u64 cookie_birth;
	u64 last_accepted;
	u64 last_initiation;
	struct work_struct initiate_work;
	struct work_struct wipe_work;
	struct work_struct ntf_work;
	unsigned long ntf;

	struct naawg_sessions sessions;
	struct naawg_endpoint endpoint;
	struct naawg_timers timers;
	struct naawg_staged staged;
	struct sk_buff_head held;
	unsigned int held_bytes;
	struct naawg_hold_work *hold_work;

	atomic64_t rx_bytes;
	atomic64_t tx_bytes;
	atomic64_t rx_packets;
	atomic64_t tx_packets;
	int rx_cpu;
	u32 rx_seq;
	u64 last_handshake;
	enum naawg_reason last_reason;

	struct kref refs;
	struct rcu_head rcu;
};

struct naawg_peer *naawg_peer_new(struct naawg_dev *dev,
				  const u8 public[NAAWG_KEY_SIZE],
				  const u8 preshared[NAAWG_KEY_SIZE]);
void naawg_peer_put(struct naawg_peer *peer);
void naawg_peer_purge(struct naawg_peer *peer);

/**
 * naawg_peer_tryget() - turn a borrowed peer into a reference
 * @peer: borrowed under RCU
 *
 * Return: false when the peer is on its way out.
 */
static inline bool naawg_peer_tryget(struct naawg_peer *peer)
{
	return kref_get_unless_zero(&peer->refs);
}

struct naawg_peer *naawg_peer_by_key(struct naawg_dev *dev,
				     const u8 public[NAAWG_KEY_SIZE]);
struct naawg_session *naawg_session_by_index(struct naawg_dev *dev, u32 index);
struct naawg_peer *naawg_peer_route(struct naawg_dev *dev,
				    const struct sk_buff *skb);
bool naawg_peer_may_reach(const struct naawg_peer *peer, const void *header,
			  const void *packet, size_t len);
bool naawg_peer_may_send(struct naawg_peer *peer, const struct sk_buff *skb);
void naawg_peer_forget_sessions(struct naawg_peer *peer);
bool naawg_peer_is_connected(struct naawg_peer *peer);

/* Blame a reason on a peer, and count it. */
static inline void naawg_peer_blame(struct naawg_peer *peer,
				    enum naawg_reason reason)
{
	WRITE_ONCE(peer->last_reason, reason);
	naawg_reason_add(peer->dev, reason, 1);
}

#endif
