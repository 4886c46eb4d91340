/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/naawg.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_NAAWG_GEN_H
#define _LINUX_NAAWG_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/naawg.h>

/* Common nested types */
extern const struct nla_policy naawg_allowed_ip_nl_policy[NAAWG_A_ALLOWED_IP_FLAGS + 1];
extern const struct nla_policy naawg_forward_nl_policy[NAAWG_A_FORWARD_PAD + 1];
extern const struct nla_policy naawg_peer_nl_policy[NAAWG_A_PEER_ADDED + 1];

int naawg_nl_get_start(struct netlink_callback *cb);
int naawg_nl_get_forwards_start(struct netlink_callback *cb);
int naawg_nl_get_callers_start(struct netlink_callback *cb);
int naawg_nl_get_done(struct netlink_callback *cb);

int naawg_nl_get_device_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int naawg_nl_set_device_doit(struct sk_buff *skb, struct genl_info *info);
int naawg_nl_get_stats_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int naawg_nl_set_forwards_doit(struct sk_buff *skb, struct genl_info *info);
int naawg_nl_get_forwards_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int naawg_nl_rekey_doit(struct sk_buff *skb, struct genl_info *info);
int naawg_nl_get_callers_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);

enum {
	NAAWG_NLGRP_EVENTS,
};

extern struct genl_family naawg_nl_family;

#endif /* _LINUX_NAAWG_GEN_H */
