// SPDX-License-Identifier: GPL-2.0
/* Sessions: allocation, the slots of a peer, and the wiping of keys. */
#include <linux/slab.h>

#include "../core/crypto.h"
#include "session.h"

/**
 * naawg_session_new() - allocate a session for a handshake
 * @indices: table that receives the session under a new receiver index
 * @peer: its peer, which must outlive the session by a grace period
 *
 * Context: process, may sleep.
 * Return: the session, or NULL without memory.
 */
struct naawg_session *naawg_session_new(struct naawg_indices *indices,
					struct naawg_peer *peer)
{
	struct naawg_session *session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);

	if (!session)
		return NULL;
	session->peer = peer;
	spin_lock_init(&session->replay_lock);
	if (naawg_indices_add(indices, &session->index)) {
		kfree(session);
		return NULL;
	}
	return session;
}

static void naawg_session_free_rcu(struct rcu_head *rcu)
{
	kfree_sensitive(container_of(rcu, struct naawg_session, rcu));
}

/**
 * naawg_session_retire() - remove a session, and wipe its keys
 * @indices: table of the receiver indices
 * @session: the session, in no slot any more, or NULL
 *
 * The keys are wiped after a grace period, when no reader can use the session.
 *
 * Context: any.
 */
void naawg_session_retire(struct naawg_indices *indices,
			  struct naawg_session *session)
{
	if (!session)
		return;
	naawg_indices_remove(indices, &session->index);
	call_rcu(&session->rcu, naawg_session_free_rcu);
}

/*
 * A peer that skips counters on purpose would add any number. No session loses more in
 * earnest.
 */
static void add_lost(struct naawg_sessions *slots, u64 lost)
{
	atomic64_add(min_t(u64, lost, U32_MAX), &slots->lost);
}

/**
 * naawg_session_count_lost() - count messages that left the replay window
 * @slots: the slots of the session's peer
 * @session: a session whose window found lost messages
 *
 * Context: softirq, @session->replay_lock held.
 */
void naawg_session_count_lost(struct naawg_sessions *slots,
			      struct naawg_session *session)
{
	lockdep_assert_held(&session->replay_lock);
	if (!session->settled)
		add_lost(slots, session->replay.lost);
	session->replay.lost = 0;
}

/*
 * A message that was sent before the newest one and is still missing counts as lost now.
 * Readers may open messages until the grace period is over, and these are not counted
 * again.
 */
static void settle(struct naawg_sessions *slots, struct naawg_session *session)
{
	spin_lock_bh(&session->replay_lock);
	if (!session->settled)
		add_lost(slots, session->replay.lost + naawg_replay_missing(&session->replay));
	session->settled = true;
	spin_unlock_bh(&session->replay_lock);
}

/* Retires a session that was in a slot. */
static void retire(struct naawg_sessions *slots, struct naawg_indices *indices,
		   struct naawg_session *session)
{
	if (session)
		settle(slots, session);
	naawg_session_retire(indices, session);
}

/**
 * naawg_session_opened_first() - tell if the first message of the peer arrived
 * @session: the session
 *
 * Context: softirq.
 * Return: true if the message with counter 0 was opened.
 */
bool naawg_session_opened_first(struct naawg_session *session)
{
	bool opened;

	spin_lock_bh(&session->replay_lock);
	opened = session->replay.next <= NAAWG_REPLAY_BITS &&
		 session->replay.seen[0] & 1;
	spin_unlock_bh(&session->replay_lock);
	return opened;
}

/**
 * naawg_sessions_init() - initialise empty slots
 * @slots: the slots
 */
void naawg_sessions_init(struct naawg_sessions *slots)
{
	spin_lock_init(&slots->lock);
}

static struct naawg_session *slot(struct naawg_sessions *slots,
				  struct naawg_session __rcu *p)
{
	return rcu_dereference_protected(p, lockdep_is_held(&slots->lock));
}

/*
 * Returns true if the peer initiated @session so recently that its initiation and
 * one of ours may have crossed on the way.
 */
static bool is_crossed(const struct naawg_session *session, u64 now)
{
	return session && !session->initiator && !session->passing &&
	       now - session->birth < 2 * NAAWG_REKEY_TIMEOUT;
}

