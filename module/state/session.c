// SPDX-License-Identifier: GPL-2.0
/* How sessions are born, move through the slots and are wiped. */
#include <linux/slab.h>

#include "../core/crypto.h"
#include "session.h"

/**
 * naawg_session_new() - make a session that is still being negotiated
 * @indices: table its receiver index is drawn from
 * @peer: whose it is; must outlive the session by a grace period
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
 * naawg_session_retire() - take a session out of use
 * @indices: table it is in
 * @session: may be NULL; no slot may point to it any more
 *
 * Its keys are wiped once no reader can hold it.
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

/**
 * naawg_sessions_init() - start with empty slots
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

/* Could the peer, whose call @answered is of, have called when we did? */
static bool is_crossed(const struct naawg_session *answered, u64 now)
{
	return answered && !answered->initiator && !answered->passing &&
	       now - answered->birth < 2 * NAAWG_REKEY_TIMEOUT;
}

/**
 * naawg_session_begin() - put freshly negotiated keys to use
 * @slots: the peer's slots
 * @indices: table of the receiver indices
 * @session: from naawg_session_new(), keys filled in
 * @initiator: we initiated: seal with it at once; otherwise it waits in the
 *	next slot until the peer has used it, as only then it surely has the keys
 * @ours_counts: if both sides initiated, what came of ours is kept by both
 * @remote_index: the receiver index the peer chose
 * @now: current time, ns
 *
 * Context: process or softirq.
 */
void naawg_session_begin(struct naawg_sessions *slots,
			 struct naawg_indices *indices,
			 struct naawg_session *session, bool initiator,
			 bool ours_counts, u32 remote_index, u64 now)
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
	if (initiator && !ours_counts && is_crossed(active, now)) {
		/* The peer uses what counts already, though it has both. */
		rcu_assign_pointer(slots->previous, session);
		next = NULL;
	} else if (initiator) {
		/*
		 * Both sides initiated if there is a fresh answer of ours. Each seals
		 * with what came of its own call, until one of them hears from the
		 * other what counts.
		 */
		if (is_crossed(next, now)) {
			next->passing = ours_counts;
			next = NULL;
		} else {
			rcu_assign_pointer(slots->next, NULL);
		}
		rcu_assign_pointer(slots->previous, active);
		rcu_assign_pointer(slots->active, session);
	} else {
		rcu_assign_pointer(slots->next, session);
		/* what the peer may seal with still opens */
		previous = NULL;
	}
	spin_unlock_bh(&slots->lock);
	/* before the caller looks for staged packets: pairs with send_packets() */
	smp_mb();

	naawg_session_retire(indices, previous);
	naawg_session_retire(indices, next);
}

/**
 * naawg_session_confirm() - the peer used a session we had responded with
 * @slots: the peer's slots
 * @indices: table of the receiver indices
 * @session: the session a message was opened with
 *
 * Context: softirq, under rcu_read_lock().
 * Return: true if it stood in the next slot and is the current one now.
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
	/* before the caller looks for staged packets: pairs with send_packets() */
	smp_mb();
	naawg_session_retire(indices, previous);
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

	naawg_session_retire(indices, previous);
	naawg_session_retire(indices, active);
	naawg_session_retire(indices, next);
}
