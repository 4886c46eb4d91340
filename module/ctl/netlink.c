// SPDX-License-Identifier: GPL-2.0
/* Netlink commands get-device and get-stats: dumps in any number of messages. */
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../core/crypto.h"
#include "../rx/chains.h"
#include "caller_report.h"
#include "link_report.h"
#include "peers.h"
#include "netdev.h"
#include "netlink.h"
#include "netlink_dev.h"
#include "netlink_gen.h"
#include "netlink_prefix.h"
#include "netlink_put.h"
#include "netlink_wipe.h"
#include "peer_report.h"

/**
 * struct dump - position of a dump
 * @peer_id: id of the next peer to dump
 * @prefixes: number of its allowed IPs that were dumped already
 * @at: position of its next allowed IP, valid while the table's seq is @seq
 * @seq: seq of the table of allowed IPs at the time of @at
 * @serial: serial of the device
 * @ifindex: index of the device, which is looked up again for each message, so that
 *	a slow reader does not delay its deletion
 * @forbidden: number of forbidden networks that were dumped already
 * @begun: the attributes of the device itself were dumped
 * @done: the dump is complete
 */
struct dump {
	u64 peer_id;
	unsigned long prefixes;
	struct list_head *at;
	u64 seq;
	u64 serial;
	int ifindex;
	u16 forbidden;
	bool begun;
	bool done;
};

static struct dump *dump_state(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump) > sizeof(cb->ctx));
	return (struct dump *)cb->ctx;
}

int naawg_nl_get_start(struct netlink_callback *cb)
{
	struct dump *dump = dump_state(cb);

	memset(dump, 0, sizeof(*dump));
	return 0;
}

int naawg_nl_get_done(struct netlink_callback *cb)
{
	return 0;
}

/**
 * struct prefix_walk - state of writing prefixes to a message
 * @skb: the message
 * @type: attribute type of each prefix
 * @count: number of prefixes written
 */
struct prefix_walk {
	struct sk_buff *skb;
	int type;
	unsigned long count;
};

static int naawg_count_prefix(const struct naawg_prefix *prefix, void *ctx)
{
	struct prefix_walk *walk = ctx;
	int err = naawg_netlink_put_prefix(walk->skb, walk->type, prefix);

	if (!err)
		walk->count++;
	return err;
}

/*
 * Continues where the last message ended. If the table has changed since, the
 * position is found by counting.
 */
static int put_prefixes(struct naawg_peer *peer, struct dump *dump,
			struct prefix_walk *walk)
{
	u64 seq = peer->dev->allowedips.seq;
	unsigned long skip = dump->prefixes;

	if (!skip || dump->seq != seq) {
		dump->at = peer->prefixes.next;
		for (; skip && dump->at != &peer->prefixes; skip--)
			dump->at = dump->at->next;
	}
	dump->seq = seq;
	return naawg_allowedips_walk(&peer->prefixes, &dump->at, naawg_count_prefix,
				     walk);
}

static int put_preshared(struct sk_buff *skb, struct naawg_peer *peer)
{
	int err;

	mutex_lock(&peer->handshake_lock);
	err = nla_put(skb, NAAWG_A_PEER_PRESHARED_KEY, NAAWG_KEY_LEN,
		      peer->handshake.preshared);
	mutex_unlock(&peer->handshake_lock);
	return err;
}

static int put_peer_counters(struct sk_buff *skb, struct naawg_peer *peer)
{
	enum naawg_reason reason = READ_ONCE(peer->last_reason);

	if (naawg_netlink_put_handshake(skb, peer) ||
	    nla_put_u64_64bit(skb, NAAWG_A_PEER_RX_BYTES,
			      atomic64_read(&peer->rx_bytes),
			      NAAWG_A_PEER_PAD) ||
	    nla_put_u64_64bit(skb, NAAWG_A_PEER_TX_BYTES,
			      atomic64_read(&peer->tx_bytes),
			      NAAWG_A_PEER_PAD) ||
	    nla_put_u64_64bit(skb, NAAWG_A_PEER_RX_PACKETS,
			      atomic64_read(&peer->rx_packets),
			      NAAWG_A_PEER_PAD) ||
	    nla_put_u64_64bit(skb, NAAWG_A_PEER_TX_PACKETS,
			      atomic64_read(&peer->tx_packets),
			      NAAWG_A_PEER_PAD))
		return -EMSGSIZE;
	if (naawg_peer_is_connected(peer) &&
	    nla_put_flag(skb, NAAWG_A_PEER_CONNECTED))
		return -EMSGSIZE;
	if (naawg_timers_is_unreachable(&peer->timers) &&
	    nla_put_flag(skb, NAAWG_A_PEER_UNREACHABLE))
		return -EMSGSIZE;
	if (naawg_timers_is_asked(&peer->timers) &&
	    nla_put_flag(skb, NAAWG_A_PEER_REKEYING))
		return -EMSGSIZE;
	if (reason && nla_put_string(skb, NAAWG_A_PEER_LAST_REASON,
				     naawg_reason_name(reason)))
		return -EMSGSIZE;
	return 0;
}