/**
 * naawg_session_begin() - put the session of a finished handshake into a slot
 * @slots: the peer's slots
 * @indices: table of the receiver indices
 * @session: session from naawg_session_new(), with its keys
 * @initiator: true if we initiated: we seal with the session at once. Otherwise it
 *	stays in the next slot until the peer has used it, which proves that the
 *	peer has the keys.
 * @ours_wins: if both sides initiated, both keep the session of our initiation
 * @remote_index: receiver index that the peer chose
 * @now: current time, ns
 *
 * Context: process or softirq.
 */
void naawg_session_begin(struct naawg_sessions *slots,
			 struct naawg_indices *indices,
			 struct naawg_session *session, bool initiator,
			 bool ours_wins, u32 remote_index, u64 now)
{
	struct naawg_session *previous, *active, *next;

	session->initiator = initiator;
	session->remote_index = remote_index;
	session->birth = now;
	/* pairs with the acquire in naawg_session_is_live() */
	smp_store_release(&session->live, true);

	spin_lock_bh(&slots->lock);
	previous = slot(slots, slots->previous);
	active = slot(slots, slots->active);
	next = slot(slots, slots->next);
	if (initiator && !ours_wins && is_crossed(active, now)) {
		/*
		 * The peer's session wins, and the peer uses it already. The peer
		 * has our session too, so keep ours for opening.
		 */
		rcu_assign_pointer(slots->previous, session);
		next = NULL;
	} else if (initiator) {
		/*
		 * Both sides initiated if we responded to the peer recently. Each side
		 * seals with the session of its own initiation, until the losing side
		 * receives a message of the session that wins.
		 */
		if (is_crossed(next, now)) {
			next->passing = ours_wins;
			next = NULL;
		} else {
			rcu_assign_pointer(slots->next, NULL);
		}
		rcu_assign_pointer(slots->previous, active);
		rcu_assign_pointer(slots->active, session);
	} else {
		rcu_assign_pointer(slots->next, session);
		/* the peer may still seal with the previous session: keep it */
		previous = NULL;
	}
	spin_unlock_bh(&slots->lock);
	/* orders the slots before the caller's look at staged packets: see send_packets() */
	smp_mb();

	retire(slots, indices, previous);
	retire(slots, indices, next);
}

/**
 * naawg_session_confirm() - activate a session that the peer used
 * @slots: the peer's slots
 * @indices: table of the receiver indices
 * @session: session with which a message was opened
 *
 * Context: softirq, under rcu_read_lock().
 * Return: true if the session was in the next slot and is the active one now.
 */
bool naawg_session_confirm(struct naawg_sessions *slots,
			   struct naawg_indices *indices,
			   struct naawg_session *session)
{
	struct naawg_session *previous;

	if (likely(session != rcu_access_pointer(slots->next)))
		return false;
	spin_lock_bh(&slots->lock);
	if (session != slot(slots, slots->next) || session->passing) {
		spin_unlock_bh(&slots->lock);
		return false;
	}
	previous = slot(slots, slots->previous);
	rcu_assign_pointer(slots->previous, slot(slots, slots->active));
	rcu_assign_pointer(slots->active, session);
	rcu_assign_pointer(slots->next, NULL);
	spin_unlock_bh(&slots->lock);
	/* orders the slots before the caller's look at staged packets: see send_packets() */
	smp_mb();
	retire(slots, indices, previous);
	return true;
}

/**
 * naawg_sessions_forget() - retire every session of a peer
 * @slots: the peer's slots
 * @indices: table of the receiver indices
 *
 * Context: process or softirq.
 */
void naawg_sessions_forget(struct naawg_sessions *slots,
			   struct naawg_indices *indices)
{
	struct naawg_session *previous, *active, *next;

	spin_lock_bh(&slots->lock);
	previous = slot(slots, slots->previous);
	active = slot(slots, slots->active);
	next = slot(slots, slots->next);
	rcu_assign_pointer(slots->previous, NULL);
	rcu_assign_pointer(slots->active, NULL);
	rcu_assign_pointer(slots->next, NULL);
	spin_unlock_bh(&slots->lock);

	retire(slots, indices, previous);
	retire(slots, indices, active);
	retire(slots, indices, next);
}
