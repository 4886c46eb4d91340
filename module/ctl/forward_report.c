// SPDX-License-Identifier: GPL-2.0
/* Netlink command get-forwards, and notifications about forwards. */
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../nat/forwards.h"
#include "change_report.h"
#include "dump.h"
#include "forward_report.h"
#include "netlink_gen.h"
#include "netlink_put.h"

static size_t size_of(u8 family)
{
	return family == AF_INET ? sizeof(struct in_addr) :
				   sizeof(struct in6_addr);
}

static int put_from(struct sk_buff *skb, const struct naawg_forward_spec *spec)
{
	const struct naawg_prefix *from = &spec->from;

	if (spec->by_peer)
		return nla_put(skb, NAAWG_A_FORWARD_FROM_PEER, NAAWG_KEY_LEN,
			       spec->from_peer);
	if (!from->family)
		return 0;
	return nla_put(skb, NAAWG_A_FORWARD_FROM_ADDRESS, size_of(from->family),
		       from->addr) ?:
	       nla_put_u8(skb, NAAWG_A_FORWARD_FROM_PREFIX_LEN, from->len);
}

static int put_spec(struct sk_buff *skb, const struct naawg_forward_spec *spec)
{
	if (nla_put_u8(skb, NAAWG_A_FORWARD_PROTO, spec->proto) ||
	    nla_put_u16(skb, NAAWG_A_FORWARD_PORT, spec->first))
		return -EMSGSIZE;
	if (spec->last != spec->first &&
	    nla_put_u16(skb, NAAWG_A_FORWARD_PORT_LAST, spec->last))
		return -EMSGSIZE;
	if (spec->family &&
	    nla_put(skb, NAAWG_A_FORWARD_ADDRESS, size_of(spec->family),
		    spec->addr))
		return -EMSGSIZE;
	if (spec->to_port != spec->first &&
	    nla_put_u16(skb, NAAWG_A_FORWARD_TO_PORT, spec->to_port))
		return -EMSGSIZE;
	if (spec->egress[0] &&
	    nla_put_string(skb, NAAWG_A_FORWARD_EGRESS, spec->egress))
		return -EMSGSIZE;
	if (!spec->masquerade &&
	    nla_put_u32(skb, NAAWG_A_FORWARD_FLAGS,
			NAAWG_FORWARD_FLAG_NO_MASQUERADE))
		return -EMSGSIZE;
	return put_from(skb, spec);
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, NAAWG_A_FORWARD_PAD);
}

static int put_forward_counters(struct sk_buff *skb,
				const struct naawg_forward *forward)
{
	u64 last_use = READ_ONCE(forward->last_use);
	struct naawg_forward_stats sum;

	naawg_forward_sum(forward, &sum);
	if (put_u64(skb, NAAWG_A_FORWARD_CONNECTIONS, sum.connections) ||
	    put_u64(skb, NAAWG_A_FORWARD_RX_PACKETS, sum.rx_packets) ||
	    put_u64(skb, NAAWG_A_FORWARD_RX_BYTES, sum.rx_bytes) ||
	    put_u64(skb, NAAWG_A_FORWARD_TX_PACKETS, sum.tx_packets) ||
	    put_u64(skb, NAAWG_A_FORWARD_TX_BYTES, sum.tx_bytes))
		return -EMSGSIZE;
	if (last_use)
		return put_u64(skb, NAAWG_A_FORWARD_LAST_USE,
			       last_use * NSEC_PER_SEC);
	return 0;
}

static int put_forward(struct sk_buff *skb, int type,
		       const struct naawg_forward *forward)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (put_spec(skb, &forward->spec) || put_forward_counters(skb, forward)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Writes the forwards that no earlier message had. */
static int naawg_put_forwards(struct sk_buff *skb, struct naawg_dev *dev, u16 *written)
{
	const struct naawg_forward_table *table;

	table = rcu_dereference_protected(dev->forwards->table,
					  lockdep_is_held(&dev->config));
	for (; table && *written < table->count; (*written)++) {
		if (put_forward(skb, NAAWG_A_DEVICE_FORWARDS, table->forward[*written]))
			return -EMSGSIZE;
	}
	return 0;
}

static u64 naawg_forwards_generation(const struct naawg_dev *dev)
{
	return dev->forwards->generation;
}

static const struct naawg_dump_form form = {
	.family		= &naawg_nl_family,
	.cmd		= NAAWG_CMD_GET_FORWARDS,
	.generation	= naawg_forwards_generation,
	.put_name	= naawg_netlink_put_name,
	.put_list	= naawg_put_forwards,
};

int naawg_nl_get_forwards_start(struct netlink_callback *cb)
{
	naawg_dump_start(cb, 0);
	return 0;
}

int naawg_nl_get_forwards_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	return naawg_dump(skb, cb, &form);
}

/**
 * struct forward_entry - forward of a notification
 * @forward: the forward
 * @old: the forward that it replaces, NULL for none
 */
struct forward_entry {
	const struct naawg_forward *forward;
	const struct naawg_forward *old;
};

static int naawg_put_reported_forward(struct sk_buff *skb, const void *ctx)
{
	const struct forward_entry *entry = ctx;
	const unsigned char *begin = skb_tail_pointer(skb);

	if (put_forward(skb, NAAWG_A_DEVICE_FORWARDS, entry->forward))
		return -EMSGSIZE;
	if (!entry->old ||
	    !put_forward(skb, NAAWG_A_DEVICE_OLD_FORWARDS, entry->old))
		return 0;
	nlmsg_trim(skb, begin);
	return -EMSGSIZE;
}

/*
 * Finds the forward of a table that has the same protocol, ports and family as one of
 * another table, and another spec: one of them replaces the other.
 */
static struct naawg_forward *
find_counterpart(const struct naawg_forward_table *table,
		 const struct naawg_forward *forward)
{
	const struct naawg_forward_spec *spec = &forward->spec;
	struct naawg_forward *found;

	found = naawg_forward_find(table, spec->family ?: AF_INET, spec->proto,
				   spec->first);
	if (!found || found->spec.last != spec->last ||
	    found->spec.family != spec->family ||
	    !memcmp(&found->spec, spec, sizeof(*spec)))
		return NULL;
	return found;
}

/* Reports those forwards of a list that replace another one, or those that do not. */
static void report_list(struct naawg_change_report *report, u8 cmd,
			const struct list_head *list,
			const struct naawg_forward_table *other)
{
	bool changed = cmd == NAAWG_CMD_FORWARD_CHANGED_NTF;
	struct forward_entry entry = {};

	list_for_each_entry(entry.forward, list, link) {
		entry.old = find_counterpart(other, entry.forward);
		if (changed != !!entry.old)
			continue;
		naawg_change_report_put(report, cmd, naawg_put_reported_forward, &entry);
	}
}

/**
 * naawg_forward_report_change() - report which forwards a change removed and added
 * @report: the report
 * @change: the change, committed
 *
 * Context: process, dev->config held.
 */
void naawg_forward_report_change(struct naawg_change_report *report,
				 const struct naawg_forward_change *change)
{
	const struct naawg_forward_table *now, *before = change->table;

	now = rcu_dereference_protected(report->dev->forwards->table,
					lockdep_is_held(&report->dev->config));
	if (!report->wanted)
		return;
	report_list(report, NAAWG_CMD_FORWARD_REMOVED_NTF, &change->removed, now);
	report_list(report, NAAWG_CMD_FORWARD_CHANGED_NTF, &change->added, before);
	report_list(report, NAAWG_CMD_FORWARD_ADDED_NTF, &change->added, before);
}
