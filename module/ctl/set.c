// SPDX-License-Identifier: GPL-2.0
/* Changes a device as a netlink request asks, after it has read the whole request. */
#include <linux/export.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "../core/crypto.h"
#include "../nat/checks.h"
#include "../tx/tx.h"
#include "change_report.h"
#include "key_checks.h"
#include "netdev.h"
#include "netlink_forbidden.h"
#include "netlink_gen.h"
#include "peers.h"
#include "set.h"

static bool is_allowed_ip(const struct naawg_set *set, const struct nlattr *attr)
{
	return !set->form->prefix || nla_type(attr) == set->form->prefix;
}

static int check_peer(const struct naawg_set *set, struct nlattr *attr)
{
	struct netlink_ext_ack *extack = set->info->extack;
	struct naawg_set_peer peer;
	struct naawg_prefix prefix;
	struct nlattr *entry;
	u32 flags;
	int err, rem;

	err = set->form->read_peer(attr, &peer, extack);
	if (err)
		return err;
	nla_for_each_attr(entry, peer.prefixes, peer.prefixes_len, rem) {
		if (!is_allowed_ip(set, entry))
			continue;
		err = set->form->read_prefix(entry, &prefix, &flags, extack);
		if (err)
			return err;
	}
	return 0;
}

static int check_request(const struct naawg_set *set)
{
	struct nlattr *attr;
	int err, rem;

	nla_for_each_attr(attr, set->peers, set->peers_len, rem) {
		if (!naawg_set_is_peer(set, attr))
			continue;
		err = check_peer(set, attr);
		if (err)
			return err;
	}
	return 0;
}

/* Reports the former owner of prefixes that other peers got; NULL for none. */
static void report_former_owner(struct naawg_change_report *report,
				struct naawg_peer *former)
{
	if (former)
		naawg_change_report_peer(report, NAAWG_CMD_PEER_CHANGED_NTF,
					 former, NAAWG_PEER_CHANGE_ALLOWED_IPS);
}

/* @former is the peer that lost a prefix last, and was not reported yet. */
static int add_prefix(struct naawg_peer *peer, const struct naawg_prefix *prefix,
		      struct naawg_change_report *report,
		      struct naawg_peer **former)
{
	struct naawg_allowedips *table = &peer->dev->allowedips;
	int err;

	err = naawg_allowedips_add(table, prefix, peer, &peer->prefixes);
	if (err || !table->taken_from)
		return err;
	/* a peer that loses many prefixes in a row is reported once */
	if (*former != table->taken_from)
		report_former_owner(report, *former);
	*former = table->taken_from;
	return 0;
}

static int apply_prefixes(struct naawg_peer *peer, const struct naawg_set *set,
			  const struct naawg_set_peer *entry,
			  struct naawg_change_report *report)
{
	struct naawg_allowedips *table = &peer->dev->allowedips;
	struct netlink_ext_ack *extack = set->info->extack;
	struct naawg_peer *former = NULL;
	struct naawg_prefix prefix;
	struct nlattr *attr;
	int err = 0, rem;
	u32 flags;

	nla_for_each_attr(attr, entry->prefixes, entry->prefixes_len, rem) {
		if (!is_allowed_ip(set, attr))
			continue;
		err = set->form->read_prefix(attr, &prefix, &flags, extack);
		if (err)
			break;
		if (flags & NAAWG_ALLOWED_IP_FLAG_REMOVE_ME) {
			naawg_allowedips_remove(table, &prefix, peer);
			continue;
		}
		err = add_prefix(peer, &prefix, report, &former);
		if (err) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "not enough memory for this allowed-ip");
			break;
		}
	}
	report_former_owner(report, former);
	return err;
}

/* Adds NAAWG_PEER_CHANGE_ALLOWED_IPS to @changes if the peer has other prefixes then. */
static int change_prefixes(struct naawg_peer *peer, const struct naawg_set *set,
			   const struct naawg_set_peer *entry, u32 *changes,
			   struct naawg_change_report *report)
{
	bool replace = entry->flags & NAAWG_PEER_FLAG_REPLACE_ALLOWED_IPS;
	struct naawg_allowedips *table = &peer->dev->allowedips;
	u64 sum = 0, seq = table->seq;
	int err;

