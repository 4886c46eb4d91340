/* SPDX-License-Identifier: GPL-2.0 */
/* Registration of the netfilter hooks for forwards and forbidden networks. */
#ifndef _NAAWG_HOOKS_H
#define _NAAWG_HOOKS_H

#include "forwards.h"

/*
 * A network device is a naawg link if it has the operations @link_ops. A kernel
 * without nf_nat uses hooks_absent.c, which refuses to attach and watches nothing.
 */
int naawg_hooks_setup(const struct net_device_ops *link_ops);
void naawg_hooks_teardown(void);
int naawg_hooks_attach(struct naawg_forwards *forwards,
		       struct netlink_ext_ack *extack);
int naawg_hooks_watch(struct naawg_forwards *forwards,
		      struct netlink_ext_ack *extack);
void naawg_hooks_unwatch(struct naawg_forwards *forwards);
void naawg_hooks_kill(struct naawg_forwards *forwards,
		      const struct naawg_forward_table *old, bool all);

#endif
