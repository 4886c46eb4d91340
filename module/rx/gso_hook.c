// SPDX-License-Identifier: GPL-2.0
/*
 * GSO hook: takes GSO packets from the IP layer before UDP segments them.
 *
 * GSO packets from veth, loopback or a bridge reach the IP layer whole, but UDP
 * segments them in front of any tunnel socket. A netfilter hook takes them just
 * before that, after the administrator's own rules. All other packets take the
 * usual path.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/udp.h>
#include <net/xfrm.h>

#include "../outer/frag_buf.h"
#include "../outer/packet.h"
#include "gso_hook.h"

#ifdef CONFIG_NETFILTER

/**
 * struct naawg_gso_hook - netfilter hooks of one device
 * @dev: the device; set once
 * @receive: consumes GSO packets; set once
 * @net: network namespace in which the hooks are registered
 * @ops: hooks for IPv4 and IPv6
 * @rcu: for freeing
 */
struct naawg_gso_hook {
	struct naawg_dev *dev;
	naawg_receive_gso_t receive;
	struct net *net;
	struct nf_hook_ops ops[2];
	struct rcu_head rcu;
};

/*
 * Whether conntrack needs no more of this packet. Its confirm hook runs after ours, so
 * the first packet of a connection must take the usual path.
 */
static bool is_tracked(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	enum ip_conntrack_info info;
	const struct nf_conn *ct = nf_ct_get(skb, &info);

	return !ct || nf_ct_is_confirmed(ct);
#else
	return true;
#endif
}

/*
 * Returns whether UDP would pass the packet to our socket, which is bound to no
 * device. A BPF program or a netfilter rule may have chosen another socket,
 * which the packet may refer to without a reference count. If the packet came
 * through a VRF, UDP passes it only if the namespace allows that.
 */
static bool is_for_our_socket(struct net *net, const struct sk_buff *skb,
			      int sdif)
{
	return !skb->sk &&
	       !rcu_access_pointer(net->bpf.run_array[NETNS_BPF_SK_LOOKUP]) &&
	       udp_sk_bound_dev_eq(net, 0, skb->dev->ifindex, sdif);
}

static bool is_ours(struct naawg_dev *dev, struct sk_buff *skb, u32 offset)
{
	const struct udphdr *udp;

	/* UDP does not segment the chains of naawg_gro_receive() */
	if ((skb_shinfo(skb)->gso_type &
	     (SKB_GSO_UDP_L4 | SKB_GSO_UDP_TUNNEL_CSUM)) != SKB_GSO_UDP_L4 ||
	    skb->encapsulation ||
	    skb_shinfo(skb)->gso_size > NAAWG_FRAG_BUF_MESSAGE ||
	    !READ_ONCE(naawg_batch_rx) || !is_tracked(skb) ||
	    (skb->ip_summed != CHECKSUM_PARTIAL &&
	     skb->ip_summed != CHECKSUM_UNNECESSARY) ||
	    !pskb_may_pull(skb, offset + sizeof(*udp) +
				sizeof(struct naawg_msg_data)))
		return false;
	udp = (const struct udphdr *)(skb->data + offset);
	return ntohs(udp->dest) == READ_ONCE(dev->port) &&
	       ((const struct naawg_msg_data *)(udp + 1))->header.type ==
	       cpu_to_le32(NAAWG_MSG_DATA);
}

static unsigned int steal(struct naawg_gso_hook *hook, struct sk_buff *skb,
			  u32 offset)
{
	__skb_pull(skb, offset);
	skb_reset_transport_header(skb);
	hook->receive(hook->dev, skb);
	return NF_STOLEN;
}

static unsigned int naawg_gso_hook4(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct naawg_gso_hook *hook = priv;
	const struct iphdr *ip = ip_hdr(skb);
	u32 offset;

	if (likely(!skb_is_gso(skb)) || ip->protocol != IPPROTO_UDP)
		return NF_ACCEPT;
	offset = ip_hdrlen(skb);
	if (!is_for_our_socket(state->net, skb, inet_sdif(skb)) ||
	    !is_ours(hook->dev, skb, offset) ||
	    !xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb))
		return NF_ACCEPT;
	return steal(hook, skb, offset);
}

static unsigned int naawg_gso_hook6(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct naawg_gso_hook *hook = priv;
	const u32 offset = sizeof(struct ipv6hdr);

	if (likely(!skb_is_gso(skb)) || ipv6_hdr(skb)->nexthdr != IPPROTO_UDP ||
	    !is_for_our_socket(state->net, skb, inet6_sdif(skb)) ||
	    !is_ours(hook->dev, skb, offset) ||
	    !xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb))
		return NF_ACCEPT;
	return steal(hook, skb, offset);
}

/**
 * naawg_gso_hook_open() - register the hooks of a device
 * @dev: the device; its sockets are open
 * @receive: consumes a GSO packet, data at its UDP header, in softirq under RCU
 *
 * Context: process, dev->config held.
 * Return: 0 or an error.
 */
int naawg_gso_hook_open(struct naawg_dev *dev, naawg_receive_gso_t receive)
{
	static const struct nf_hook_ops ops[2] = {
		{
			.hook = naawg_gso_hook4,
			.pf = NFPROTO_IPV4,
			.hooknum = NF_INET_LOCAL_IN,
			.priority = NF_IP_PRI_LAST - 1,
		}, {
			.hook = naawg_gso_hook6,
			.pf = NFPROTO_IPV6,
			.hooknum = NF_INET_LOCAL_IN,
			.priority = NF_IP6_PRI_LAST - 1,
		},
	};
	struct naawg_gso_hook *hook;
	int err;

	lockdep_assert_held(&dev->config);
	hook = kzalloc(sizeof(*hook), GFP_KERNEL_ACCOUNT);
	if (!hook)
		return -ENOMEM;
	hook->dev = dev;
	hook->receive = receive;
	hook->net = dev->birth_net;
	memcpy(hook->ops, ops, sizeof(ops));
	hook->ops[0].priv = hook;
	hook->ops[1].priv = hook;
	err = nf_register_net_hooks(hook->net, hook->ops,
				    IS_ENABLED(CONFIG_IPV6) ? 2 : 1);
	if (err) {
		kfree(hook);
		return err;
	}
	dev->gso_hook = hook;
	return 0;
}

/**
 * naawg_gso_hook_close() - unregister the hooks of a device
 * @dev: the device; the caller runs synchronize_net() before it closes the rx
 *	queues
 *
 * Context: process, dev->config held; the namespace of birth still exists.
 */
void naawg_gso_hook_close(struct naawg_dev *dev)
{
	lockdep_assert_held(&dev->config);
	if (!dev->gso_hook)
		return;
	nf_unregister_net_hooks(dev->gso_hook->net, dev->gso_hook->ops,
				IS_ENABLED(CONFIG_IPV6) ? 2 : 1);
	kfree_rcu(dev->gso_hook, rcu);
	dev->gso_hook = NULL;
}

#else

int naawg_gso_hook_open(struct naawg_dev *dev, naawg_receive_gso_t receive)
{
	return 0;
}

void naawg_gso_hook_close(struct naawg_dev *dev)
{
}

#endif