	if (replace) {
		if (report->wanted)
			sum = naawg_change_report_prefixes(report, peer);
		naawg_allowedips_remove_all(table, &peer->prefixes);
	}
	err = apply_prefixes(peer, set, entry, report);
	if (table->seq == seq)
		return err;
	/* most requests replace the prefixes by the same ones */
	if (!replace || !report->wanted ||
	    naawg_change_report_prefixes(report, peer) != sum)
		*changes |= NAAWG_PEER_CHANGE_ALLOWED_IPS;
	return err;
}

static struct naawg_peer *add_peer(struct naawg_dev *dev,
				   const struct naawg_set_peer *entry,
				   struct nlattr *attr,
				   struct netlink_ext_ack *extack)
{
	static const u8 none[NAAWG_KEY_LEN];
	struct naawg_peer *peer;

	peer = naawg_peers_add(dev, entry->public, entry->preshared ?: none);
	if (PTR_ERR_OR_ZERO(peer) == -ENOSPC)
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the device has the maximum number of peers");
	else if (IS_ERR(peer))
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "not enough memory for this peer");
	return peer;
}

static int apply_to_peer(struct naawg_peer *peer, const struct naawg_set *set,
			 const struct naawg_set_peer *entry, u32 *changes,
			 struct naawg_change_report *report)
{
	int err;

	if (entry->endpoint.addr.sa_family != AF_UNSPEC &&
	    naawg_endpoint_set(&peer->endpoint, &entry->endpoint)) {
		*changes |= NAAWG_PEER_CHANGE_ENDPOINT;
		naawg_timers_reset_unanswered(&peer->timers);
	}
	err = change_prefixes(peer, set, entry, changes, report);
	if (err)
		return err;
	if (entry->has_persistent) {
		if (peer->persistent != entry->persistent)
			*changes |= NAAWG_PEER_CHANGE_PERSISTENT_KEEPALIVE;
		naawg_peers_set_persistent(peer, entry->persistent);
	}
	if (peer->dev->running)
		naawg_tx_flush(peer);
	return 0;
}

/*
 * A configuration that is the same for all hosts lists each host among its own peers.
 * That entry is skipped, as one that only updates.
 */
static bool adds_nothing(const struct naawg_dev *dev, const struct naawg_set_peer *entry)
{
	return entry->flags & NAAWG_PEER_FLAG_UPDATE_ONLY ||
	       (dev->identity.set &&
		!memcmp(entry->public, dev->identity.public, NAAWG_KEY_LEN));
}

static int apply_peer(struct naawg_dev *dev, const struct naawg_set *set,
		      struct nlattr *attr, struct list_head *detached,
		      struct naawg_change_report *report)
{
	struct netlink_ext_ack *extack = set->info->extack;
	u8 cmd = NAAWG_CMD_PEER_CHANGED_NTF;
	struct naawg_set_peer entry;
	struct naawg_peer *peer;
	u32 changes = 0;
	int err;

	err = set->form->read_peer(attr, &entry, extack);
	if (err)
		return err;
	peer = naawg_peers_find(dev, entry.public);
	if (entry.flags & NAAWG_PEER_FLAG_REMOVE_ME) {
		if (peer)
			naawg_peers_detach(dev, peer, detached, report);
		return 0;
	}
	if (!peer) {
		if (adds_nothing(dev, &entry))
			return 0;
		peer = add_peer(dev, &entry, attr, extack);
		if (IS_ERR(peer))
			return PTR_ERR(peer);
		cmd = NAAWG_CMD_PEER_ADDED_NTF;
	} else if (entry.preshared &&
		   naawg_peers_set_preshared(peer, entry.preshared)) {
		changes |= NAAWG_PEER_CHANGE_PRESHARED_KEY;
	}
	err = apply_to_peer(peer, set, &entry, &changes, report);
	if (cmd == NAAWG_CMD_PEER_ADDED_NTF)
		naawg_change_report_peer(report, cmd, peer, 0);
	else if (changes)
		naawg_change_report_peer(report, cmd, peer, changes);
	return err;
}