/* Writes all attributes of a peer except its allowed IPs. */
static int put_peer_itself(struct sk_buff *skb, struct naawg_peer *peer,
			   bool config)
{
	if (config &&
	    (put_preshared(skb, peer) ||
	     nla_put_u32(skb, NAAWG_A_PEER_PROTOCOL_VERSION, 1) ||
	     naawg_netlink_put_endpoint(skb, peer)))
		return -EMSGSIZE;
	if (put_peer_counters(skb, peer) ||
	    nla_put_u16(skb, NAAWG_A_PEER_PERSISTENT_KEEPALIVE_INTERVAL,
			peer->persistent))
		return -EMSGSIZE;
	return 0;
}

static int put_peer_entry(struct sk_buff *skb, struct naawg_peer *peer,
			  struct dump *dump, bool config)
{
	struct prefix_walk walk = {
		.skb = skb,
		.type = NAAWG_A_PEER_ALLOWED_IPS,
	};
	struct nlattr *nest;
	int err = 0;

	nest = nla_nest_start(skb, NAAWG_A_DEVICE_PEERS);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, NAAWG_A_PEER_PUBLIC_KEY, NAAWG_KEY_LEN,
		    peer->pubkey.key) ||
	    (!dump->prefixes && put_peer_itself(skb, peer, config))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	if (config)
		err = put_prefixes(peer, dump, &walk);
	if (err && !walk.count) {
		/* no prefix fits, so the whole entry goes to the next message */
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	dump->prefixes = err ? dump->prefixes + walk.count : 0;
	return err;
}

static int put_peers(struct sk_buff *skb, struct naawg_dev *dev,
		     struct dump *dump, bool config)
{
	struct naawg_peer *peer = naawg_peers_from(dev, dump->peer_id);
	int err;

	if (!peer)
		return 0;
	list_for_each_entry_from(peer, &dev->peers, link) {
		if (peer->id != dump->peer_id)
			/* the peer that was dumped in part is gone */
			dump->prefixes = 0;
		dump->peer_id = peer->id;
		err = put_peer_entry(skb, peer, dump, config);
		if (err)
			return err;
		dump->peer_id = peer->id + 1;
	}
	return 0;
}

static int put_identity(struct sk_buff *skb, struct naawg_dev *dev, bool config)
{
	int err = 0;

	down_read(&dev->identity_lock);
	if (dev->identity.set) {
		if (config)
			err = nla_put(skb, NAAWG_A_DEVICE_PRIVATE_KEY,
				      NAAWG_KEY_LEN, dev->identity.private);
		if (!err)
			err = nla_put(skb, NAAWG_A_DEVICE_PUBLIC_KEY,
				      NAAWG_KEY_LEN, dev->identity.public);
	}
	up_read(&dev->identity_lock);
	return err;
}

