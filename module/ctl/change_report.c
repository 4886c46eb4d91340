// SPDX-License-Identifier: GPL-2.0
/* Netlink notifications about changes of the configuration, and who made them. */
#include <linux/cred.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/uidgid.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "change_report.h"
#include "netlink_gen.h"
#include "netlink_prefix.h"
#include "netlink_put.h"

/**
 * naawg_change_report_begin() - begin to report the changes of one request
 * @report: receives the state of the report
 * @dev: the device
 * @net: namespace of the request, alive until the report ends
 *
 * The whole report takes the memory of one message, however many changes it has: a
 * full message is sent before the next one is begun.
 *
 * Context: process, of the thread that makes the request.
 */
void naawg_change_report_begin(struct naawg_change_report *report,
			       struct naawg_dev *dev, struct net *net)
{
	memset(report, 0, sizeof(*report));
	report->dev = dev;
	report->net = net;
	report->wanted = genl_has_listeners(&naawg_nl_family, net,
					    NAAWG_NLGRP_EVENTS);
	if (report->wanted)
		get_random_bytes(&report->key, sizeof(report->key));
}

/* This tells listeners that they missed a notification. */
static void tell_missed(const struct naawg_change_report *report)
{
	genl_set_err(&naawg_nl_family, report->net, 0, NAAWG_NLGRP_EVENTS,
		     -ENOBUFS);
}

/**
 * naawg_change_report_end() - send the last message of a report
 * @report: the report
 *
 * Context: process, may sleep.
 */
void naawg_change_report_end(struct naawg_change_report *report)
{
	struct sk_buff *skb = report->skb;

	if (!skb)
		return;
	report->skb = NULL;
	if (!report->entries) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, report->header);
	genlmsg_multicast_netns(&naawg_nl_family, report->net, skb, 0,
				NAAWG_NLGRP_EVENTS, GFP_KERNEL);
}

/* Writes who makes the change: the present task, unless it belongs to the kernel. */
static int put_author(struct sk_buff *skb, const struct net *net)
{
	uid_t uid = from_kuid(net->user_ns, current_uid());
	char program[TASK_COMM_LEN];

	if (current->flags & PF_KTHREAD)
		return 0;
	if (uid != (uid_t)-1 && nla_put_u32(skb, NAAWG_A_DEVICE_UID, uid))
		return -EMSGSIZE;
	get_task_comm(program, current);
	return nla_put_string(skb, NAAWG_A_DEVICE_PROGRAM, program);
}

static int begin_message(struct naawg_change_report *report, u8 cmd)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return -ENOMEM;
	report->header = genlmsg_put(skb, 0, 0, &naawg_nl_family, 0, cmd);
	if (!report->header || naawg_netlink_put_name(skb, report->dev) ||
	    put_author(skb, report->net)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	report->skb = skb;
	report->cmd = cmd;
	report->entries = false;
	return 0;
}

static int put_entry(struct naawg_change_report *report, u8 cmd,
		     int (*put)(struct sk_buff *skb, const void *entry),
		     const void *entry)
{
	int err = 0;

	if (!report->skb)
		err = begin_message(report, cmd);
	if (!err)
		err = put(report->skb, entry);
	if (!err)
		report->entries = true;
	return err;
}

/**
 * naawg_change_report_put() - report a change that was made
 * @report: the report
 * @cmd: command of the notification
 * @put: function that writes @entry to a message. If it fails, it leaves the message
 *	as it was.
 * @entry: second argument of @put
 *
 * Changes with the same command share a message as long as there is room. A message is
 * sent before one with another command is begun, so listeners see changes in order.
 *
 * Context: process, may sleep.
 */
void naawg_change_report_put(struct naawg_change_report *report, u8 cmd,
			     int (*put)(struct sk_buff *skb, const void *entry),
			     const void *entry)
{
	if (!report->wanted)
		return;
	if (report->cmd != cmd)
		naawg_change_report_end(report);
	if (!put_entry(report, cmd, put, entry))
		return;
	naawg_change_report_end(report);
	if (put_entry(report, cmd, put, entry))
		tell_missed(report);
}

/**
 * struct peer_entry - peer of a notification
 * @peer: the peer
 * @cmd: command of the notification
 * @changes: bits of enum naawg_peer_change
 */
struct peer_entry {
	struct naawg_peer *peer;
	u8 cmd;
	u32 changes;
};

/* Bounds the time that an event takes, as a request may cause thousands of them. */
#define COUNTED_PREFIXES	1024

/**
 * struct prefix_walk - state of writing the first prefixes of a peer
 * @skb: the message
 * @count: number of prefixes of the peer so far, up to COUNTED_PREFIXES
 */
struct prefix_walk {
	struct sk_buff *skb;
	u32 count;
};

static int naawg_put_first_prefixes(const struct naawg_prefix *prefix, void *ctx)
{
	struct prefix_walk *walk = ctx;

	if (walk->count == COUNTED_PREFIXES)
		return 1;
	if (walk->count++ >= NAAWG_REPORTED_PREFIXES)
		return 0;
	return naawg_netlink_put_prefix(walk->skb, NAAWG_A_PEER_ALLOWED_IPS,
					prefix);
}

