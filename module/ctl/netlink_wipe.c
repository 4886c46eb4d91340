// SPDX-License-Identifier: GPL-2.0
/* Netlink messages with keys in them are wiped when they are done with. */
#include <linux/module.h>
#include <linux/skbuff.h>
#include <net/genetlink.h>

#include "../core/crypto.h"
#include "netlink_wipe.h"
#include "../uapi/naawg.h"

/**
 * naawg_netlink_wipe_request() - erase the keys of a request
 * @info: the request, of the layout of set-device
 *
 * Netlink frees its buffer after us, and copies it into the answer if there is
 * an error, but does not wipe it.
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

/* What netlink itself does when a message of a dump has been read. */
static void (*netlink_read)(struct sk_buff *skb);

static void naawg_reply_read(struct sk_buff *skb)
{
	naawg_wipe(skb->head, skb_end_offset(skb));
	READ_ONCE(netlink_read)(skb);
	module_put(THIS_MODULE);
}

/**
 * naawg_netlink_wipe_reply() - see to it that a message is wiped once it was read
 * @skb: the message, as netlink gave it to a dump
 *
 * It waits for its reader as long as he likes, and keeps the module loaded.
 *
 * Context: process, in a dump, which holds a reference to the module.
 */
void naawg_netlink_wipe_reply(struct sk_buff *skb)
{
	if (!skb->destructor || skb->destructor == naawg_reply_read)
		return;
	/* a function of netlink's, always the same one */
	WRITE_ONCE(netlink_read, skb->destructor);
	__module_get(THIS_MODULE);
	skb->destructor = naawg_reply_read;
}
