// SPDX-License-Identifier: GPL-2.0
/* Sends notifications from work of a device, whose link may move to another namespace. */
#include <linux/netdevice.h>
#include <net/genetlink.h>

#include "../state/dev.h"
#include "multicast.h"
#include "netlink_gen.h"

/**
 * naawg_multicast_is_wanted() - tell if anybody listens for notifications about a device
 * @dev: the device
 *
 * Context: any.
 * Return: whether there are listeners.
 */
bool naawg_multicast_is_wanted(const struct naawg_dev *dev)
{
	bool any;

	rcu_read_lock();
	any = genl_has_listeners(&naawg_nl_family, dev_net(dev->netdev),
				 NAAWG_NLGRP_EVENTS);
	rcu_read_unlock();
	return any;
}

/**
 * naawg_multicast_send() - send a notification to the listeners of a device's namespace
 * @dev: the device
 * @skb: the notification, which is freed; NULL tells listeners that they missed one
 *
 * Context: any.
 */
void naawg_multicast_send(const struct naawg_dev *dev, struct sk_buff *skb)
{
	struct net *net;

	/* if the link moves to another namespace, this one may be freed after a grace period */
	rcu_read_lock();
	net = dev_net(dev->netdev);
	if (skb)
		genlmsg_multicast_netns(&naawg_nl_family, net, skb, 0,
					NAAWG_NLGRP_EVENTS, GFP_ATOMIC);
	else
		genl_set_err(&naawg_nl_family, net, 0, NAAWG_NLGRP_EVENTS,
			     -ENOBUFS);
	rcu_read_unlock();
}
