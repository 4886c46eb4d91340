// SPDX-License-Identifier: GPL-2.0
/* Netlink command set-device: reads the whole request before it changes anything. */
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "../core/crypto.h"
#include "../tx/tx.h"
#include "../nat/checks.h"
#include "change_report.h"
#include "key_checks.h"
#include "peers.h"
#include "netdev.h"
#include "netlink_dev.h"
#include "netlink_forbidden.h"
#include "netlink_gen.h"
#include "netlink_prefix.h"
#include "netlink_wipe.h"

static const char *const peer_reported_only =
	"this attribute of a peer is reported, it cannot be set";

static int read_endpoint(struct nlattr *attr, struct naawg_address *address,
			 struct netlink_ext_ack *extack)
{
	const struct sockaddr *addr = nla_data(attr);

	memset(address, 0, sizeof(*address));
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

static int read_peer(struct nlattr *attr, struct nlattr **tb,
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

static int check_peer(struct nlattr *attr, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAAWG_A_PEER_MAX + 1], *entry;
	struct naawg_address address;
	struct naawg_prefix prefix;
	u32 flags;
	int err, rem;

	err = read_peer(attr, tb, extack);
	if (err)
		return err;
	if (tb[NAAWG_A_PEER_ENDPOINT]) {
		err = read_endpoint(tb[NAAWG_A_PEER_ENDPOINT], &address,
				    extack);
		if (err)
			return err;
	}
	nla_for_each_nested(entry, attr, rem) {
		if (nla_type(entry) != NAAWG_A_PEER_ALLOWED_IPS)
			continue;
		err = naawg_netlink_read_prefix(entry, &prefix, &flags,
						extack);
		if (err)
			return err;
	}
	return 0;
}

static int check_request(struct genl_info *info)
{
	struct nlattr *attr;
	int err, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAAWG_A_DEVICE_PEERS)
			continue;
		err = check_peer(attr, info->extack);
		if (err)
			return err;
	}
	return 0;
}

/* Reports a peer that lost prefixes to other peers; NULL for none. */
static void report_loser(struct naawg_change_report *report,
			 struct naawg_peer *loser)
{
	if (loser)
		naawg_change_report_peer(report, NAAWG_CMD_PEER_CHANGED_NTF,
					 loser, NAAWG_PEER_CHANGE_ALLOWED_IPS);
}

/* @loser is the peer that lost a prefix last, and was not reported yet. */
static int add_prefix(struct naawg_peer *peer, const struct naawg_prefix *prefix,
		      struct naawg_change_report *report,
		      struct naawg_peer **loser)
{
	struct naawg_allowedips *table = &peer->dev->allowedips;
	int err;

	err = naawg_allowedips_add(table, prefix, peer, &peer->prefixes);
	if (err || !table->taken_from)
		return err;
	/* a peer that loses many prefixes in a row is reported once */
	if (*loser != table->taken_from)
		report_loser(report, *loser);
	*loser = table->taken_from;
	return 0;
}

static int apply_prefixes(struct naawg_peer *peer, struct nlattr *attr,
			  struct naawg_change_report *report,
			  struct netlink_ext_ack *extack)
{
	struct naawg_allowedips *table = &peer->dev->allowedips;
	struct naawg_peer *loser = NULL;
	struct naawg_prefix prefix;
	struct nlattr *entry;
	int err = 0, rem;
	u32 flags;

	nla_for_each_nested(entry, attr, rem) {
		if (nla_type(entry) != NAAWG_A_PEER_ALLOWED_IPS)
			continue;
		err = naawg_netlink_read_prefix(entry, &prefix, &flags,
						extack);
		if (err)
			break;
		if (flags & NAAWG_ALLOWED_IP_FLAG_REMOVE_ME) {
			naawg_allowedips_remove(table, &prefix, peer);
			continue;
		}
		err = add_prefix(peer, &prefix, report, &loser);
		if (err) {
			NL_SET_ERR_MSG_ATTR(extack, entry,
					    "not enough memory for this allowed-ip");
			break;
		}
	}
	report_loser(report, loser);
	return err;
}

/* Adds NAAWG_PEER_CHANGE_ALLOWED_IPS to @changes if the peer has other prefixes then. */
static int change_prefixes(struct naawg_peer *peer, struct nlattr *attr, u32 flags,
			   u32 *changes, struct naawg_change_report *report,
			   struct netlink_ext_ack *extack)
{
	bool replace = flags & NAAWG_PEER_FLAG_REPLACE_ALLOWED_IPS;
	struct naawg_allowedips *table = &peer->dev->allowedips;
	u64 sum = 0, seq = table->seq;
	int err;

