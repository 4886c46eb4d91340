// SPDX-License-Identifier: GPL-2.0
/* The attributes that have one form in naawg's netlink family and in the stock driver's. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/codec_parts.h"

void codec_put_net(struct nlmsghdr *nlh, uint16_t type, const struct allowed_ip *ip)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);
	size_t len = ip->family == AF_INET ? sizeof(ip->ip4) : sizeof(ip->ip6);

	mnl_attr_put_u16(nlh, NAAWG_A_ALLOWED_IP_FAMILY, ip->family);
	mnl_attr_put(nlh, NAAWG_A_ALLOWED_IP_ADDRESS, len, &ip->ip6);
	mnl_attr_put_u8(nlh, NAAWG_A_ALLOWED_IP_PREFIX_LEN, ip->prefix_len);
	if (ip->remove)
		mnl_attr_put_u32(nlh, NAAWG_A_ALLOWED_IP_FLAGS,
				 NAAWG_ALLOWED_IP_FLAG_REMOVE_ME);
	mnl_attr_nest_end(nlh, nest);
}

void codec_put_endpoint(struct nlmsghdr *nlh, const union endpoint *endpoint)
{
	size_t len = endpoint->addr.sa_family == AF_INET ? sizeof(endpoint->addr4) :
							    sizeof(endpoint->addr6);

	mnl_attr_put(nlh, NAAWG_A_PEER_ENDPOINT, len, endpoint);
}

static bool has(const struct nlattr *attr, size_t len)
{
	return mnl_attr_get_payload_len(attr) == len;
}

int codec_get_exact(void *to, const struct nlattr *attr, size_t len)
{
	if (!has(attr, len))
		return -EBADMSG;
	memcpy(to, mnl_attr_get_payload(attr), len);
	return 0;
}

int codec_get_net(struct allowed_ip *ip, const struct nlattr *nest)
{
	const struct nlattr *attr, *address = NULL;
	int ret = 0;

	memset(ip, 0, sizeof(*ip));

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case NAAWG_A_ALLOWED_IP_FAMILY:
			ret = codec_get_exact(&ip->family, attr, sizeof(ip->family));
			break;
		case NAAWG_A_ALLOWED_IP_ADDRESS:
			address = attr;
			break;
		case NAAWG_A_ALLOWED_IP_PREFIX_LEN:
			ret = codec_get_exact(&ip->prefix_len, attr, sizeof(ip->prefix_len));
			break;
		}
		if (ret)
			return ret;
	}
	if (!address)
		return -EBADMSG;
	if (ip->family == AF_INET && ip->prefix_len <= 32)
		return codec_get_exact(&ip->ip4, address, sizeof(ip->ip4));
	if (ip->family == AF_INET6 && ip->prefix_len <= 128)
		return codec_get_exact(&ip->ip6, address, sizeof(ip->ip6));
	return -EBADMSG;
}

int codec_get_endpoint(union endpoint *endpoint, const struct nlattr *attr)
{
	const struct sockaddr *addr = mnl_attr_get_payload(attr);
	sa_family_t family;

	if (mnl_attr_get_payload_len(attr) < sizeof(family))
		return -EBADMSG;
	memcpy(&family, addr, sizeof(family));
	if (!(family == AF_INET && has(attr, sizeof(endpoint->addr4))) &&
	    !(family == AF_INET6 && has(attr, sizeof(endpoint->addr6))))
		return -EBADMSG;
	/* The old endpoint may be of the other family, and longer. */
	memset(endpoint, 0, sizeof(*endpoint));
	memcpy(endpoint, addr, mnl_attr_get_payload_len(attr));
	return 0;
}