static int put_reasons(struct sk_buff *skb, struct naawg_dev *dev)
{
	enum naawg_reason reason;

	for (reason = NAAWG_OK + 1; reason < NAAWG_REASON_COUNT; reason++) {
		struct nlattr *nest;

		nest = nla_nest_start(skb, NAAWG_A_DEVICE_REASONS);
		if (!nest ||
		    nla_put_string(skb, NAAWG_A_REASON_NAME,
				   naawg_reason_name(reason)) ||
		    nla_put_u64_64bit(skb, NAAWG_A_REASON_COUNT,
				      naawg_reason_total(dev, reason),
				      NAAWG_A_REASON_PAD) ||
		    (naawg_reason_is_handshake(reason) &&
		     nla_put_flag(skb, NAAWG_A_REASON_HANDSHAKE)))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_counter(struct sk_buff *skb, const char *name, u64 count)
{
	struct nlattr *nest = nla_nest_start(skb, NAAWG_A_DEVICE_COUNTERS);

	if (!nest || nla_put_string(skb, NAAWG_A_COUNTER_NAME, name) ||
	    nla_put_u64_64bit(skb, NAAWG_A_COUNTER_COUNT, count,
			      NAAWG_A_COUNTER_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_all_counters(struct sk_buff *skb, struct naawg_dev *dev)
{
	enum naawg_counter counter;

	for (counter = 0; counter < NAAWG_COUNTER_COUNT; counter++) {
		if (put_counter(skb, naawg_counter_name(counter),
				naawg_counter_total(dev, counter)))
			return -EMSGSIZE;
	}
	return 0;
}

static int put_device_itself(struct sk_buff *skb, struct naawg_dev *dev,
			     bool config)
{
	if (put_identity(skb, dev, config) ||
	    nla_put_u16(skb, NAAWG_A_DEVICE_LISTEN_PORT, dev->port) ||
	    nla_put_u8(skb, NAAWG_A_DEVICE_ANSWER_UNREACHABLE,
		       dev->answer_unreachable))
		return -EMSGSIZE;
	if (config)
		return nla_put_u32(skb, NAAWG_A_DEVICE_FWMARK, dev->fwmark);
	return nla_put_u32(skb, NAAWG_A_DEVICE_CHAINS, naawg_chains_verdict()) ?:
	       put_reasons(skb, dev) ?: put_all_counters(skb, dev);
}

/* Writes the networks that no earlier message had. */
static int put_forbidden(struct sk_buff *skb, struct naawg_dev *dev,
			 struct dump *dump)
{
	struct prefix_walk walk = {
		.skb = skb,
		.type = NAAWG_A_DEVICE_FORBIDDEN,
	};
	struct naawg_forbidden *forbidden;
	struct list_head *at;
	unsigned int skip;
	int err;

	forbidden = rcu_dereference_protected(dev->forbidden,
					      lockdep_is_held(&dev->config));
	if (!forbidden)
		return 0;
	at = forbidden->list.next;
	for (skip = dump->forbidden; skip && at != &forbidden->list; skip--)
		at = at->next;
	err = naawg_allowedips_walk(&forbidden->list, &at, naawg_count_prefix, &walk);
	dump->forbidden += walk.count;
	return err;
}

/* Fills one message; -EMSGSIZE if the dump is not complete yet. */
static int put_message(struct sk_buff *skb, struct naawg_dev *dev,
		       struct dump *dump, bool config)
{
	int err;

	if (naawg_netlink_put_name(skb, dev))
		return -EMSGSIZE;
	if (!dump->begun) {
		err = put_device_itself(skb, dev, config);
		if (err)
			return err;
		dump->begun = true;
	}
	if (config) {
		err = put_forbidden(skb, dev, dump);
		if (err)
			return err;
	}
	return put_peers(skb, dev, dump, config);
}

static int dump_device(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	bool config = cmd == NAAWG_CMD_GET_DEVICE;
	struct dump *dump = dump_state(cb);
	struct net_device *netdev;
	struct dump before = *dump;
	struct naawg_dev *dev;
	void *header;
	int err;

	if (dump->done)
		return 0;
	netdev = naawg_netlink_dump_device(cb, &dump->ifindex);
	if (IS_ERR(netdev))
		return PTR_ERR(netdev);
	dev = netdev_priv(netdev);
	if (dump->begun && dump->serial != dev->serial) {
		/* another device has the index now */
		dev_put(netdev);
		NL_SET_ERR_MSG_MOD(cb->extack, "the interface is gone");
		return -ENODEV;
	}
	dump->serial = dev->serial;
	err = -EMSGSIZE;
	mutex_lock(&dev->config);
	cb->seq = (unsigned int)(dev->generation + dev->allowedips.seq) ?: 1;
	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &naawg_nl_family, NLM_F_MULTI,
			     cmd);
	if (!header)
		goto out;
	genl_dump_check_consistent(cb, header);
	err = put_message(skb, dev, dump, config);
	if (err == -EMSGSIZE && before.begun == dump->begun &&
	    before.forbidden == dump->forbidden &&
	    before.peer_id == dump->peer_id &&
	    before.prefixes == dump->prefixes) {
		/* not even one peer fits */
		genlmsg_cancel(skb, header);
		goto out;
	}
	genlmsg_end(skb, header);
	dump->done = !err;
	err = skb->len;
out:
	mutex_unlock(&dev->config);
	dev_put(netdev);
	return err;
}

int naawg_nl_get_device_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	/* the reply will contain keys */
	naawg_netlink_wipe_reply(skb);
	return dump_device(skb, cb, NAAWG_CMD_GET_DEVICE);
}

int naawg_nl_get_stats_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_device(skb, cb, NAAWG_CMD_GET_STATS);
}

/* The generated table of groups does not ask for a capability; this one does. */
static const struct genl_multicast_group groups[] = {
	[NAAWG_NLGRP_EVENTS] = {
		.name	= NAAWG_MCGRP_EVENTS,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

/**
 * naawg_netlink_setup() - register the netlink family
 *
 * Context: process; before the first device, as devices send notifications.
 * Return: 0 or an error.
 */
int __init naawg_netlink_setup(void)
{
	int err;

	naawg_peer_report_setup();
	naawg_caller_report_setup();
	naawg_nl_family.mcgrps = groups;
	naawg_nl_family.n_mcgrps = ARRAY_SIZE(groups);
	err = genl_register_family(&naawg_nl_family);
	if (err)
		return err;
	err = naawg_link_report_setup();
	if (err)
		genl_unregister_family(&naawg_nl_family);
	return err;
}

/**
 * naawg_netlink_teardown() - unregister the netlink family
 */
void naawg_netlink_teardown(void)
{
	naawg_link_report_teardown();
	genl_unregister_family(&naawg_nl_family);
}
