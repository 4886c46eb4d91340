/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink: split operations came in 6.2, genl_info_dump() in 6.6. */
#ifndef _NAAWG_COMPAT_NET_GENETLINK_H
#define _NAAWG_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>

#ifdef NAAWG_COMPAT_GENL_SPLIT_OPS
/*
 * The generated table only sets fields that the older structure has under the same
 * names. No command of ours has both a doit and a dumpit.
 */
#define genl_split_ops genl_ops
#define split_ops ops
#define n_split_ops n_ops
#endif

/* Before 6.8, a multicast group used the same flag as an operation. */
#ifndef GENL_MCAST_CAP_NET_ADMIN
#define GENL_MCAST_CAP_NET_ADMIN GENL_UNS_ADMIN_PERM
#endif

#ifdef NAAWG_COMPAT_GENL_INFO_DUMP
#define genl_info_dump(cb) genl_dumpit_info(cb)
#endif

#endif
