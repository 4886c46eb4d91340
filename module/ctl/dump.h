/* SPDX-License-Identifier: GPL-2.0 */
/* Dumps of a device in any number of messages, for each netlink family that reports it. */
#ifndef _NAAWG_DUMP_H
#define _NAAWG_DUMP_H

#include <net/genetlink.h>

#include "../state/peer.h"
#include "../uapi/naawg.h"

/**
 * struct naawg_dump_form - how a netlink family writes a device
 * @family: the family
 * @cmd: command of its messages
 * @peers: attribute around the peers of a message, 0 for none
 * @peer: attribute of one peer
 * @prefixes: attribute around the allowed IPs of a peer, 0 for none
 * @prefix: attribute of one allowed IP; if it is 0 and @prefixes too, none are written
 * @generation: number that differs if what the dump reads was changed in between; NULL for
 *	that of the settings of the device
 * @put_name: names the device, in each message; may be NULL
 * @put_device: writes the attributes of the device itself, in the first message; may be NULL
 * @put_list: writes elements of a list of the device after the first @written ones, and
 *	adds their number to it; may be NULL
 * @put_peer: writes all of a peer but its public key and its allowed IPs; NULL if the dump
 *	has no peers
 *
 * The functions return 0, or -EMSGSIZE if the message is full. They are called with
 * dev->config held.
 */
struct naawg_dump_form {
	const struct genl_family *family;
	u8 cmd;
	u16 peers;
	u16 peer;
	u16 prefixes;
	u16 prefix;
	u64 (*generation)(const struct naawg_dev *dev);
	int (*put_name)(struct sk_buff *skb, const struct naawg_dev *dev);
	int (*put_device)(struct sk_buff *skb, struct naawg_dev *dev);
	int (*put_list)(struct sk_buff *skb, struct naawg_dev *dev, u16 *written);
	int (*put_peer)(struct sk_buff *skb, struct naawg_peer *peer);
};

/**
 * struct naawg_dump_prefixes - state of writing prefixes to a message
 * @skb: the message
 * @type: attribute type of each prefix
 * @count: number of prefixes written
 */
struct naawg_dump_prefixes {
	struct sk_buff *skb;
	int type;
	unsigned long count;
};

int naawg_dump_prefix(const struct naawg_prefix *prefix, void *ctx);
void naawg_dump_start(struct netlink_callback *cb, int ifindex);
int naawg_dump(struct sk_buff *skb, struct netlink_callback *cb,
	       const struct naawg_dump_form *form);

#endif
