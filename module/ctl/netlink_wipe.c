// SPDX-License-Identifier: GPL-2.0
/* Wiping of netlink messages that contain keys. */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/skbuff.h>
#include <net/genetlink.h>

#include "../core/crypto.h"
#include "netlink_wipe.h"
#include "../uapi/naawg.h"

/**
 * naawg_netlink_wipe_request() - erase the keys in a request
 * @info: the request, with the layout of set-device
 *
 * Netlink frees the buffer later without wiping it. If the request fails, netlink
 * also copies the buffer into the reply.
 *
 * Context: process.
 */
void naawg_netlink_wipe_request(const struct genl_info *info)
{
	struct nlattr *attr, *inner;
	int rem, inner_rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) == NAAWG_A_DEVICE_PRIVATE_KEY)
			naawg_wipe(nla_data(attr), nla_len(attr));
		if (nla_type(attr) != NAAWG_A_DEVICE_PEERS)
			continue;
		nla_for_each_nested(inner, attr, inner_rem) {
			if (nla_type(inner) == NAAWG_A_PEER_PRESHARED_KEY)
				naawg_wipe(nla_data(inner), nla_len(inner));
		}
	}
}

/* Netlink's own destructor of a message of a dump. */
static void (*netlink_read)(struct sk_buff *skb);

static void naawg_reply_read(struct sk_buff *skb)
{
	naawg_wipe(skb->head, skb_end_offset(skb));
	READ_ONCE(netlink_read)(skb);
	module_put(THIS_MODULE);
}

/**
 * naawg_netlink_wipe_reply() - have a message wiped after user space has read it
 * @skb: the message of a dump, as netlink allocated it
 *
 * User space may read the message at any later time. So the message holds a
 * reference to the module until then.
 *
 * Context: process, in a dump, which holds a reference to the module.
 */
void naawg_netlink_wipe_reply(struct sk_buff *skb)
{
	if (!skb->destructor || skb->destructor == naawg_reply_read)
		return;
	/* netlink uses the same destructor for all messages of dumps */
	WRITE_ONCE(netlink_read, skb->destructor);
	__module_get(THIS_MODULE);
	skb->destructor = naawg_reply_read;
}
EXPORT_SYMBOL_NAAWG(naawg_netlink_wipe_reply);
