// SPDX-License-Identifier: GPL-2.0
/* ICMP errors to senders of inner packets that cannot be delivered. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/route.h>

#include "icmp.h"

/**
 * naawg_icmp_unreachable() - tell a sender that the host is unreachable
 * @skb: inner packet as the network stack transmitted it
 *
 * Context: bottom halves off.
 */
void naawg_icmp_unreachable(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH,
				0);
}

/* ICMP reads the namespace and the type of destination from the IPv4 route. */
static bool find_route(struct naawg_dev *dev, struct sk_buff *skb)
{
	struct flowi4 fl = {
		.daddr = ip_hdr(skb)->daddr,
		.flowi4_oif = dev->netdev->ifindex,
	};
	struct rtable *rt;

	rt = ip_route_output_key(dev_net(dev->netdev), &fl);
	if (IS_ERR(rt))
		return false;
	skb_dst_drop(skb);
	skb_dst_set(skb, &rt->dst);
	return true;
}

/**
 * naawg_icmp_staged() - tell the sender of a staged packet that it is dropped
 * @dev: the device
 * @skb: inner packet without a route, or an empty keepalive, which has no
 *	sender
 *
 * Context: softirq.
 */
void naawg_icmp_staged(struct naawg_dev *dev, struct sk_buff *skb)
{
	if (!skb->len)
		return;
	rcu_read_lock();
	if (skb->protocol != htons(ETH_P_IP) || find_route(dev, skb))
		naawg_icmp_unreachable(skb);
	rcu_read_unlock();
}
