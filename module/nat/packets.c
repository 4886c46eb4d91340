// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter hooks for forwards and forbidden networks.
 *
 * The kernel's connection tracking and address translation redirect the packets of a
 * forward. The hooks here choose the destination of a new connection, check packets
 * and count them.
 *
 * Our hooks use nf_nat as iptables and nft do, and run after those. So a rule of the
 * administrator for the same packets wins.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/netfilter/nf_nat.h>
#include <net/netfilter/nf_nat_masquerade.h>

#include "../state/peer.h"
#include "match.h"
#include "packets.h"

/* Just after the hooks of iptables, nft and nf_nat. */
#define PRI_BIND	(NF_IP_PRI_NAT_DST + 1)
#define PRI_MASQUERADE	(NF_IP_PRI_NAT_SRC + 1)
/* Just before the administrator's filter. */
#define PRI_REFUSE	(NF_IP_PRI_FILTER - 1)

static const struct net_device_ops *our_link_ops;

/**
 * naawg_packets_setup() - remember the operations by which links are recognised
 * @link_ops: operations of our links
 */
void naawg_packets_setup(const struct net_device_ops *link_ops)
{
	our_link_ops = link_ops;
}

/**
 * naawg_packets_dev() - find the naawg device of a network device
 * @netdev: any network device, or NULL
 *
 * Context: any.
 * Return: the naawg device, or NULL if @netdev is not one of our links.
 */
struct naawg_dev *naawg_packets_dev(const struct net_device *netdev)
{
	if (!netdev || netdev->netdev_ops != our_link_ops)
		return NULL;
	return netdev_priv(netdev);
}

/*
 * Finds the naawg device that received a packet. After routing, the input device of
 * the hook may be the VRF of the link. The packet then still has the link's index.
 */
static struct naawg_dev *receiving_dev(const struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	const struct net_device *in = state->in;

	if (in && netif_is_l3_master(in))
		in = dev_get_by_index_rcu(state->net,
					  state->pf == NFPROTO_IPV4 ?
					  IPCB(skb)->iif : IP6CB(skb)->iif);
	return naawg_packets_dev(in);
}

static struct naawg_forward_table *table_of(const struct naawg_dev *dev)
{
	return rcu_dereference(dev->forwards->table);
}

/* Finds the forward that applies to a new connection with this tuple. */
static struct naawg_forward *match(const struct naawg_dev *dev,
				   const struct nf_conntrack_tuple *tuple)
{
	struct naawg_forward *forward;

	forward = naawg_forward_find(table_of(dev), tuple->src.l3num,
				     tuple->dst.protonum,
				     ntohs(tuple->dst.u.all));
	if (forward && naawg_forward_is_own_address(dev, tuple->src.l3num,
						    &tuple->dst.u3))
		return forward;
	return NULL;
}

/* Sets the destination of a new connection from the tunnel. */
static unsigned int naawg_bind_destination(void *priv, struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	const struct naawg_dev *dev = naawg_packets_dev(state->in);
	const struct nf_conntrack_tuple *tuple;
	struct nf_nat_range2 range = { };
	struct naawg_forward *forward;
	enum ip_conntrack_info info;
	union nf_inet_addr addr;
	struct nf_conn *ct;
	__be16 port;

	if (!dev)
		return NF_ACCEPT;
	ct = nf_ct_get(skb, &info);
	if (!ct || info != IP_CT_NEW)
		return NF_ACCEPT;
	tuple = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	forward = match(dev, tuple);
	if (!forward || !naawg_forward_admits(forward, dev, tuple->src.l3num,
					      &tuple->src.u3))
		return NF_ACCEPT;
	this_cpu_inc(forward->stats->connections);
	naawg_forward_target(forward, tuple, &addr, &port);
	if (port == tuple->dst.u.all && nf_inet_addr_cmp(&addr, &tuple->dst.u3))
		return NF_ACCEPT;
	range.flags = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED;
	range.min_addr = addr;
	range.max_addr = addr;
	range.min_proto.all = port;
	range.max_proto.all = port;
	return nf_nat_setup_info(ct, &range, NF_NAT_MANIP_DST);
}

