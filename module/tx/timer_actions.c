// SPDX-License-Identifier: GPL-2.0
/* Actions that run when a timer of a peer expires. */
#include "timer_actions.h"
#include "../handshake/handshake.h"
#include "../handshake/notify.h"
#include "tx.h"

/**
 * naawg_wipe_work() - erase the keys of a peer that fell silent
 * @work: wipe_work of a peer; drops the reference that the queued work holds
 *
 * Context: process.
 */
void naawg_wipe_work(struct work_struct *work)
{
	struct naawg_peer *peer =
		container_of(work, struct naawg_peer, wipe_work);

	mutex_lock(&peer->handshake_lock);
	naawg_peer_forget_sessions(peer);
	mutex_unlock(&peer->handshake_lock);
	naawg_peer_debug(peer, "keys erased");
	naawg_peer_put(peer);
}

/* A response that did not authenticate tells more than that no session began. */
static void blame_silence(struct naawg_peer *peer, enum naawg_reason reason)
{
	if (READ_ONCE(peer->refused))
		naawg_peer_count(peer, reason);
	else
		naawg_peer_blame(peer, reason);
}

/**
 * naawg_timer_expired() - run the actions of the timers that have expired
 * @timer: timer of a peer
 *
 * The peer stays valid, because its timer is shut down before it is freed.
 *
 * Context: softirq.
 */
void naawg_timer_expired(struct timer_list *timer)
{
	struct naawg_peer *peer = timer_container_of(peer, timer, timers.timer);
	u32 actions = naawg_timers_expire(&peer->timers);

	if (actions & (NAAWG_DO_RETRY | NAAWG_DO_INITIATE))
		naawg_endpoint_forget_source(&peer->endpoint);
	/* without a private key, naawg sent no initiation */
	if (actions & NAAWG_DO_RETRY && READ_ONCE(peer->last_initiation))
		blame_silence(peer, NAAWG_R_HS_UNANSWERED);
	if (actions & NAAWG_DO_LOSE) {
		/* an initiation for a packet may have deferred the retry */
		if (!(actions & NAAWG_DO_RETRY))
			blame_silence(peer, NAAWG_R_HS_UNANSWERED);
		/* an answer begins a new connection */
		WRITE_ONCE(peer->confirmed, 0);
		naawg_tx_purge(peer, NAAWG_R_UNREACHABLE);
	}
	if (actions & NAAWG_DO_GIVE_UP) {
		blame_silence(peer, NAAWG_R_HS_GIVEN_UP);
		naawg_tx_purge(peer, NAAWG_R_STAGE_EXPIRED);
	}
	if (actions & NAAWG_DO_TELL)
		naawg_notify(peer, NAAWG_NTF_GIVEN_UP);
	if (actions & NAAWG_DO_INITIATE)
		naawg_handshake_kick(peer, true);
	else if (actions & (NAAWG_DO_RETRY | NAAWG_DO_ASK))
		naawg_handshake_kick(peer, false);
	if (actions & NAAWG_DO_WIPE && naawg_peer_tryget(peer) &&
	    !queue_work(naawg_wq, &peer->wipe_work))
		naawg_peer_put(peer);
	if (actions & NAAWG_DO_KEEPALIVE)
		naawg_tx_keepalive(peer);
}