	if (replace) {
		if (report->wanted)
			sum = naawg_change_report_prefixes(report, peer);
		naawg_allowedips_remove_all(table, &peer->prefixes);
	}
	err = apply_prefixes(peer, attr, report, extack);
	if (table->seq == seq)
		return err;
	/* most requests replace the prefixes by the same ones */
	if (!replace || !report->wanted ||
	    naawg_change_report_prefixes(report, peer) != sum)
		*changes |= NAAWG_PEER_CHANGE_ALLOWED_IPS;
	return err;
}

static struct naawg_peer *add_peer(struct naawg_dev *dev, const u8 *key,
				   struct nlattr *preshared,
				   struct nlattr *attr,
				   struct netlink_ext_ack *extack)
{
	static const u8 none[NAAWG_KEY_LEN];
	struct naawg_peer *peer;

	peer = naawg_peers_add(dev, key,
			       preshared ? nla_data(preshared) : none);
	if (PTR_ERR_OR_ZERO(peer) == -ENOSPC)
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the device has the maximum number of peers");
	else if (IS_ERR(peer))
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "not enough memory for this peer");
	return peer;
}

static int apply_to_peer(struct naawg_peer *peer, struct nlattr **tb,
			 struct nlattr *attr, u32 *changes,
			 struct naawg_change_report *report,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *keepalive =
		tb[NAAWG_A_PEER_PERSISTENT_KEEPALIVE_INTERVAL];
	struct nlattr *flags = tb[NAAWG_A_PEER_FLAGS];
	struct naawg_address address;
	bool moved = false;
	int err;

	if (tb[NAAWG_A_PEER_ENDPOINT]) {
		err = read_endpoint(tb[NAAWG_A_PEER_ENDPOINT], &address,
				    extack);
		if (err)
			return err;
		moved = naawg_endpoint_set(&peer->endpoint, &address);
	}
	if (moved) {
		*changes |= NAAWG_PEER_CHANGE_ENDPOINT;
		naawg_timers_reset_unanswered(&peer->timers);
	}
	err = change_prefixes(peer, attr, flags ? nla_get_u32(flags) : 0, changes,
			      report, extack);
	if (err)
		return err;
	if (keepalive) {
		if (peer->persistent != nla_get_u16(keepalive))
			*changes |= NAAWG_PEER_CHANGE_PERSISTENT_KEEPALIVE;
		naawg_peers_set_persistent(peer, nla_get_u16(keepalive));
	}
	if (peer->dev->running)
		naawg_tx_flush(peer);
	return 0;
}

static int apply_peer(struct naawg_dev *dev, struct nlattr *attr,
		      struct list_head *detached,
		      struct naawg_change_report *report,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAAWG_A_PEER_MAX + 1], *preshared;
	u8 cmd = NAAWG_CMD_PEER_CHANGED_NTF;
	struct naawg_peer *peer;
	u32 flags, changes = 0;
	const u8 *key;
	int err;

	err = read_peer(attr, tb, extack);
	if (err)
		return err;
	key = nla_data(tb[NAAWG_A_PEER_PUBLIC_KEY]);
	preshared = tb[NAAWG_A_PEER_PRESHARED_KEY];
	flags = tb[NAAWG_A_PEER_FLAGS] ?
		nla_get_u32(tb[NAAWG_A_PEER_FLAGS]) : 0;

	peer = naawg_peers_find(dev, key);
	if (flags & NAAWG_PEER_FLAG_REMOVE_ME) {
		if (peer)
			naawg_peers_detach(dev, peer, detached, report);
		return 0;
	}
	if (!peer) {
		/*
		 * A configuration that is the same for all hosts lists each
		 * host among its own peers: skip that entry.
		 */
		if (flags & NAAWG_PEER_FLAG_UPDATE_ONLY ||
		    (dev->identity.set &&
		     !memcmp(key, dev->identity.public, NAAWG_KEY_LEN)))
			return 0;
		peer = add_peer(dev, key, preshared, attr, extack);
		if (IS_ERR(peer))
			return PTR_ERR(peer);
		cmd = NAAWG_CMD_PEER_ADDED_NTF;
	} else if (preshared &&
		   naawg_peers_set_preshared(peer, nla_data(preshared))) {
		changes |= NAAWG_PEER_CHANGE_PRESHARED_KEY;
	}
	err = apply_to_peer(peer, tb, attr, &changes, report, extack);
	if (cmd == NAAWG_CMD_PEER_ADDED_NTF)
		naawg_change_report_peer(report, cmd, peer, 0);
	else if (changes)
		naawg_change_report_peer(report, cmd, peer, changes);
	return err;
}

