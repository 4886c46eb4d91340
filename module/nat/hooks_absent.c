// SPDX-License-Identifier: GPL-2.0
/* Substitute for hooks.c on kernels without nf_nat: links work, forwards do not. */
#include <linux/netlink.h>

#include "hooks.h"

int naawg_hooks_setup(const struct net_device_ops *link_ops)
{
	return 0;
}

void naawg_hooks_teardown(void)
{
}

int naawg_hooks_attach(struct naawg_forwards *forwards,
		       struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack,
		       "this kernel is built without CONFIG_NF_NAT and CONFIG_NF_NAT_MASQUERADE, which forwards need");
	return -EOPNOTSUPP;
}

int naawg_hooks_watch(struct naawg_forwards *forwards,
		      struct netlink_ext_ack *extack)
{
	return 0;
}

void naawg_hooks_unwatch(struct naawg_forwards *forwards)
{
}

void naawg_hooks_kill(struct naawg_forwards *forwards,
		      const struct naawg_forward_table *old, bool all)
{
}
