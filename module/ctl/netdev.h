/* SPDX-License-Identifier: GPL-2.0 */
/* Network devices of kind naawg. */
#ifndef _NAAWG_NETDEV_H
#define _NAAWG_NETDEV_H

#include "../state/dev.h"

struct netlink_ext_ack;
struct rtnl_newlink_params;

void naawg_netdev_link_setup(struct net_device *netdev);
int naawg_netdev_newlink(struct net_device *netdev,
			 struct rtnl_newlink_params *params,
			 struct netlink_ext_ack *extack);
void naawg_netdev_dellink(struct net_device *netdev, struct list_head *head);
struct net *naawg_netdev_link_net(const struct net_device *netdev);
bool naawg_netdev_is_same_build(const char *version, size_t dev, size_t peer);
int naawg_netdev_setup(void);
void naawg_netdev_teardown(void);
bool naawg_netdev_is_ours(const struct net_device *netdev);
int naawg_netdev_set_port(struct naawg_dev *dev, u16 port);
void naawg_netdev_set_fwmark(struct naawg_dev *dev, u32 fwmark);

#endif
