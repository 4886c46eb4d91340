/* SPDX-License-Identifier: GPL-2.0 */
/* Parameters of newlink, which were separate arguments before 6.15. */
#ifndef _NAAWG_COMPAT_NET_RTNETLINK_H
#define _NAAWG_COMPAT_NET_RTNETLINK_H

#include_next <net/rtnetlink.h>

#ifdef NAAWG_COMPAT_NEWLINK
struct rtnl_newlink_params {
	struct net *src_net;
};

static inline struct net *
rtnl_newlink_link_net(struct rtnl_newlink_params *params)
{
	return params->src_net;
}

#define NAAWG_DEFINE_NEWLINK(fn)					\
	static int fn##_unpacked(struct net *src_net,			\
				 struct net_device *netdev,		\
				 struct nlattr *tb[],			\
				 struct nlattr *data[],			\
				 struct netlink_ext_ack *extack)	\
	{								\
		struct rtnl_newlink_params params = { src_net };	\
									\
		return fn(netdev, &params, extack);			\
	}
#define NAAWG_NEWLINK(fn) fn##_unpacked
#else
#define NAAWG_DEFINE_NEWLINK(fn)
#define NAAWG_NEWLINK(fn) fn
#endif

#endif
