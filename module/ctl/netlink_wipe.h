/* SPDX-License-Identifier: GPL-2.0 */
/* Wiping of netlink messages that contain keys. */
#ifndef _NAAWG_NETLINK_WIPE_H
#define _NAAWG_NETLINK_WIPE_H

struct genl_info;
struct sk_buff;

void naawg_netlink_wipe_request(const struct genl_info *info);
void naawg_netlink_wipe_reply(struct sk_buff *skb);

#endif
