// SPDX-License-Identifier: GPL-2.0
/* What happens to peers, noted for whoever listens in user space. */
#include "handshake.h"
#include "notify.h"

static bool (*anybody_listens)(const struct naawg_dev *dev);

/**
 * naawg_notify_setup() - say whom notifications are for
 * @listens: whether anybody would hear of a device's peers; any context
 *
 * Context: before there is a device.
 */
void naawg_notify_setup(bool (*listens)(const struct naawg_dev *dev))
{
	anybody_listens = listens;
}

/**
 * naawg_notify() - let listeners know, soon
 * @peer: whom it happened to
 * @what: and what
 *
 * They are told by the peer's ntf_work: of the same thing once, however often it
 * happens meanwhile.
 *
 * Context: process or softirq.
 */
void naawg_notify(struct naawg_peer *peer, enum naawg_ntf what)
{
	if (!anybody_listens(peer->dev) || !naawg_peer_tryget(peer))
		return;
	set_bit(what, &peer->ntf);
	if (!queue_work(naawg_wq, &peer->ntf_work))
		naawg_peer_put(peer);
}
