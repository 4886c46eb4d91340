/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions: each has one set of transport keys, and a slot of its peer. */
#ifndef _NAAWG_SESSION_H
#define _NAAWG_SESSION_H

#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "../core/noise.h"
#include "../core/replay.h"
#include "../table/indices.h"

struct naawg_peer;

/**
 * struct naawg_session - one set of transport keys
 * @index: receiver index that we chose; in the table until the session is retired
 * @peer: its peer, which outlives the session; set once
 * @live: false during the handshake; all fields below are written before it becomes
 *	true (release/acquire)
 * @initiator: true if we initiated the handshake
 * @remote_index: receiver index that the peer chose
 * @passing: both sides initiated, and the session of our initiation wins. The peer
 *	seals with this one until it receives a message of the other. True in the
 *	next slot only (under the slots' lock).
 * @birth: time at which the keys were derived or the initiation was written, ns
 * @offered: time at which our message of the handshake was written, ktime_get_ns()
 * @keys: transport keys; secret
 * @send_counter: counter of the next message to seal
 * @replay_lock: protects @replay
 * @replay: window of the counters that were opened
 * @settled: the counters that are missing in @replay were counted for the last time
 *	(@replay_lock)
 * @joins: the peer sends TCP packets that can be coalesced (racy on purpose)
 * @rcu: for wiping after a grace period
 */
struct naawg_session {
	struct naawg_index index;
	struct naawg_peer *peer;
	bool live;
	bool initiator;
	bool passing;
	u32 remote_index;
	u64 birth;
	u64 offered;
	struct naawg_transport_keys keys;
	atomic64_t send_counter;
	spinlock_t replay_lock; /* leaf */
	struct naawg_replay replay;
	bool settled;
	bool joins;
	struct rcu_head rcu;
};

/**
 * struct naawg_sessions - the slots of one peer
 * @lock: serialises writers of the slots
 * @previous: session that only opens messages that were under way when @active
 *	changed
 * @active: session that seals and opens
 * @next: session that we responded to; it only opens until the initiator used it
 * @lost: number of messages of the peer that never arrived
 *
 * All slots are RCU pointers.
 */
struct naawg_sessions {
	spinlock_t lock; /* leaf */
	struct naawg_session __rcu *previous;
	struct naawg_session __rcu *active;
	struct naawg_session __rcu *next;
	atomic64_t lost;
};

struct naawg_session *naawg_session_new(struct naawg_indices *indices,
					struct naawg_peer *peer);
void naawg_session_retire(struct naawg_indices *indices,
			  struct naawg_session *session);

static inline bool naawg_session_is_live(const struct naawg_session *session)
{
	/* pairs with the release in naawg_session_begin() */
	return smp_load_acquire(&session->live);
}

void naawg_sessions_init(struct naawg_sessions *slots);
void naawg_session_begin(struct naawg_sessions *slots,
			 struct naawg_indices *indices,
			 struct naawg_session *session, bool initiator,
			 bool ours_wins, u32 remote_index, u64 now);
void naawg_session_count_lost(struct naawg_sessions *slots,
			      struct naawg_session *session);
bool naawg_session_opened_first(struct naawg_session *session);
bool naawg_session_confirm(struct naawg_sessions *slots,
			   struct naawg_indices *indices,
			   struct naawg_session *session);
void naawg_sessions_forget(struct naawg_sessions *slots,
			   struct naawg_indices *indices);

#endif
