// SPDX-License-Identifier: GPL-2.0
/* Netlink entries with a prefix: parsed and built. */
#include <linux/export.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "netlink_gen.h"
#include "netlink_prefix.h"

/**
 * naawg_netlink_read_prefix() - read an entry with the attributes of allowed-ip
 * @attr: the entry
 * @prefix: receives the prefix
 * @flags: receives the flags of the entry
 * @extack: receives the error text
 *
 * Context: process.
 * Return: 0 or an error.
 */
int naawg_netlink_read_prefix(struct nlattr *attr, struct naawg_prefix *prefix,
			      u32 *flags, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAAWG_A_ALLOWED_IP_MAX + 1];
	struct nlattr *address, *len, *family;
	unsigned int size;
	int err;

	err = nla_parse_nested(tb, NAAWG_A_ALLOWED_IP_MAX, attr,
			       naawg_allowed_ip_nl_policy, extack);
	if (err)
		return err;
	address = tb[NAAWG_A_ALLOWED_IP_ADDRESS];
	family = tb[NAAWG_A_ALLOWED_IP_FAMILY];
	len = tb[NAAWG_A_ALLOWED_IP_PREFIX_LEN];
	if (!address || !family || !len) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "allowed-ip needs family, address and prefix-len");
		return -EINVAL;
	}
	if (nla_get_u16(family) == AF_INET) {
		size = 4;
	} else if (nla_get_u16(family) == AF_INET6) {
		size = 16;
	} else {
		NL_SET_ERR_MSG_ATTR(extack, family,
				    "allowed-ip family must be AF_INET or AF_INET6");
		return -EAFNOSUPPORT;
	}
	if (nla_len(address) != size) {
		NL_SET_ERR_MSG_ATTR(extack, address,
				    "allowed-ip address does not have the length of its family");
		return -EINVAL;
	}
	if (nla_get_u8(len) > size * 8) {
		NL_SET_ERR_MSG_ATTR(extack, len,
				    "allowed-ip prefix-len is longer than the address");
		return -EINVAL;
	}
	memset(prefix, 0, sizeof(*prefix));
	memcpy(prefix->addr, nla_data(address), size);
	prefix->family = nla_get_u16(family);
	prefix->len = nla_get_u8(len);
	*flags = tb[NAAWG_A_ALLOWED_IP_FLAGS] ?
		 nla_get_u32(tb[NAAWG_A_ALLOWED_IP_FLAGS]) : 0;
	return 0;
}
EXPORT_SYMBOL_NAAWG(naawg_netlink_read_prefix);

/**
 * naawg_netlink_put_prefix() - write an entry with the attributes of allowed-ip
 * @skb: the message
 * @type: attribute type of the entry
 * @prefix: the prefix
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE with nothing written.
 */
int naawg_netlink_put_prefix(struct sk_buff *skb, int type,
			     const struct naawg_prefix *prefix)
{
	size_t len = prefix->family == AF_INET ? 4 : 16;
	struct nlattr *nest;

	nest = nla_nest_start(skb, type);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u16(skb, NAAWG_A_ALLOWED_IP_FAMILY, prefix->family) ||
	    nla_put(skb, NAAWG_A_ALLOWED_IP_ADDRESS, len, prefix->addr) ||
	    nla_put_u8(skb, NAAWG_A_ALLOWED_IP_PREFIX_LEN, prefix->len)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
