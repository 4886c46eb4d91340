// SPDX-License-Identifier: GPL-2.0
/* Netlink command get-callers, and notifications about callers that are no peers. */
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../state/callers.h"
#include "../state/dev.h"
#include "caller_report.h"
#include "dump.h"
#include "multicast.h"
#include "netlink_gen.h"
#include "netlink_put.h"

#define ENTRIES	(NAAWG_CALLERS_MAX * NAAWG_CALLER_KINDS)

static int put_source(struct sk_buff *skb, const struct naawg_address *from)
{
	if (from->addr.sa_family == AF_INET)
		return nla_put(skb, NAAWG_A_CALLER_ENDPOINT, sizeof(from->addr4),
			       &from->addr4);
	return nla_put(skb, NAAWG_A_CALLER_ENDPOINT, sizeof(from->addr6),
		       &from->addr6);
}

static int put_fields(struct sk_buff *skb, const struct naawg_caller *caller)
{
	if (caller->has_key &&
	    nla_put(skb, NAAWG_A_CALLER_PUBLIC_KEY, NAAWG_KEY_LEN, caller->key))
		return -EMSGSIZE;
	if (put_source(skb, &caller->from) ||
	    nla_put_u64_64bit(skb, NAAWG_A_CALLER_COUNT, caller->count,
			      NAAWG_A_CALLER_PAD) ||
	    nla_put_u64_64bit(skb, NAAWG_A_CALLER_FIRST, caller->first,
			      NAAWG_A_CALLER_PAD) ||
	    nla_put_u64_64bit(skb, NAAWG_A_CALLER_LAST, caller->last,
			      NAAWG_A_CALLER_PAD))
		return -EMSGSIZE;
	return 0;
}

static int put_caller(struct sk_buff *skb, const struct naawg_caller *caller)
{
	struct nlattr *nest = nla_nest_start(skb, NAAWG_A_DEVICE_CALLERS);

	if (!nest)
		return -EMSGSIZE;
	if (put_fields(skb, caller)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* An administrator may have added the peer since it called. */
static bool is_peer_now(struct naawg_dev *dev, const struct naawg_caller *caller)
{
	bool found;

	rcu_read_lock();
	found = caller->has_key &&
		naawg_pubkeys_lookup(&dev->pubkeys, caller->key);
	rcu_read_unlock();
	return found;
}

/* Writes the entries that no earlier message had; free ones count as written. */
static int naawg_put_callers(struct sk_buff *skb, struct naawg_dev *dev, u16 *written)
{
	struct naawg_caller caller;

	for (; *written < ENTRIES; (*written)++) {
		if (!naawg_callers_get(dev->callers, *written, &caller) ||
		    is_peer_now(dev, &caller))
			continue;
		if (put_caller(skb, &caller))
			return -EMSGSIZE;
	}
	return 0;
}

static const struct naawg_dump_form form = {
	.family		= &naawg_nl_family,
	.cmd		= NAAWG_CMD_GET_CALLERS,
	.put_name	= naawg_netlink_put_name,
	.put_list	= naawg_put_callers,
};

int naawg_nl_get_callers_start(struct netlink_callback *cb)
{
	naawg_dump_start(cb, 0);
	return 0;
}

int naawg_nl_get_callers_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return naawg_dump(skb, cb, &form);
}

static struct sk_buff *build_caller_ntf(struct naawg_dev *dev,
					const struct naawg_caller *caller)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *header;

	if (!skb)
		return NULL;
	header = genlmsg_put(skb, 0, 0, &naawg_nl_family, 0,
			     NAAWG_CMD_UNKNOWN_CALLER_NTF);
	if (!header || naawg_netlink_put_name(skb, dev) || put_caller(skb, caller)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, header);
	return skb;
}

static void naawg_caller_report_work(struct work_struct *work)
{
	struct naawg_callers *callers =
		container_of(to_delayed_work(work), struct naawg_callers, work);
	struct naawg_caller caller;

	if (!naawg_multicast_is_wanted(callers->dev)) {
		naawg_callers_tell_later(callers);
		return;
	}
	while (naawg_callers_next_to_tell(callers, &caller)) {
		if (!is_peer_now(callers->dev, &caller))
			naawg_multicast_send(callers->dev,
					     build_caller_ntf(callers->dev, &caller));
	}
}

/**
 * naawg_caller_report_setup() - register for callers that are no peers
 *
 * Context: process; before the first device.
 */
void naawg_caller_report_setup(void)
{
	naawg_callers_setup(naawg_caller_report_work);
}
