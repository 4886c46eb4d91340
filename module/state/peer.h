/* SPDX-License-Identifier: GPL-2.0 */
/* Peers: state of one other host, its references and lookups. */
#ifndef _NAAWG_PEER_H
#define _NAAWG_PEER_H

#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/rbtree.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>

#include "dev.h"
#include "endpoint.h"
#include "session.h"
#include "timers.h"

struct naawg_hold_work;

/**
 * enum naawg_ntf - notifications about a peer, in the order in which they are sent
 * @NAAWG_NTF_ENDPOINT: the peer's endpoint has changed
 * @NAAWG_NTF_SESSION: both sides have the keys of a new session
 * @NAAWG_NTF_GIVEN_UP: the peer did not answer our initiations for 90 s
 * @NAAWG_NTF_COUNT: number of notifications
 */
enum naawg_ntf {
	NAAWG_NTF_ENDPOINT,
	NAAWG_NTF_SESSION,
	NAAWG_NTF_GIVEN_UP,
	NAAWG_NTF_COUNT
};

/**
 * struct naawg_peer - one peer of a device
 * @dev: its device, which outlives the peer; set once
 * @pubkey: its static public key, in the device's table until the peer is removed
 * @link: link in the device's list (dev->config)
 * @id: number that grows with every peer of the device; set once
 * @by_id: node in the device's tree of ids until the peer is removed (dev->config)
 * @prefixes: its allowed IPs (dev->config)
 * @persistent: configured interval of persistent keepalives in seconds (dev->config)
 * @mac_keys: mac keys of handshake messages that we send to the peer; set once
 * @handshake_lock: protects the fields up to @last_accepted
 * @dead: the peer is being removed, so no session is begun any more (written under
 *	@handshake_lock, read anywhere)
 * @handshake: Noise state
 * @pending: session of our newest initiation, not live
 * @unanswered: we sent an initiation, and no session began since
 * @refused: a response to our newest initiation came, and did not authenticate (written
 *	under @handshake_lock)
 * @sent_mac1: mac1 of the newest handshake message that we sent
 * @sent_mac1_set: @sent_mac1 is valid, so a cookie reply may refer to it
 * @cookie: newest cookie that the peer gave us
 * @cookie_birth: time at which the cookie arrived, ns, 0 for none
 * @last_accepted: time at which we last accepted an initiation of the peer, ns
 * @last_initiation: time of our newest initiation, ns, 0 for none (read anywhere)
 * @initiate_work: work that sends an initiation
 * @wipe_work: work that erases all keys
 * @ntf_work: work that sends the notifications in @ntf
 * @ntf: pending notifications, bits of enum naawg_ntf; atomic
 * @sessions: its sessions (own lock)
 * @endpoint: its endpoint (own lock)
 * @timers: its timers (own lock)
 * @staged: inner packets that wait for a session (dev->staging.lock)
 * @held: inner packets that wait for more packets of the same batch (own lock)
 * @held_bytes: memory of the packets in @held (held.lock)
 * @hold_work: task work of the system call that sends @held when it returns, NULL
 *	for none (held.lock)
 * @rx_bytes: bytes of all authenticated messages from the peer
 * @tx_bytes: bytes of all messages sent to the peer
 * @rx_packets: number of data messages with a deliverable payload
 * @tx_packets: number of data messages sealed
 * @rx_cpu: CPU in whose rx queue the peer's newest batch was queued (racy on purpose)
 * @rx_seq: enqueue sequence number of that batch (racy on purpose)
 * @last_try: naawg_now() at the newest packet that tried the peer while it was unreachable;
 *	used if the device reports errors
 * @retransmissions: number of initiations that followed an unanswered one
 * @last_rx: wall-clock time of the newest authenticated message, s, 0 for none (racy
 *	on purpose)
 * @last_tx: wall-clock time of the newest message that we sent, s, 0 for none (racy
 *	on purpose)
 * @rtt_us: round-trip time of the newest handshake that shows it, 0 for none (racy on
 *	purpose)
 * @last_handshake: wall-clock time of the newest confirmed handshake, ns
 * @confirmed: naawg_now() at that handshake, 0 if the connection ended since (racy on
 *	purpose)
 * @connected_since: wall-clock time of the first handshake of this connection, s, 0 for
 *	none (racy on purpose)
 * @attempt_since: wall-clock time of the first handshake message that we sent in the newest
 *	attempt, s, 0 for none (racy on purpose)
 * @added: wall-clock time at which the peer was made, s
 * @last_reason: newest reason that was blamed on the peer (racy on purpose)
 * @refs: references; the device holds one, and so does queued work
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
	bool unanswered;
	bool refused;
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
	atomic64_t last_try;
	atomic64_t retransmissions;
	time64_t last_rx;
	time64_t last_tx;
	u32 rtt_us;
	u64 last_handshake;
	u64 confirmed;
	time64_t connected_since;
	time64_t attempt_since;
	time64_t added;
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
 * Return: false if the peer is about to be freed.
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
bool naawg_peer_is_attempting(const struct naawg_peer *peer);
void naawg_peer_note_session(struct naawg_peer *peer);

/*
 * Notes the present second in @last_rx or @last_tx. It writes once a second, not once a
 * message: other CPUs read the same cache line.
 */
static inline void naawg_peer_stamp(time64_t *last)
{
	time64_t now = ktime_get_real_seconds();

	if (READ_ONCE(*last) != now)
		WRITE_ONCE(*last, now);
}

void naawg_peer_note_rtt(struct naawg_peer *peer, u64 offered);

/* Logs what happens to a peer, if dynamic debug is on. */
static inline void naawg_peer_debug(const struct naawg_peer *peer,
				    const char *what)
{
	naawg_debug_peer(peer->dev->netdev, peer->pubkey.key, what);
}

/* Counts a reason, and leaves the newest reason of the peer as it is. */
static inline void naawg_peer_count(struct naawg_peer *peer,
				    enum naawg_reason reason)
{
	this_cpu_add(peer->dev->counters->reason[reason], 1);
	naawg_peer_debug(peer, naawg_reason_name(reason));
}

/* Counts a reason, and records it as the newest reason of the peer. */
static inline void naawg_peer_blame(struct naawg_peer *peer,
				    enum naawg_reason reason)
{
	WRITE_ONCE(peer->last_reason, reason);
	naawg_peer_count(peer, reason);
}

#endif