/* Masquerades an outgoing connection, so that its answers come back to this host. */
static unsigned int naawg_masquerade(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	const struct naawg_dev *dev = receiving_dev(skb, state);
	const struct nf_nat_range2 range = { };
	const struct naawg_forward *forward;
	enum ip_conntrack_info info;
	struct nf_conn *ct;

	if (!dev)
		return NF_ACCEPT;
	ct = nf_ct_get(skb, &info);
	if (!ct || info != IP_CT_NEW || !(ct->status & IPS_DST_NAT))
		return NF_ACCEPT;
	forward = naawg_forward_of(dev, table_of(dev), ct);
	if (!forward || !forward->spec.masquerade)
		return NF_ACCEPT;
	if (state->pf == NFPROTO_IPV4)
		return nf_nat_masquerade_ipv4(skb, state->hook, &range,
					      state->out);
	if (IS_ENABLED(CONFIG_IPV6))
		return nf_nat_masquerade_ipv6(skb, &range, state->out);
	return NF_ACCEPT;
}

static void update_last_use(struct naawg_forward *forward)
{
	time64_t now = ktime_get_real_seconds();

	/* one write a second, not one a packet: other CPUs read the same cache line */
	if (READ_ONCE(forward->last_use) != now)
		WRITE_ONCE(forward->last_use, now);
}

/* Finds the forward that made a packet's connection; NULL in the other direction. */
static struct naawg_forward *forward_of_skb(const struct naawg_dev *dev,
					    const struct sk_buff *skb,
					    enum ip_conntrack_dir dir)
{
	const struct naawg_forward_table *table;
	enum ip_conntrack_info info;
	const struct nf_conn *ct;

	if (!dev)
		return NULL;
	table = table_of(dev);
	if (!table)
		return NULL;
	ct = nf_ct_get(skb, &info);
	if (!ct || CTINFO2DIR(info) != dir)
		return NULL;
	return naawg_forward_of(dev, table, ct);
}

static unsigned int naawg_count_rx(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct naawg_forward *forward;

	forward = forward_of_skb(naawg_packets_dev(state->in), skb, IP_CT_DIR_ORIGINAL);
	if (forward) {
		this_cpu_add(forward->stats->rx_packets, naawg_packets_in(skb));
		this_cpu_add(forward->stats->rx_bytes, naawg_bytes_in(skb));
		update_last_use(forward);
	}
	return NF_ACCEPT;
}

static unsigned int naawg_count_tx(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct naawg_forward *forward;

	forward = forward_of_skb(naawg_packets_dev(state->out), skb, IP_CT_DIR_REPLY);
	if (forward) {
		this_cpu_add(forward->stats->tx_packets, naawg_packets_in(skb));
		this_cpu_add(forward->stats->tx_bytes, naawg_bytes_in(skb));
		update_last_use(forward);
	}
	return NF_ACCEPT;
}

/*
 * Checks the destination of every packet. A connection may be older than the ban of
 * its destination, it may outlive its forward, and a rule of the administrator may
 * have redirected it. The peer is found by the source address, which is not
 * masqueraded yet.
 */
static bool is_forbidden(struct naawg_dev *dev, const struct sk_buff *skb)
{
	const struct naawg_forbidden *forbidden;
	enum ip_conntrack_info info;
	struct naawg_peer *peer;

	forbidden = rcu_dereference(dev->forbidden);
	if (likely(!forbidden))
		return false;
	if (!nf_ct_get(skb, &info) || CTINFO2DIR(info) != IP_CT_DIR_ORIGINAL ||
	    !naawg_forbidden_meets(forbidden, skb_network_header(skb)))
		return false;
	naawg_reason_add(dev, NAAWG_R_FORBIDDEN, naawg_packets_in(skb));
	DEV_STATS_ADD(dev->netdev, rx_dropped, naawg_packets_in(skb));
	peer = skb->protocol == htons(ETH_P_IP) ?
	       naawg_allowedips_lookup4(&dev->allowedips, ip_hdr(skb)->saddr) :
	       naawg_allowedips_lookup6(&dev->allowedips,
					&ipv6_hdr(skb)->saddr);
	if (peer)
		WRITE_ONCE(peer->last_reason, NAAWG_R_FORBIDDEN);
	return true;
}

