// SPDX-License-Identifier: GPL-2.0
/* Parts of a device: made in one order, freed in the opposite one. */
#include <linux/netdevice.h>

#include "../core/crypto.h"
#include "../handshake/handshake.h"
#include "../nat/forwards.h"
#include "../rx/gro.h"
#include "../rx/handshake_rx.h"
#include "../rx/queue.h"
#include "../rx/rx.h"
#include "../state/callers.h"
#include "../tx/hold.h"
#include "../tx/tx.h"
#include "parts.h"

static int init_tables(struct naawg_dev *dev)
{
	int err;

	err = naawg_forwards_init(dev);
	if (err)
		return err;
	err = naawg_pubkeys_init(&dev->pubkeys);
	if (err)
		goto free_forwards;
	err = naawg_indices_init(&dev->indices);
	if (err)
		goto free_pubkeys;
	err = naawg_ratelimit_init(&dev->ratelimit);
	if (err)
		goto free_indices;
	err = naawg_callers_init(dev);
	if (err)
		goto free_ratelimit;
	return 0;

free_ratelimit:
	naawg_ratelimit_destroy(&dev->ratelimit);
free_indices:
	naawg_indices_destroy(&dev->indices);
free_pubkeys:
	naawg_pubkeys_destroy(&dev->pubkeys);
free_forwards:
	naawg_forwards_destroy(dev);
	return err;
}

static void destroy_tables(struct naawg_dev *dev)
{
	naawg_callers_destroy(dev);
	naawg_ratelimit_destroy(&dev->ratelimit);
	naawg_indices_destroy(&dev->indices);
	naawg_pubkeys_destroy(&dev->pubkeys);
	naawg_forwards_destroy(dev);
}

static int init_queues(struct naawg_dev *dev)
{
	int err;

	err = naawg_rxqs_init(dev, naawg_rx_poll, naawg_wq);
	if (err)
		return err;
	err = naawg_gro_init(dev);
	if (err)
		goto free_rxqs;
	err = naawg_holds_init(dev, naawg_tx_flush_held);
	if (err)
		goto free_gro;
	err = naawg_rx_handshake_init(dev);
	if (err)
		goto free_holds;
	return 0;

free_holds:
	naawg_holds_destroy(dev);
free_gro:
	naawg_gro_destroy(dev);
free_rxqs:
	naawg_rxqs_destroy(dev);
	return err;
}

static void destroy_queues(struct naawg_dev *dev)
{
	naawg_rx_handshake_destroy(dev);
	naawg_holds_destroy(dev);
	naawg_gro_destroy(dev);
	naawg_rxqs_destroy(dev);
}

/**
 * naawg_parts_init() - make the parts of a device
 * @dev: the device, zeroed
 * @netdev: its link
 *
 * Context: process, rtnl held.
 * Return: 0 or -ENOMEM, with nothing left to free.
 */
int naawg_parts_init(struct naawg_dev *dev, struct net_device *netdev)
{
	int err = -ENOMEM;

	dev->netdev = netdev;
	mutex_init(&dev->config);
	spin_lock_init(&dev->cookie_lock);
	naawg_known_sources_init(&dev->known_sources);
	naawg_staging_init(&dev->staging);
	init_rwsem(&dev->identity_lock);
	INIT_LIST_HEAD(&dev->peers);
	INIT_LIST_HEAD(&dev->link);
	naawg_allowedips_init(&dev->allowedips, &dev->config);

	netdev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!netdev->tstats)
		return err;
	dev->counters = alloc_percpu(struct naawg_counters);
	if (!dev->counters)
		goto free_tstats;
	err = init_tables(dev);
	if (err)
		goto free_counters;
	err = init_queues(dev);
	if (err)
		goto free_tables;
	return 0;

free_tables:
	destroy_tables(dev);
free_counters:
	free_percpu(dev->counters);
free_tstats:
	free_percpu(netdev->tstats);
	return err;
}

/**
 * naawg_parts_destroy() - free the parts of a device, and wipe its secrets
 * @dev: the device; nobody uses it any more
 *
 * Context: process, may sleep.
 */
void naawg_parts_destroy(struct naawg_dev *dev)
{
	struct naawg_own_macs *macs = rcu_dereference_raw(dev->own_macs);

	destroy_queues(dev);
	destroy_tables(dev);
	free_percpu(dev->counters);
	free_percpu(dev->netdev->tstats);
	kfree_sensitive(macs);
	naawg_wipe(&dev->identity, sizeof(dev->identity));
	naawg_wipe(dev->cookie_secret, sizeof(dev->cookie_secret));
}
