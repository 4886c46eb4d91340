// SPDX-License-Identifier: GPL-2.0
/* Lookup of the device that a request of the family "wireguard" names. */
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <uapi/linux/wireguard.h>

#include "../ctl/netlink_dev.h"
#include "../uapi/naawg.h"
#include "wireguard.h"

static_assert((int)WGDEVICE_A_IFINDEX == (int)NAAWG_A_DEVICE_IFINDEX);
static_assert((int)WGDEVICE_A_IFNAME == (int)NAAWG_A_DEVICE_IFNAME);

/**
 * naawg_wireguard_device() - find the device that a request names
 * @net: namespace of the requesting socket
 * @attrs: device attributes of the request
 * @extack: receives the error text
 *
 * Context: process.
 * Return: the device with a reference (dev_put()), or an error pointer with the stock
 * driver's error: -EBADR, -ENODEV or -EOPNOTSUPP.
 */
struct net_device *naawg_wireguard_device(struct net *net, struct nlattr **attrs,
					  struct netlink_ext_ack *extack)
{
	if (!attrs[WGDEVICE_A_IFINDEX] == !attrs[WGDEVICE_A_IFNAME]) {
		NL_SET_ERR_MSG_MOD(extack,
				   "name the interface by either ifindex or ifname");
		return ERR_PTR(-EBADR);
	}
	return naawg_netlink_device(net, attrs, extack);
}