static int apply_peers(struct naawg_dev *dev, const struct naawg_set *set,
		       struct naawg_change_report *report)
{
	LIST_HEAD(detached);
	struct nlattr *attr;
	int err = 0, rem;

	nla_for_each_attr(attr, set->peers, set->peers_len, rem) {
		if (!naawg_set_is_peer(set, attr))
			continue;
		err = apply_peer(dev, set, attr, &detached, report);
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
static int may_configure_socket(struct naawg_dev *dev, const struct naawg_set *set)
{
	struct nlattr *attr = set->attrs[NAAWG_A_DEVICE_LISTEN_PORT] ?:
			      set->attrs[NAAWG_A_DEVICE_FWMARK];
	struct netlink_ext_ack *extack = set->info->extack;

	lockdep_assert_held(&dev->config);
	if (!attr)
		return 0;
	if (!dev->birth_net) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the network namespace the link was created in is gone");
		return -EPERM;
	}
	if (!netlink_ns_capable(set->skb, dev->birth_net->user_ns, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "this needs CAP_NET_ADMIN in the network namespace the link was created in");
		return -EPERM;
	}
	return 0;
}

static int apply_port_and_key(struct naawg_dev *dev, const struct naawg_set *set,
			      struct naawg_change_report *report, bool *new_key)
{
	struct netlink_ext_ack *extack = set->info->extack;
	struct nlattr **attrs = set->attrs;
	struct nlattr *attr;
	int err;

	attr = attrs[NAAWG_A_DEVICE_LISTEN_PORT];
	if (attr) {
		if (naawg_forward_needs_port(dev, nla_get_u16(attr))) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a forward of this interface takes this UDP port; delete it, or choose another port");
			return -EADDRINUSE;
		}
		err = naawg_netdev_set_port(dev, nla_get_u16(attr));
		if (err) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "the UDP port cannot be opened; is it in use?");
			return err;
		}
	}
	attr = attrs[NAAWG_A_DEVICE_PRIVATE_KEY];
	if (attr) {
		err = naawg_peers_set_identity(dev, nla_data(attr), report);
		if (err < 0) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "the private key cannot be used");
			return err;
		}
		*new_key = err;
	}
	return 0;
}

static int apply_request(struct naawg_dev *dev, const struct naawg_set *set,
			 struct naawg_change_report *report)
{
	struct naawg_forbidden *forbidden = NULL;
	struct nlattr **attrs = set->attrs;
	u32 flags = attrs[NAAWG_A_DEVICE_FLAGS] ?
		    nla_get_u32(attrs[NAAWG_A_DEVICE_FLAGS]) : 0;
	struct nlattr *attr;
	bool new_key = false;
	int err, replace = 0;

	err = may_configure_socket(dev, set) ?: naawg_key_check_request(dev, set);
	if (err)
		return err;
	if (set->form->has_forbidden)
		replace = naawg_netlink_read_forbidden(dev, set->info, &forbidden);
	if (replace < 0)
		return replace;
	dev->generation++;
	/* first the steps that can fail */
	err = apply_port_and_key(dev, set, report, &new_key);
	if (err) {
		if (replace)
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
	err = apply_peers(dev, set, report);
	/* after peers were removed, so that they receive no initiation */
	if (new_key)
		naawg_peers_initiate(dev);
	return err;
}

/**
 * naawg_set_device() - change a device as a request asks
 * @dev: the device
 * @set: the request
 *
 * Nothing has changed if the request is malformed, if the caller may not do what it asks
 * for, or if its port or private key cannot be set.
 *
 * Context: process; takes dev->config.
 * Return: 0 or an error, with its text in the extended ack of the request.
 */
int naawg_set_device(struct naawg_dev *dev, const struct naawg_set *set)
{
	struct naawg_change_report report;
	int err = check_request(set);

	if (err)
		return err;
	mutex_lock(&dev->config);
	naawg_change_report_begin(&report, dev, genl_info_net(set->info));
	err = apply_request(dev, set, &report);
	naawg_change_report_end(&report);
	mutex_unlock(&dev->config);
	return err;
}
EXPORT_SYMBOL_NAAWG(naawg_set_device);