/* For "dev eth0": drops packets that the route sends to another interface. */
static unsigned int naawg_check_egress(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	const struct naawg_forward_table *table;
	struct naawg_dev *dev = receiving_dev(skb, state);
	const struct naawg_forward *forward;

	if (!dev)
		return NF_ACCEPT;
	if (unlikely(is_forbidden(dev, skb)))
		return NF_DROP;
	table = table_of(dev);
	if (likely(!table || !table->egress))
		return NF_ACCEPT;
	forward = forward_of_skb(dev, skb, IP_CT_DIR_ORIGINAL);
	if (!forward || !forward->spec.egress[0] ||
	    !strcmp(forward->spec.egress, state->out->name))
		return NF_ACCEPT;
	if (state->pf == NFPROTO_IPV4)
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, 0);
	else
		icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED, 0);
	return NF_DROP;
}

/*
 * For "from": a source that may not use a forward must not reach the same port of
 * this host instead. The source gets the answer of a closed port.
 */
static unsigned int naawg_refuse_unforwarded(void *priv, struct sk_buff *skb,
					     const struct nf_hook_state *state)
{
	struct naawg_dev *dev = receiving_dev(skb, state);
	const struct nf_conntrack_tuple *tuple;
	const struct naawg_forward *forward;
	enum ip_conntrack_info info;
	const struct nf_conn *ct;

	if (!dev)
		return NF_ACCEPT;
	if (unlikely(is_forbidden(dev, skb)))
		return NF_DROP;
	ct = nf_ct_get(skb, &info);
	if (!ct || info != IP_CT_NEW || ct->status & IPS_DST_NAT)
		return NF_ACCEPT;
	tuple = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	forward = match(dev, tuple);
	if (!forward || naawg_forward_admits(forward, dev, tuple->src.l3num,
					     &tuple->src.u3))
		return NF_ACCEPT;
	if (state->pf == NFPROTO_IPV4)
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	else
		icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0);
	return NF_DROP;
}

#define HOOK(_hook, _pf, _hooknum, _priority)				\
	{								\
		.hook = (_hook), .pf = (_pf),				\
		.hooknum = (_hooknum), .priority = (_priority),		\
	}

/* Hooks that nf_nat calls for new connections only. */
const struct nf_hook_ops naawg_nat_ops[NAAWG_NAT_OPS] = {
	HOOK(naawg_bind_destination, NFPROTO_IPV4, NF_INET_PRE_ROUTING, PRI_BIND),
	HOOK(naawg_masquerade, NFPROTO_IPV4, NF_INET_POST_ROUTING, PRI_MASQUERADE),
#if IS_ENABLED(CONFIG_IPV6)
	HOOK(naawg_bind_destination, NFPROTO_IPV6, NF_INET_PRE_ROUTING, PRI_BIND),
	HOOK(naawg_masquerade, NFPROTO_IPV6, NF_INET_POST_ROUTING, PRI_MASQUERADE),
#endif
};

/* Hooks that netfilter calls for every packet of the namespace. */
const struct nf_hook_ops naawg_packet_ops[NAAWG_PACKET_OPS] = {
	HOOK(naawg_count_rx, NFPROTO_IPV4, NF_INET_PRE_ROUTING, PRI_BIND),
	HOOK(naawg_count_tx, NFPROTO_IPV4, NF_INET_POST_ROUTING, PRI_MASQUERADE),
	HOOK(naawg_check_egress, NFPROTO_IPV4, NF_INET_FORWARD, PRI_REFUSE),
	HOOK(naawg_refuse_unforwarded, NFPROTO_IPV4, NF_INET_LOCAL_IN, PRI_REFUSE),
#if IS_ENABLED(CONFIG_IPV6)
	HOOK(naawg_count_rx, NFPROTO_IPV6, NF_INET_PRE_ROUTING, PRI_BIND),
	HOOK(naawg_count_tx, NFPROTO_IPV6, NF_INET_POST_ROUTING, PRI_MASQUERADE),
	HOOK(naawg_check_egress, NFPROTO_IPV6, NF_INET_FORWARD, PRI_REFUSE),
	HOOK(naawg_refuse_unforwarded, NFPROTO_IPV6, NF_INET_LOCAL_IN, PRI_REFUSE),
#endif
};
