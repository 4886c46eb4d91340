// SPDX-License-Identifier: GPL-2.0
/* What happens to peers, noted for whoever listens in user space. */
#include "handshake.h"
#include "news.h"

static bool (*anybody_listens)(const struct naawg_dev *dev);

/**
 * naawg_news_setup() - say whom news are for
 * @listens: whether anybody would hear of a device's peers; any context
 *
 * Context: before there is a device.
 */
void naawg_news_setup(bool (*listens)(const struct naawg_dev *dev))
{
	anybody_listens = listens;
}

/**
 * naawg_news_of() - let listeners know, soon
 * @peer: whom it happened to
 * @what: and what
 *
 * They are told by the peer's news_work: of the same thing once, however often it
 * happens meanwhile.
 *
 * Context: process or softirq.
 */
void naawg_news_of(struct naawg_peer *peer, enum naawg_news what)
{
	if (!anybody_listens(peer->dev) || !naawg_peer_tryget(peer))
		return;
	set_bit(what, &peer->news);
	if (!queue_work(naawg_wq, &peer->news_work))
		naawg_peer_put(peer);
}
