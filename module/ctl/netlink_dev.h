/* SPDX-License-Identifier: GPL-2.0 */
/* Lookup of the device that a netlink request names. */
#ifndef _NAAWG_NETLINK_DEV_H
#define _NAAWG_NETLINK_DEV_H

struct net;
struct net_device;
struct netlink_callback;
struct netlink_ext_ack;
struct nlattr;

struct net_device *naawg_netlink_device(struct net *net, struct nlattr **attrs,
					struct netlink_ext_ack *extack);
struct net_device *naawg_netlink_dump_device(struct netlink_callback *cb,
					     int *ifindex);

#endif
