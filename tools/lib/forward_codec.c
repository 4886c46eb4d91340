// SPDX-License-Identifier: GPL-2.0
/* Translates port forwards to netlink attributes and back. */

#include <errno.h>
#include <string.h>

#include "lib/forward_codec.h"

static size_t size_of(uint16_t family)
{
	return family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

void forward_put(struct nlmsghdr *nlh, const struct forward *forward, bool remove)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NAAWG_A_DEVICE_FORWARDS);
	uint32_t flags = 0;

	if (forward->bits & FORWARD_NO_MASQUERADE)
		flags |= NAAWG_FORWARD_FLAG_NO_MASQUERADE;
	if (remove)
		flags |= NAAWG_FORWARD_FLAG_REMOVE_ME;
	mnl_attr_put_u8(nlh, NAAWG_A_FORWARD_PROTO, forward->proto);
	mnl_attr_put_u16(nlh, NAAWG_A_FORWARD_PORT, forward->first);
	if (forward->last != forward->first)
		mnl_attr_put_u16(nlh, NAAWG_A_FORWARD_PORT_LAST, forward->last);
	if (forward->address.family)
		mnl_attr_put(nlh, NAAWG_A_FORWARD_ADDRESS, size_of(forward->address.family),
			     &forward->address.ip6);
	if (forward->to_port != forward->first)
		mnl_attr_put_u16(nlh, NAAWG_A_FORWARD_TO_PORT, forward->to_port);
	if (forward->egress[0])
		mnl_attr_put_strz(nlh, NAAWG_A_FORWARD_EGRESS, forward->egress);
	if (forward->bits & FORWARD_FROM_PEER)
		mnl_attr_put(nlh, NAAWG_A_FORWARD_FROM_PEER, KEY_LEN, forward->from_peer);
	if (forward->bits & FORWARD_FROM_PREFIX) {
		mnl_attr_put(nlh, NAAWG_A_FORWARD_FROM_ADDRESS, size_of(forward->from.family),
			     &forward->from.ip6);
		mnl_attr_put_u8(nlh, NAAWG_A_FORWARD_FROM_PREFIX_LEN, forward->from.prefix_len);
	}
	if (flags)
		mnl_attr_put_u32(nlh, NAAWG_A_FORWARD_FLAGS, flags);
	mnl_attr_nest_end(nlh, nest);
}

static int get_address(struct allowed_ip *to, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len != size_of(AF_INET) && len != size_of(AF_INET6))
		return -EBADMSG;
	to->family = len == size_of(AF_INET) ? AF_INET : AF_INET6;
	memcpy(&to->ip6, mnl_attr_get_payload(attr), len);
	return 0;
}

static int get_number(uint64_t *to, const struct nlattr *attr)
{
	const void *value = mnl_attr_get_payload(attr);

	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(uint8_t):
		*to = mnl_attr_get_u8(attr);
		return 0;
	case sizeof(uint16_t):
		*to = mnl_attr_get_u16(attr);
		return 0;
	case sizeof(uint32_t):
		*to = mnl_attr_get_u32(attr);
		return 0;
	case sizeof(uint64_t):
		memcpy(to, value, sizeof(*to));
		return 0;
	}
	return -EBADMSG;
}

static int get_counter(struct forward *forward, uint16_t type, uint64_t n)
{
	switch (type) {
	case NAAWG_A_FORWARD_PROTO:
		forward->proto = n;
		break;
	case NAAWG_A_FORWARD_PORT:
		forward->first = n;
		break;
	case NAAWG_A_FORWARD_PORT_LAST:
		forward->last = n;
		break;
	case NAAWG_A_FORWARD_TO_PORT:
		forward->to_port = n;
		break;
	case NAAWG_A_FORWARD_FROM_PREFIX_LEN:
		forward->from.prefix_len = n;
		break;
	case NAAWG_A_FORWARD_FLAGS:
		if (n & NAAWG_FORWARD_FLAG_NO_MASQUERADE)
			forward->bits |= FORWARD_NO_MASQUERADE;
		break;
	case NAAWG_A_FORWARD_CONNECTIONS:
		forward->connections = n;
		break;
	case NAAWG_A_FORWARD_RX_PACKETS:
		forward->rx_packets = n;
		break;
	case NAAWG_A_FORWARD_RX_BYTES:
		forward->rx_bytes = n;
		break;
	case NAAWG_A_FORWARD_TX_PACKETS:
		forward->tx_packets = n;
		break;
	case NAAWG_A_FORWARD_TX_BYTES:
		forward->tx_bytes = n;
		break;
	case NAAWG_A_FORWARD_LAST_USE:
		forward->last_use = n;
		break;
	}
	return 0;
}

static int get_attribute(struct forward *forward, const struct nlattr *attr)
{
	uint16_t type = mnl_attr_get_type(attr);
	size_t len = mnl_attr_get_payload_len(attr);
	uint64_t n = 0;
	int ret;

	switch (type) {
	case NAAWG_A_FORWARD_ADDRESS:
		return get_address(&forward->address, attr);
	case NAAWG_A_FORWARD_FROM_ADDRESS:
		forward->bits |= FORWARD_FROM_PREFIX;
		return get_address(&forward->from, attr);
	case NAAWG_A_FORWARD_FROM_PEER:
		if (len != KEY_LEN)
			return -EBADMSG;
		forward->bits |= FORWARD_FROM_PEER;
		memcpy(forward->from_peer, mnl_attr_get_payload(attr), KEY_LEN);
		return 0;
	case NAAWG_A_FORWARD_EGRESS:
		snprintf(forward->egress, sizeof(forward->egress), "%.*s", (int)len,
			 (const char *)mnl_attr_get_payload(attr));
		return 0;
	case NAAWG_A_FORWARD_PAD:
		return 0;
	}
	if (type > NAAWG_A_FORWARD_MAX)
		return 0;
	ret = get_number(&n, attr);
	return ret ? ret : get_counter(forward, type, n);
}

int forward_get(struct device *dev, const struct nlmsghdr *nlh, size_t header_len)
{
	const struct nlattr *entry, *attr;
	struct forward *forward;
	int ret;

	mnl_attr_for_each(entry, nlh, header_len) {
		if (mnl_attr_get_type(entry) == NAAWG_A_DEVICE_FORWARDS)
			forward = device_add_forward(dev);
		else if (mnl_attr_get_type(entry) == NAAWG_A_DEVICE_OLD_FORWARDS)
			forward = device_add_old_forward(dev);
		else
			continue;
		if (!forward)
			return -ENOMEM;
		mnl_attr_for_each_nested(attr, entry) {
			ret = get_attribute(forward, attr);
			if (ret)
				return ret;
		}
		if (!forward->last)
			forward->last = forward->first;
		if (!forward->to_port)
			forward->to_port = forward->first;
	}
	return 0;
}
