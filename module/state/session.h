/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions: one set of transport keys each, and the slots they stand in. */
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
 * @index: the receiver index we chose; in the table from birth to retirement
 * @peer: whose session it is; outlives it, set once
 * @live: false while only a handshake stands behind it; everything below is
 *	written before it turns true (release/acquire)
 * @initiator: we initiated the handshake
 * @remote_index: the receiver index the peer chose
 * @passing: both sides called, and the peer seals with this until it hears of what
 *	came of our call; in the next slot only (under the slots' lock)
 * @birth: when the keys were derived, or the initiation written, ns
 * @keys: secret
 * @send_counter: next nonce to seal with
 * @replay_lock: protects @replay
 * @replay: counters already opened
 * @joins: what comes in are TCP packets worth joining (racy on purpose)
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
	struct naawg_transport_keys keys;
	atomic64_t send_counter;
	spinlock_t replay_lock; /* leaf */
	struct naawg_replay replay;
	bool joins;
	struct rcu_head rcu;
};

/**
 * struct naawg_sessions - the slots of one peer
 * @lock: protects writing the slots
 * @previous: still opens what was on its way when the keys changed
 * @active: seals and opens
 * @next: we responded; seals nothing before the initiator used it
 *
 * All slots are RCU pointers.
 */
struct naawg_sessions {
	spinlock_t lock; /* leaf */
	struct naawg_session __rcu *previous;
	struct naawg_session __rcu *active;
	struct naawg_session __rcu *next;
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
			 bool ours_counts, u32 remote_index, u64 now);
bool naawg_session_confirm(struct naawg_sessions *slots,
			   struct naawg_indices *indices,
			   struct naawg_session *session);
void naawg_sessions_forget(struct naawg_sessions *slots,
			   struct naawg_indices *indices);

#endif
