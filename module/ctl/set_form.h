/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to change a device, and how each netlink family writes them. */
#ifndef _NAAWG_SET_FORM_H
#define _NAAWG_SET_FORM_H

#include <net/netlink.h>

#include "../state/endpoint.h"
#include "../table/allowedips.h"

/**
 * struct naawg_set_peer - entry of a peer in a request
 * @public: its public key
 * @preshared: its preshared key, NULL if the request has none
 * @endpoint: its endpoint, of family AF_UNSPEC if the request has none
 * @has_persistent: the request has an interval of persistent keepalives
 * @persistent: that interval in seconds
 * @flags: bit field of NAAWG_PEER_FLAG_*
 * @prefixes: first attribute among those that hold its allowed IPs
 * @prefixes_len: length of these attributes in bytes
 */
struct naawg_set_peer {
	const u8 *public;
	const u8 *preshared;
	struct naawg_address endpoint;
	bool has_persistent;
	u16 persistent;
	u32 flags;
	struct nlattr *prefixes;
	int prefixes_len;
};

/**
 * struct naawg_set_form - how a netlink family writes a request
 * @peer: type of the attribute of a peer, 0 if all attributes of the list are peers
 * @prefix: type of the attribute of an allowed IP, 0 likewise
 * @has_forbidden: a request may have forbidden networks
 * @checks_keys: a request is refused if it has a key in the wrong place
 * @read_peer: reads all of a peer but its allowed IPs
 * @read_prefix: reads an allowed IP and its NAAWG_ALLOWED_IP_FLAG_*
 *
 * The functions return 0 or an error, with its text in the extended ack. They are called
 * twice for each attribute: when the request is checked, and when it is applied.
 */
struct naawg_set_form {
	u16 peer;
	u16 prefix;
	bool has_forbidden;
	bool checks_keys;
	int (*read_peer)(struct nlattr *attr, struct naawg_set_peer *peer,
			 struct netlink_ext_ack *extack);
	int (*read_prefix)(struct nlattr *attr, struct naawg_prefix *prefix,
			   u32 *flags, struct netlink_ext_ack *extack);
};

/**
 * struct naawg_set - a request to change a device
 * @form: how it is written
 * @info: the request as netlink received it
 * @skb: its message, which tells who asks
 * @attrs: its attributes by NAAWG_A_DEVICE_*
 * @peers: first attribute among those that hold its peers
 * @peers_len: length of these attributes in bytes
 *
 * Attributes of a peer have the numbers of NAAWG_A_PEER_* in every form.
 */
struct naawg_set {
	const struct naawg_set_form *form;
	struct genl_info *info;
	struct sk_buff *skb;
	struct nlattr **attrs;
	struct nlattr *peers;
	int peers_len;
};

static inline bool naawg_set_is_peer(const struct naawg_set *set,
				     const struct nlattr *attr)
{
	return !set->form->peer || nla_type(attr) == set->form->peer;
}

#endif
