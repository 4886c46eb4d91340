// SPDX-License-Identifier: GPL-2.0
/* Netlink command rekey: starts handshakes with peers that may have sessions. */
#include <linux/netdevice.h>
#include <net/genetlink.h>

#include "../handshake/handshake.h"
#include "netlink_dev.h"
#include "netlink_gen.h"
#include "peers.h"

static int check_device(struct naawg_dev *dev, struct genl_info *info)
{
	lockdep_assert_held(&dev->config);
	if (!info->attrs[NAAWG_A_DEVICE_PEERS]) {
		NL_SET_ERR_MSG(info->extack, "name the peers");
		return -EINVAL;
	}
	if (!dev->running) {
		NL_SET_ERR_MSG(info->extack,
			       "the interface is down; set it up with `ip link set up'");
		return -ENETDOWN;
	}
	if (!dev->identity.set) {
		NL_SET_ERR_MSG(info->extack,
			       "the interface has no private key; set one");
		return -ENOKEY;
	}
	return 0;
}

/* Finds the peer of an entry; an error pointer if it cannot be called. */
static struct naawg_peer *peer_of(struct naawg_dev *dev, struct nlattr *entry,
				  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAAWG_A_PEER_MAX + 1];
	struct naawg_peer *peer;
	int err, type;

	err = nla_parse_nested(tb, NAAWG_A_PEER_MAX, entry,
			       naawg_peer_nl_policy, extack);
	if (err)
		return ERR_PTR(err);
	for (type = 0; type <= NAAWG_A_PEER_MAX; type++) {
		bool wanted = type == NAAWG_A_PEER_PUBLIC_KEY;

		if (!!tb[type] == wanted)
			continue;
		NL_SET_ERR_MSG_ATTR(extack, tb[type] ?: entry,
				    "an entry has the public-key of a peer, and nothing else");
		return ERR_PTR(-EINVAL);
	}
	peer = naawg_peers_find(dev, nla_data(tb[NAAWG_A_PEER_PUBLIC_KEY]));
	if (!peer) {
		NL_SET_ERR_MSG_ATTR(extack, entry,
				    "the interface has no such peer");
		return ERR_PTR(-ENOENT);
	}
	if (!naawg_endpoint_is_set(&peer->endpoint)) {
		NL_SET_ERR_MSG_ATTR(extack, entry,
				    "the peer has no endpoint; set one, or let the peer start the handshake");
		return ERR_PTR(-EDESTADDRREQ);
	}
	return peer;
}

/* Checks all peers, or, with @ask, asks for their handshakes. */
static int each_peer(struct naawg_dev *dev, struct genl_info *info, bool ask)
{
	struct naawg_peer *peer;
	struct nlattr *attr;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAAWG_A_DEVICE_PEERS)
			continue;
		peer = peer_of(dev, attr, info->extack);
		if (IS_ERR(peer))
			return PTR_ERR(peer);
		if (ask)
			naawg_handshake_ask(peer);
	}
	return 0;
}

int naawg_nl_rekey_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *netdev;
	struct naawg_dev *dev;
	int err;

	netdev = naawg_netlink_device(genl_info_net(info), info->attrs,
				      info->extack);
	if (IS_ERR(netdev))
		return PTR_ERR(netdev);
	dev = netdev_priv(netdev);
	mutex_lock(&dev->config);
	err = check_device(dev, info) ?: each_peer(dev, info, false) ?:
	      each_peer(dev, info, true);
	mutex_unlock(&dev->config);
	dev_put(netdev);
	return err;
}
