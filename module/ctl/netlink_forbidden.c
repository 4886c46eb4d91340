// SPDX-License-Identifier: GPL-2.0
/* Forbidden networks of a set-device request: read, checked and applied. */
#include <linux/netdevice.h>
#include <net/genetlink.h>

#include "../nat/checks.h"
#include "../nat/hooks.h"
#include "netlink_forbidden.h"
#include "netlink_gen.h"
#include "netlink_prefix.h"

static bool forbidden_is_replaced(struct genl_info *info)
{
	struct nlattr *flags = info->attrs[NAAWG_A_DEVICE_FLAGS];

	return flags &&
	       nla_get_u32(flags) & NAAWG_DEVICE_FLAG_REPLACE_FORBIDDEN;
}

static int add_entry(struct naawg_forbidden *forbidden, struct nlattr *entry,
		     struct netlink_ext_ack *extack)
{
	struct naawg_prefix prefix;
	u32 flags;
	int err;

	err = naawg_netlink_read_prefix(entry, &prefix, &flags, extack);
	if (err)
		return err;
	if (flags) {
		NL_SET_ERR_MSG_ATTR(extack, entry,
				    "a forbidden network has no flags; leave it out to remove it");
		return -EINVAL;
	}
	err = naawg_forbidden_add(forbidden, &prefix);
	if (err)
		NL_SET_ERR_MSG_ATTR(extack, entry,
				    "not enough memory for this forbidden network");
	return err;
}

static int add_entries(struct naawg_forbidden *forbidden,
		       struct genl_info *info, unsigned int *count)
{
	struct nlattr *attr;
	int err, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAAWG_A_DEVICE_FORBIDDEN)
			continue;
		if (++*count > NAAWG_FORBIDDEN_MAX) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "a device may forbid 256 networks");
			return -ENOSPC;
		}
		err = add_entry(forbidden, attr, info->extack);
		if (err)
			return err;
	}
	return 0;
}

/**
 * naawg_netlink_read_forbidden() - read the forbidden networks of a request
 * @dev: the device
 * @info: the request
 * @forbidden: receives the set, or NULL to forbid nothing. The caller passes it to
 *	naawg_netlink_set_forbidden(), or to naawg_netlink_drop_forbidden() if the
 *	request fails later.
 *
 * Context: process, dev->config held.
 * Return: 1 if the request replaces the set, 0 if it leaves the set alone, or an
 * error.
 */
int naawg_netlink_read_forbidden(struct naawg_dev *dev, struct genl_info *info,
				 struct naawg_forbidden **forbidden)
{
	struct nlattr *first = info->attrs[NAAWG_A_DEVICE_FORBIDDEN];
	unsigned int count = 0;
	int err;

	lockdep_assert_held(&dev->config);
	*forbidden = NULL;
	if (!forbidden_is_replaced(info)) {
		if (!first)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, first,
				    "forbidden networks are set as a whole; give the flag replace-forbidden");
		return -EINVAL;
	}
	if (!first)
		return 1;
	*forbidden = naawg_forbidden_new(&dev->config);
	if (!*forbidden) {
		NL_SET_ERR_MSG_ATTR(info->extack, first,
				    "not enough memory for these forbidden networks");
		return -ENOMEM;
	}
	err = add_entries(*forbidden, info, &count);
	if (!err && naawg_forward_leads_into(dev, *forbidden)) {
		NL_SET_ERR_MSG_ATTR(info->extack, first,
				    "a forward of this interface leads into one of these networks; delete that forward first");
		err = -EINVAL;
	}
	if (!err)
		err = naawg_hooks_watch(dev->forwards, info->extack);
	if (!err)
		return 1;
	naawg_forbidden_free(*forbidden);
	*forbidden = NULL;
	return err;
}

/**
 * naawg_netlink_drop_forbidden() - free the set of a request that fails
 * @dev: the device
 * @forbidden: set from naawg_netlink_read_forbidden(), or NULL
 *
 * Context: process, dev->config held.
 */
void naawg_netlink_drop_forbidden(struct naawg_dev *dev,
				  struct naawg_forbidden *forbidden)
{
	lockdep_assert_held(&dev->config);
	naawg_forbidden_free(forbidden);
	if (!rcu_access_pointer(dev->forbidden))
		naawg_hooks_unwatch(dev->forwards);
}

/**
 * naawg_netlink_set_forbidden() - replace the forbidden networks of a device
 * @dev: the device, which takes ownership of the set
 * @forbidden: the set, or NULL to forbid nothing
 *
 * The old set is freed after a grace period, when no CPU reads it any more.
 *
 * Context: process, dev->config held; sleeps for a grace period.
 */
void naawg_netlink_set_forbidden(struct naawg_dev *dev,
				 struct naawg_forbidden *forbidden)
{
	struct naawg_forbidden *old;

	lockdep_assert_held(&dev->config);
	old = rcu_replace_pointer(dev->forbidden, forbidden,
				  lockdep_is_held(&dev->config));
	if (!forbidden)
		naawg_hooks_unwatch(dev->forwards);
	if (!old)
		return;
	synchronize_net();
	naawg_forbidden_free(old);
}
