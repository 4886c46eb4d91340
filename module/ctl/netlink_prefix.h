/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink entries with a prefix: parsed and built. */
#ifndef _NAAWG_NETLINK_PREFIX_H
#define _NAAWG_NETLINK_PREFIX_H

#include <linux/netlink.h>
#include <linux/skbuff.h>

#include "../table/allowedips.h"

int naawg_netlink_read_prefix(struct nlattr *attr, struct naawg_prefix *prefix,
			      u32 *flags, struct netlink_ext_ack *extack);
int naawg_netlink_put_prefix(struct sk_buff *skb, int type,
			     const struct naawg_prefix *prefix);

#endif
