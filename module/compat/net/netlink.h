/* SPDX-License-Identifier: GPL-2.0 */
/* Walking nested attributes of one type came with 6.9. */
#ifndef _NAAWG_COMPAT_NET_NETLINK_H
#define _NAAWG_COMPAT_NET_NETLINK_H

#include_next <net/netlink.h>

#ifdef NAAWG_COMPAT_NLA_NESTED_TYPE
#define nla_for_each_nested_type(pos, type, nest, rem)	\
	nla_for_each_nested(pos, nest, rem)		\
		if (nla_type(pos) == (type))
#endif

#endif
