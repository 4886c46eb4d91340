/* SPDX-License-Identifier: GPL-2.0 */
/* The netlink family "wireguard", and the lookup of its devices. */
#ifndef _NAAWG_WIREGUARD_H
#define _NAAWG_WIREGUARD_H

#include <net/genetlink.h>

extern struct genl_family naawg_wireguard_family;

struct net_device *naawg_wireguard_device(struct net *net, struct nlattr **attrs,
					  struct netlink_ext_ack *extack);

#endif
