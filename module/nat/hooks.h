/* SPDX-License-Identifier: GPL-2.0 */
/* Port forwards in the path of packets. */
#ifndef _NAAWG_HOOKS_H
#define _NAAWG_HOOKS_H

#include "forwards.h"

/*
 * @link_ops is how a naawg link is told from any other. Kernels without nf_nat
 * get hooks_absent.c, where attaching is refused and there is nothing to watch.
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
