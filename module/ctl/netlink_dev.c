// SPDX-License-Identifier: GPL-2.0
/* Lookup of the device that a netlink request names. */
#include <linux/export.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "netdev.h"
#include "netlink_dev.h"
#include "netlink_gen.h"

/**
 * naawg_netlink_device() - find the device that a request names
 * @net: namespace of the requesting socket
 * @attrs: device attributes of the request
 * @extack: receives the error text
 *
 * Context: process.
 * Return: the device with a reference (dev_put()), or an error pointer.
 */
struct net_device *naawg_netlink_device(struct net *net, struct nlattr **attrs,
					struct netlink_ext_ack *extack)
{
	struct nlattr *index = attrs[NAAWG_A_DEVICE_IFINDEX];
	struct nlattr *name = attrs[NAAWG_A_DEVICE_IFNAME];
	struct net_device *netdev;

	if (!index == !name) {
		NL_SET_ERR_MSG_MOD(extack,
				   "name the interface by either ifindex or ifname");
		return ERR_PTR(-EINVAL);
	}
	if (index)
		netdev = dev_get_by_index(net, nla_get_u32(index));
	else
		netdev = dev_get_by_name(net, nla_data(name));
	if (!netdev) {
		NL_SET_ERR_MSG_ATTR(extack, index ?: name,
				    "no such interface in this network namespace");
		return ERR_PTR(-ENODEV);
	}
	if (!naawg_netdev_is_ours(netdev)) {
		dev_put(netdev);
		NL_SET_ERR_MSG_ATTR(extack, index ?: name,
				    "naawg does not serve this interface");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return netdev;
}
EXPORT_SYMBOL_NAAWG(naawg_netlink_device);

/**
 * naawg_netlink_dump_device() - find the device of a dump
 * @cb: the dump
 * @ifindex: 0 in the first message; receives the index for all further messages
 *
 * The device is looked up here and not when the dump starts, because some kernels
 * lose the error text of a dump that fails to start.
 *
 * Context: process.
 * Return: the device with a reference (dev_put()), or an error pointer.
 */
struct net_device *naawg_netlink_dump_device(struct netlink_callback *cb,
					     int *ifindex)
{
	struct net *net = sock_net(cb->skb->sk);
	struct net_device *netdev;

	if (!*ifindex) {
		netdev = naawg_netlink_device(net, genl_info_dump(cb)->attrs,
					      cb->extack);
		if (!IS_ERR(netdev))
			*ifindex = netdev->ifindex;
		return netdev;
	}
	netdev = dev_get_by_index(net, *ifindex);
	if (netdev && naawg_netdev_is_ours(netdev))
		return netdev;
	dev_put(netdev);
	NL_SET_ERR_MSG_MOD(cb->extack, "the interface is gone");
	return ERR_PTR(-ENODEV);
}
