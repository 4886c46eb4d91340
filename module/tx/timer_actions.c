// SPDX-License-Identifier: GPL-2.0
/* Actions of the protocol's timers. */
#include "timer_actions.h"
#include "../handshake/handshake.h"
#include "../handshake/notify.h"
#include "tx.h"

/**
 * naawg_wipe_work() - erase the keys of a peer that fell silent
 * @work: a peer's wipe_work; the reference it was queued with is put
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
	naawg_peer_put(peer);
}

/**
 * naawg_timer_expired() - a deadline may have passed
 * @timer: a peer's timer
 *
 * The peer cannot vanish meanwhile: its timer is shut down first.
 *
 * Context: softirq.
 */
void naawg_timer_expired(struct timer_list *timer)
{
	struct naawg_peer *peer = timer_container_of(peer, timer, timers.timer);
	u32 actions = naawg_timers_expire(&peer->timers);

	if (actions & (NAAWG_DO_RETRY | NAAWG_DO_INITIATE))
		naawg_endpoint_forget_source(&peer->endpoint);
	/* without a private key nothing was sent that could be answered */
	if (actions & NAAWG_DO_RETRY && READ_ONCE(peer->last_initiation))
		naawg_peer_blame(peer, NAAWG_R_HS_UNANSWERED);
	if (actions & NAAWG_DO_LOSE) {
		/* a packet may have led to a call, which put the retry timer off */
		if (!(actions & NAAWG_DO_RETRY))
			naawg_peer_blame(peer, NAAWG_R_HS_UNANSWERED);
		naawg_tx_purge(peer, NAAWG_R_UNREACHABLE);
	}
	if (actions & NAAWG_DO_GIVE_UP) {
		naawg_peer_blame(peer, NAAWG_R_HS_GIVEN_UP);
		naawg_tx_purge(peer, NAAWG_R_STAGE_EXPIRED);
	}
	if (actions & NAAWG_DO_TELL)
		naawg_notify(peer, NAAWG_NTF_GIVEN_UP);
	if (actions & NAAWG_DO_INITIATE)
		naawg_handshake_kick(peer, true);
	else if (actions & NAAWG_DO_RETRY)
		naawg_handshake_kick(peer, false);
	if (actions & NAAWG_DO_WIPE && naawg_peer_tryget(peer) &&
	    !queue_work(naawg_wq, &peer->wipe_work))
		naawg_peer_put(peer);
	if (actions & NAAWG_DO_KEEPALIVE)
		naawg_tx_keepalive(peer);
}
