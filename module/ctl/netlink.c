// SPDX-License-Identifier: GPL-2.0
/* Netlink commands get-device and get-stats: what their messages hold. */
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../core/crypto.h"
#include "../rx/chains.h"
#include "caller_report.h"
#include "dump.h"
#include "link_report.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "netlink_put.h"
#include "netlink_wipe.h"
#include "peer_report.h"

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

static int put_time(struct sk_buff *skb, int attr, time64_t seconds)
{
	return seconds ? nla_put_u64_64bit(skb, attr, seconds * NSEC_PER_SEC,
					   NAAWG_A_PEER_PAD) : 0;
}

/* Writes what the messages of a peer tell about the path between the hosts. */
static int put_peer_path(struct sk_buff *skb, struct naawg_peer *peer)
{
	u32 rtt_us = READ_ONCE(peer->rtt_us);
	time64_t last_rx = READ_ONCE(peer->last_rx);
	time64_t last_tx = READ_ONCE(peer->last_tx);

	if ((rtt_us && nla_put_u32(skb, NAAWG_A_PEER_HANDSHAKE_RTT_US, rtt_us)) ||
	    nla_put_u64_64bit(skb, NAAWG_A_PEER_RETRANSMISSIONS,
			      atomic64_read(&peer->retransmissions),
			      NAAWG_A_PEER_PAD) ||
	    nla_put_u64_64bit(skb, NAAWG_A_PEER_LOST_PACKETS,
			      atomic64_read(&peer->sessions.lost),
			      NAAWG_A_PEER_PAD) ||
	    put_time(skb, NAAWG_A_PEER_LAST_RX, last_rx) ||
	    put_time(skb, NAAWG_A_PEER_LAST_TX, last_tx))
		return -EMSGSIZE;
	return 0;
}

/* Writes since when the peer is in its state. */
static int put_peer_since(struct sk_buff *skb, struct naawg_peer *peer)
{
	if (naawg_peer_is_connected(peer))
		return put_time(skb, NAAWG_A_PEER_CONNECTED_SINCE,
				READ_ONCE(peer->connected_since));
	if (naawg_peer_is_attempting(peer) &&
	    put_time(skb, NAAWG_A_PEER_ATTEMPT_SINCE, READ_ONCE(peer->attempt_since)))
		return -EMSGSIZE;
	return READ_ONCE(peer->last_handshake) ? 0 :
	       put_time(skb, NAAWG_A_PEER_ADDED, peer->added);
}

static int naawg_put_peer_stats(struct sk_buff *skb, struct naawg_peer *peer)
{
	if (put_peer_counters(skb, peer) || put_peer_path(skb, peer) ||
	    put_peer_since(skb, peer) ||
	    nla_put_u16(skb, NAAWG_A_PEER_PERSISTENT_KEEPALIVE_INTERVAL,
			peer->persistent))
		return -EMSGSIZE;
	return 0;
}

static int naawg_put_peer_config(struct sk_buff *skb, struct naawg_peer *peer)
{
	if (naawg_netlink_put_preshared(skb, peer) ||
	    nla_put_u32(skb, NAAWG_A_PEER_PROTOCOL_VERSION, 1) ||
	    naawg_netlink_put_endpoint(skb, peer))
		return -EMSGSIZE;
	return naawg_put_peer_stats(skb, peer);
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

/* Writes the attributes that both commands report. */
static int put_common(struct sk_buff *skb, struct naawg_dev *dev, bool config)
{
	if (naawg_netlink_put_identity(skb, dev, config) ||
	    nla_put_u16(skb, NAAWG_A_DEVICE_LISTEN_PORT, dev->port) ||
	    nla_put_u8(skb, NAAWG_A_DEVICE_ANSWER_UNREACHABLE,
		       dev->answer_unreachable))
		return -EMSGSIZE;
	return 0;
}

static int naawg_put_config(struct sk_buff *skb, struct naawg_dev *dev)
{
	return put_common(skb, dev, true) ?:
	       nla_put_u32(skb, NAAWG_A_DEVICE_FWMARK, dev->fwmark);
}

static int naawg_put_stats(struct sk_buff *skb, struct naawg_dev *dev)
{
	return put_common(skb, dev, false) ?:
	       nla_put_u32(skb, NAAWG_A_DEVICE_CHAINS, naawg_chains_verdict()) ?:
	       put_reasons(skb, dev) ?: put_all_counters(skb, dev);
}

/* Writes the forbidden networks that no earlier message had. */
static int naawg_put_forbidden(struct sk_buff *skb, struct naawg_dev *dev, u16 *written)
{
	struct naawg_dump_prefixes walk = {
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
	for (skip = *written; skip && at != &forbidden->list; skip--)
		at = at->next;
	err = naawg_allowedips_walk(&forbidden->list, &at, naawg_dump_prefix, &walk);
	*written += walk.count;
	return err;
}

static const struct naawg_dump_form device_form = {
	.family		= &naawg_nl_family,
	.cmd		= NAAWG_CMD_GET_DEVICE,
	.peer		= NAAWG_A_DEVICE_PEERS,
	.prefix		= NAAWG_A_PEER_ALLOWED_IPS,
	.put_name	= naawg_netlink_put_name,
	.put_device	= naawg_put_config,
	.put_list	= naawg_put_forbidden,
	.put_peer	= naawg_put_peer_config,
};

static const struct naawg_dump_form stats_form = {
	.family		= &naawg_nl_family,
	.cmd		= NAAWG_CMD_GET_STATS,
	.peer		= NAAWG_A_DEVICE_PEERS,
	.put_name	= naawg_netlink_put_name,
	.put_device	= naawg_put_stats,
	.put_peer	= naawg_put_peer_stats,
};

int naawg_nl_get_start(struct netlink_callback *cb)
{
	naawg_dump_start(cb, 0);
	return 0;
}

int naawg_nl_get_done(struct netlink_callback *cb)
{
	return 0;
}

int naawg_nl_get_device_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	/* the reply will contain keys */
	naawg_netlink_wipe_reply(skb);
	return naawg_dump(skb, cb, &device_form);
}

int naawg_nl_get_stats_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return naawg_dump(skb, cb, &stats_form);
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
