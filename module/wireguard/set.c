// SPDX-License-Identifier: GPL-2.0
/* Netlink command WG_CMD_SET_DEVICE: reads a request as the stock driver does. */
#include <linux/netdevice.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include <uapi/linux/wireguard.h>

#include "../ctl/netlink_prefix.h"
#include "../ctl/set.h"
#include "../uapi/naawg.h"
#include "netlink_gen.h"
#include "wireguard.h"

/* Both families number what they have in common alike. */
static_assert((int)WGDEVICE_A_PRIVATE_KEY == (int)NAAWG_A_DEVICE_PRIVATE_KEY);
static_assert((int)WGDEVICE_A_FLAGS == (int)NAAWG_A_DEVICE_FLAGS);
static_assert((int)WGDEVICE_A_LISTEN_PORT == (int)NAAWG_A_DEVICE_LISTEN_PORT);
static_assert((int)WGDEVICE_A_FWMARK == (int)NAAWG_A_DEVICE_FWMARK);
static_assert((int)WGDEVICE_F_REPLACE_PEERS == (int)NAAWG_DEVICE_FLAG_REPLACE_PEERS);
static_assert((int)WGPEER_A_PUBLIC_KEY == (int)NAAWG_A_PEER_PUBLIC_KEY);
static_assert((int)WGPEER_A_PRESHARED_KEY == (int)NAAWG_A_PEER_PRESHARED_KEY);
static_assert((int)WGPEER_A_FLAGS == (int)NAAWG_A_PEER_FLAGS);
static_assert((int)WGPEER_F_REMOVE_ME == (int)NAAWG_PEER_FLAG_REMOVE_ME);
static_assert((int)WGPEER_F_REPLACE_ALLOWEDIPS == (int)NAAWG_PEER_FLAG_REPLACE_ALLOWED_IPS);
static_assert((int)WGPEER_F_UPDATE_ONLY == (int)NAAWG_PEER_FLAG_UPDATE_ONLY);
static_assert((int)WGALLOWEDIP_A_FLAGS == (int)NAAWG_A_ALLOWED_IP_FLAGS);
static_assert((int)WGALLOWEDIP_F_REMOVE_ME == (int)NAAWG_ALLOWED_IP_FLAG_REMOVE_ME);

/* The stock driver ignores an endpoint of a wrong length or family. */
static void read_known_endpoint(struct nlattr *attr, struct naawg_address *address)
{
	const struct sockaddr *addr = nla_data(attr);

	if (nla_len(attr) == sizeof(address->addr4) && addr->sa_family == AF_INET)
		memcpy(&address->addr4, addr, sizeof(address->addr4));
	else if (nla_len(attr) == sizeof(address->addr6) && addr->sa_family == AF_INET6)
		memcpy(&address->addr6, addr, sizeof(address->addr6));
}

static int parse_wireguard_peer(struct nlattr *attr, struct nlattr **tb,
				struct netlink_ext_ack *extack)
{
	struct nlattr *version;
	int err;

	err = nla_parse_nested(tb, WGPEER_A_PROTOCOL_VERSION, attr,
			       wireguard_wgpeer_nl_policy, extack);
	if (err)
		return err;
	if (!tb[WGPEER_A_PUBLIC_KEY]) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "peer needs a public key");
		return -EINVAL;
	}
	version = tb[WGPEER_A_PROTOCOL_VERSION];
	if (version && nla_get_u32(version) != 1) {
		NL_SET_ERR_MSG_ATTR(extack, version, "the only protocol version is 1");
		return -EPFNOSUPPORT;
	}
	return 0;
}

/* Attributes that the stock driver only reports are ignored. */
static int naawg_wireguard_read_peer(struct nlattr *attr, struct naawg_set_peer *peer,
				     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[WGPEER_A_PROTOCOL_VERSION + 1], *value;
	int err;

	err = parse_wireguard_peer(attr, tb, extack);
	if (err)
		return err;
	memset(peer, 0, sizeof(*peer));
	peer->public = nla_data(tb[WGPEER_A_PUBLIC_KEY]);
	value = tb[WGPEER_A_PRESHARED_KEY];
	if (value)
		peer->preshared = nla_data(value);
	value = tb[WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL];
	if (value) {
		peer->has_persistent = true;
		peer->persistent = nla_get_u16(value);
	}
	value = tb[WGPEER_A_FLAGS];
	if (value)
		peer->flags = nla_get_u32(value);
	value = tb[WGPEER_A_ENDPOINT];
	if (value)
		read_known_endpoint(value, &peer->endpoint);
	value = tb[WGPEER_A_ALLOWEDIPS];
	if (value) {
		peer->prefixes = nla_data(value);
		peer->prefixes_len = nla_len(value);
	}
	return 0;
}

static int naawg_wireguard_read_prefix(struct nlattr *attr, struct naawg_prefix *prefix,
				       u32 *flags, struct netlink_ext_ack *extack)
{
	int err = naawg_netlink_read_prefix(attr, prefix, flags, extack);

	return err == -EAFNOSUPPORT || err == -ERANGE ? -EINVAL : err;
}

static const struct naawg_set_form form = {
	.read_peer	= naawg_wireguard_read_peer,
	.read_prefix	= naawg_wireguard_read_prefix,
};

static void wipe_peers(struct nlattr *peers)
{
	struct nlattr *peer, *attr;
	int rem, peer_rem;

	nla_for_each_nested(peer, peers, rem) {
		nla_for_each_nested(attr, peer, peer_rem) {
			if (nla_type(attr) == WGPEER_A_PRESHARED_KEY)
				memzero_explicit(nla_data(attr), nla_len(attr));
		}
	}
}

/* Netlink frees the request without wiping it, and copies it into the answer to an error. */
static void wipe_request(const struct genl_info *info)
{
	struct nlattr *attr;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) == WGDEVICE_A_PRIVATE_KEY)
			memzero_explicit(nla_data(attr), nla_len(attr));
		else if (nla_type(attr) == WGDEVICE_A_PEERS)
			wipe_peers(attr);
	}
}

static int set_device(struct naawg_dev *dev, struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[NAAWG_A_DEVICE_MAX + 1] = {
		[NAAWG_A_DEVICE_PRIVATE_KEY] = info->attrs[WGDEVICE_A_PRIVATE_KEY],
		[NAAWG_A_DEVICE_FLAGS] = info->attrs[WGDEVICE_A_FLAGS],
		[NAAWG_A_DEVICE_LISTEN_PORT] = info->attrs[WGDEVICE_A_LISTEN_PORT],
		[NAAWG_A_DEVICE_FWMARK] = info->attrs[WGDEVICE_A_FWMARK],
	};
	struct nlattr *peers = info->attrs[WGDEVICE_A_PEERS];
	const struct naawg_set set = {
		.form		= &form,
		.info		= info,
		.skb		= skb,
		.attrs		= attrs,
		.peers		= peers ? nla_data(peers) : NULL,
		.peers_len	= peers ? nla_len(peers) : 0,
	};
	int err = naawg_set_device(dev, &set);

	return err == -ENOSPC ? -ENOMEM : err;
}

int wireguard_nl_set_device_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *netdev;
	int err;

	netdev = naawg_wireguard_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(netdev)) {
		err = PTR_ERR(netdev);
	} else {
		err = set_device(netdev_priv(netdev), skb, info);
		dev_put(netdev);
	}
	wipe_request(info);
	return err;
}