static int put_settings(struct sk_buff *skb, struct naawg_peer *peer)
{
	struct prefix_walk walk = { .skb = skb };

	if (nla_put_u16(skb, NAAWG_A_PEER_PERSISTENT_KEEPALIVE_INTERVAL,
			peer->persistent) ||
	    naawg_allowedips_walk(&peer->prefixes, NULL,
				  naawg_put_first_prefixes, &walk) < 0)
		return -EMSGSIZE;
	return nla_put_u32(skb, NAAWG_A_PEER_ALLOWED_IPS_TOTAL, walk.count);
}

static int naawg_put_reported_peer(struct sk_buff *skb, const void *ctx)
{
	struct nlattr *nest = nla_nest_start(skb, NAAWG_A_DEVICE_PEERS);
	const struct peer_entry *entry = ctx;
	struct naawg_peer *peer = entry->peer;

	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, NAAWG_A_PEER_PUBLIC_KEY, NAAWG_KEY_LEN,
		    peer->pubkey.key) ||
	    naawg_netlink_put_endpoint(skb, peer) ||
	    naawg_netlink_put_handshake(skb, peer) ||
	    (entry->changes &&
	     nla_put_u32(skb, NAAWG_A_PEER_CHANGES, entry->changes)) ||
	    (entry->cmd != NAAWG_CMD_PEER_REMOVED_NTF &&
	     put_settings(skb, peer))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * naawg_change_report_peer() - report that a peer was added, changed or removed
 * @report: the report
 * @cmd: command of the notification
 * @peer: the peer
 * @changes: bits of enum naawg_peer_change, 0 unless the peer was changed
 *
 * Context: process, dev->config held.
 */
void naawg_change_report_peer(struct naawg_change_report *report, u8 cmd,
			      struct naawg_peer *peer, u32 changes)
{
	const struct peer_entry entry = {
		.peer = peer,
		.cmd = cmd,
		.changes = changes,
	};

	lockdep_assert_held(&report->dev->config);
	naawg_change_report_put(report, cmd, naawg_put_reported_peer, &entry);
}

/**
 * struct keys_entry - public keys of a notification
 * @old: key before the change, NULL for none
 * @new: key after the change, NULL for none
 */
struct keys_entry {
	const u8 *old;
	const u8 *new;
};

static int put_key(struct sk_buff *skb, int type, const u8 *key)
{
	return key ? nla_put(skb, type, NAAWG_KEY_LEN, key) : 0;
}

static int naawg_put_public_keys(struct sk_buff *skb, const void *ctx)
{
	const unsigned char *begin = skb_tail_pointer(skb);
	const struct keys_entry *entry = ctx;

	if (!put_key(skb, NAAWG_A_DEVICE_PUBLIC_KEY, entry->new) &&
	    !put_key(skb, NAAWG_A_DEVICE_OLD_PUBLIC_KEY, entry->old))
		return 0;
	nlmsg_trim(skb, begin);
	return -EMSGSIZE;
}

/**
 * naawg_change_report_identity() - report that the private key was changed
 * @report: the report
 * @old: public key before the change, NULL for none
 *
 * Context: process, dev->config held.
 */
void naawg_change_report_identity(struct naawg_change_report *report,
				  const u8 *old)
{
	const struct naawg_identity *now = &report->dev->identity;
	const struct keys_entry entry = {
		.old = old,
		.new = now->set ? now->public : NULL,
	};

	lockdep_assert_held(&report->dev->config);
	naawg_change_report_put(report, NAAWG_CMD_IDENTITY_CHANGED_NTF,
				naawg_put_public_keys, &entry);
}

/**
 * struct prefix_sum - state of adding up the prefixes of a peer
 * @key: key of the hash
 * @sum: sum of the hashes
 */
struct prefix_sum {
	const siphash_key_t *key;
	u64 sum;
};

static int naawg_add_prefix(const struct naawg_prefix *prefix, void *ctx)
{
	struct prefix_sum *sum = ctx;
	u64 half[2];

	memcpy(half, prefix->addr, sizeof(half));
	sum->sum += siphash_3u64(half[0], half[1],
				 prefix->family << 8 | prefix->len, sum->key);
	return 0;
}

/**
 * naawg_change_report_prefixes() - make a number from the allowed IPs of a peer
 * @report: the report, which is wanted
 * @peer: the peer
 *
 * Within one report, equal numbers mean equal sets of prefixes in any order, but for a
 * chance of 1 in 2^64.
 *
 * Context: process, dev->config held.
 * Return: the number.
 */
u64 naawg_change_report_prefixes(const struct naawg_change_report *report,
				 struct naawg_peer *peer)
{
	struct prefix_sum sum = { .key = &report->key };

	naawg_allowedips_walk(&peer->prefixes, NULL, naawg_add_prefix, &sum);
	return sum.sum;
}