static int apply_peers(struct naawg_dev *dev, struct genl_info *info,
		       struct naawg_change_report *report)
{
	LIST_HEAD(detached);
	struct nlattr *attr;
	int err = 0, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAAWG_A_DEVICE_PEERS)
			continue;
		err = apply_peer(dev, attr, &detached, report, info->extack);
		if (err)
			break;
	}
	naawg_peers_release(&detached);
	return err;
}

/*
 * Port and mark configure a socket in the namespace in which the link was created.
 * So the caller needs the capability in that namespace.
 */
static int may_configure_socket(struct naawg_dev *dev, struct sk_buff *skb,
				struct genl_info *info)
{
	struct nlattr *attr = info->attrs[NAAWG_A_DEVICE_LISTEN_PORT] ?:
			      info->attrs[NAAWG_A_DEVICE_FWMARK];

	lockdep_assert_held(&dev->config);
	if (!attr)
		return 0;
	if (!dev->birth_net) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the network namespace the link was created in is gone");
		return -EPERM;
	}
	if (!netlink_ns_capable(skb, dev->birth_net->user_ns, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "this needs CAP_NET_ADMIN in the network namespace the link was created in");
		return -EPERM;
	}
	return 0;
}

static int apply_port_and_key(struct naawg_dev *dev, struct genl_info *info,
			      struct naawg_change_report *report, bool *new_key)
{
	struct nlattr **attrs = info->attrs;
	struct nlattr *attr;
	int err;

	attr = attrs[NAAWG_A_DEVICE_LISTEN_PORT];
	if (attr) {
		if (naawg_forward_needs_port(dev, nla_get_u16(attr))) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "a forward of this interface takes this UDP port; delete it, or choose another port");
			return -EADDRINUSE;
		}
		err = naawg_netdev_set_port(dev, nla_get_u16(attr));
		if (err) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "the UDP port cannot be opened; is it in use?");
			return err;
		}
	}
	attr = attrs[NAAWG_A_DEVICE_PRIVATE_KEY];
	if (attr) {
		err = naawg_peers_set_identity(dev, nla_data(attr), report);
		if (err < 0) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "the private key cannot be used");
			return err;
		}
		*new_key = err;
	}
	return 0;
}

static int apply_request(struct naawg_dev *dev, struct sk_buff *skb,
			 struct genl_info *info,
			 struct naawg_change_report *report)
{
	struct nlattr **attrs = info->attrs;
	u32 flags = attrs[NAAWG_A_DEVICE_FLAGS] ?
		    nla_get_u32(attrs[NAAWG_A_DEVICE_FLAGS]) : 0;
	struct naawg_forbidden *forbidden;
	struct nlattr *attr;
	bool new_key = false;
	int err, replace;

	err = may_configure_socket(dev, skb, info) ?:
	      naawg_key_check_request(dev, info);
	if (err)
		return err;
	replace = naawg_netlink_read_forbidden(dev, info, &forbidden);
	if (replace < 0)
		return replace;
	dev->generation++;
	/* first the steps that can fail */
	err = apply_port_and_key(dev, info, report, &new_key);
	if (err) {
		naawg_netlink_drop_forbidden(dev, forbidden);
		return err;
	}
	/* before peers are added that could send to these networks */
	if (replace)
		naawg_netlink_set_forbidden(dev, forbidden);
	attr = attrs[NAAWG_A_DEVICE_FWMARK];
	if (attr)
		naawg_netdev_set_fwmark(dev, nla_get_u32(attr));
	attr = attrs[NAAWG_A_DEVICE_ANSWER_UNREACHABLE];
	if (attr)
		WRITE_ONCE(dev->answer_unreachable, nla_get_u8(attr));
	if (flags & NAAWG_DEVICE_FLAG_REPLACE_PEERS)
		naawg_peers_remove_all(dev, report);
	err = apply_peers(dev, info, report);
	/* after peers were removed, so that they receive no initiation */
	if (new_key)
		naawg_peers_initiate(dev);
	return err;
}

int naawg_nl_set_device_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct naawg_change_report report;
	struct net_device *netdev;
	struct naawg_dev *dev;
	int err;

	netdev = naawg_netlink_device(genl_info_net(info), info->attrs,
				      info->extack);
	if (IS_ERR(netdev)) {
		naawg_netlink_wipe_request(info);
		return PTR_ERR(netdev);
	}
	dev = netdev_priv(netdev);
	err = check_request(info);
	if (!err) {
		mutex_lock(&dev->config);
		naawg_change_report_begin(&report, dev, genl_info_net(info));
		err = apply_request(dev, skb, info, &report);
		naawg_change_report_end(&report);
		mutex_unlock(&dev->config);
	}
	naawg_netlink_wipe_request(info);
	dev_put(netdev);
	return err;
}
