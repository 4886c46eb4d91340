// SPDX-License-Identifier: GPL-2.0
/* Netlink command set-device: reads a request in the form of naawg's family. */
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "netlink_dev.h"
#include "netlink_gen.h"
#include "netlink_prefix.h"
#include "netlink_wipe.h"
#include "set.h"

static const char *const peer_reported_only =
	"this attribute of a peer is reported, it cannot be set";

static int read_endpoint(struct nlattr *attr, struct naawg_address *address,
			 struct netlink_ext_ack *extack)
{
	const struct sockaddr *addr = nla_data(attr);

	if (nla_len(attr) == sizeof(address->addr4) &&
	    addr->sa_family == AF_INET) {
		memcpy(&address->addr4, addr, sizeof(address->addr4));
	} else if (nla_len(attr) == sizeof(address->addr6) &&
		   addr->sa_family == AF_INET6) {
		memcpy(&address->addr6, addr, sizeof(address->addr6));
	} else {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "endpoint must be a sockaddr_in or sockaddr_in6");
		return -EINVAL;
	}
	return 0;
}

static int parse_peer(struct nlattr *attr, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	static const u8 reported_only[] = {
		NAAWG_A_PEER_LAST_HANDSHAKE, NAAWG_A_PEER_RX_BYTES,
		NAAWG_A_PEER_TX_BYTES, NAAWG_A_PEER_RX_PACKETS,
		NAAWG_A_PEER_TX_PACKETS, NAAWG_A_PEER_CONNECTED,
		NAAWG_A_PEER_LAST_REASON, NAAWG_A_PEER_UNREACHABLE,
		NAAWG_A_PEER_REKEYING, NAAWG_A_PEER_HANDSHAKE_RTT_US,
		NAAWG_A_PEER_RETRANSMISSIONS, NAAWG_A_PEER_LOST_PACKETS,
		NAAWG_A_PEER_LAST_RX, NAAWG_A_PEER_LAST_TX,
		NAAWG_A_PEER_CHANGES, NAAWG_A_PEER_ALLOWED_IPS_TOTAL,
		NAAWG_A_PEER_CONNECTED_SINCE, NAAWG_A_PEER_ATTEMPT_SINCE,
		NAAWG_A_PEER_ADDED,
	};
	unsigned int i;
	int err;

	err = nla_parse_nested(tb, NAAWG_A_PEER_MAX, attr,
			       naawg_peer_nl_policy, extack);
	if (err)
		return err;
	if (!tb[NAAWG_A_PEER_PUBLIC_KEY]) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "peer needs a public-key");
		return -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(reported_only); i++) {
		struct nlattr *bad = tb[reported_only[i]];

		if (bad) {
			NL_SET_BAD_ATTR(extack, bad);
			extack->_msg = peer_reported_only;
			return -EINVAL;
		}
	}
	return 0;
}

static int naawg_read_peer(struct nlattr *attr, struct naawg_set_peer *peer,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAAWG_A_PEER_MAX + 1], *value;
	int err;

	err = parse_peer(attr, tb, extack);
	if (err)
		return err;
	memset(peer, 0, sizeof(*peer));
	peer->public = nla_data(tb[NAAWG_A_PEER_PUBLIC_KEY]);
	value = tb[NAAWG_A_PEER_PRESHARED_KEY];
	if (value)
		peer->preshared = nla_data(value);
	value = tb[NAAWG_A_PEER_PERSISTENT_KEEPALIVE_INTERVAL];
	if (value) {
		peer->has_persistent = true;
		peer->persistent = nla_get_u16(value);
	}
	value = tb[NAAWG_A_PEER_FLAGS];
	if (value)
		peer->flags = nla_get_u32(value);
	peer->prefixes = nla_data(attr);
	peer->prefixes_len = nla_len(attr);
	value = tb[NAAWG_A_PEER_ENDPOINT];
	return value ? read_endpoint(value, &peer->endpoint, extack) : 0;
}

static const struct naawg_set_form form = {
	.peer		= NAAWG_A_DEVICE_PEERS,
	.prefix		= NAAWG_A_PEER_ALLOWED_IPS,
	.has_forbidden	= true,
	.checks_keys	= true,
	.read_peer	= naawg_read_peer,
	.read_prefix	= naawg_netlink_read_prefix,
};

int naawg_nl_set_device_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct naawg_set set = {
		.form		= &form,
		.info		= info,
		.skb		= skb,
		.attrs		= info->attrs,
		.peers		= nlmsg_attrdata(info->nlhdr, GENL_HDRLEN),
		.peers_len	= nlmsg_attrlen(info->nlhdr, GENL_HDRLEN),
	};
	struct net_device *netdev;
	int err;

	netdev = naawg_netlink_device(genl_info_net(info), info->attrs,
				      info->extack);
	if (IS_ERR(netdev)) {
		err = PTR_ERR(netdev);
	} else {
		err = naawg_set_device(netdev_priv(netdev), &set);
		dev_put(netdev);
	}
	naawg_netlink_wipe_request(info);
	return err;
}
