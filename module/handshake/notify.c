// SPDX-License-Identifier: GPL-2.0
/* Notifies listeners in user space about events of a peer. */
#include "handshake.h"
#include "notify.h"

static bool (*has_listeners)(const struct naawg_dev *dev);

/**
 * naawg_notify_setup() - set the test for listeners
 * @listens: returns whether a device has listeners; called in any context
 *
 * Context: process, before the first device exists.
 */
void naawg_notify_setup(bool (*listens)(const struct naawg_dev *dev))
{
	has_listeners = listens;
}

/**
 * naawg_notify() - notify listeners of an event of a peer
 * @peer: the peer
 * @ntf: the event
 *
 * The peer's ntf_work sends the notification later. Equal events that happen
 * until then lead to one notification.
 *
 * Context: process or softirq.
 */
void naawg_notify(struct naawg_peer *peer, enum naawg_ntf ntf)
{
	static const char *const words[NAAWG_NTF_COUNT] = {
		[NAAWG_NTF_ENDPOINT] = "new endpoint",
		[NAAWG_NTF_SESSION] = "new session",
		[NAAWG_NTF_GIVEN_UP] = "does not answer",
	};

	naawg_peer_debug(peer, words[ntf]);
	if (!has_listeners(peer->dev) || !naawg_peer_tryget(peer))
		return;
	set_bit(ntf, &peer->ntf);
	if (!queue_work(naawg_wq, &peer->ntf_work))
		naawg_peer_put(peer);
}
