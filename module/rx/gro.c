// SPDX-License-Identifier: GPL-2.0
/*
 * Receive offload callback that chains the datagrams of one session.
 *
 * Datagrams that arrive one by one are chained in the receive offload of the
 * device they arrive on. So firewall, routing and UDP process one packet. The
 * chain has the kernel's own form, a list of complete datagrams. If it goes to
 * any other receiver, the kernel segments it into the datagrams that arrived.
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/gro.h>
#include <net/route.h>

#include "../outer/frag_buf.h"
#include "../outer/packet.h"
#include "chains.h"
#include "gro.h"

/* Longest chain: one NAPI poll receives no more datagrams. */
#define CHAIN_MAX	64

/**
 * struct naawg_gro_cache - local addresses of the newest datagrams on one CPU
 * @local4: IPv4 address, 0 for none
 * @local6: IPv6 address, :: for none
 *
 * Only receive offload on this CPU reads and writes it.
 */
struct naawg_gro_cache {
	__be32 local4;
	struct in6_addr local6;
};

/**
 * naawg_gro_init() - allocate the cache of local addresses
 * @dev: the device
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int naawg_gro_init(struct naawg_dev *dev)
{
	dev->gro_cache = alloc_percpu(struct naawg_gro_cache);
	return dev->gro_cache ? 0 : -ENOMEM;
}

/**
 * naawg_gro_destroy() - free the cache of local addresses
 * @dev: the device; its sockets are closed
 *
 * Context: process.
 */
void naawg_gro_destroy(struct naawg_dev *dev)
{
	free_percpu(dev->gro_cache);
}

/*
 * Returns whether the datagram is for this host: a forwarded packet may have
 * our port number, too. All headers are in the linear part.
 */
static bool is_local(struct naawg_dev *dev, struct sk_buff *skb)
{
	struct naawg_gro_cache *cache = this_cpu_ptr(dev->gro_cache);
	const struct iphdr *ip4 = (const struct iphdr *)
		(skb->data + skb_gro_receive_network_offset(skb));
	struct net *net = dev_net(skb->dev);

	if (ip4->version == 4) {
		if (cache->local4 == ip4->daddr)
			return true;
		if (inet_addr_type_dev_table(net, skb->dev, ip4->daddr) !=
		    RTN_LOCAL)
			return false;
		cache->local4 = ip4->daddr;
		return true;
	}
#if IS_ENABLED(CONFIG_IPV6)
	{
		const struct in6_addr *daddr =
			&((const struct ipv6hdr *)ip4)->daddr;

		if (ipv6_addr_equal(&cache->local6, daddr))
			return true;
		if (!ipv6_chk_addr(net, daddr, NULL, 0))
			return false;
		cache->local6 = *daddr;
		return true;
	}
#endif
	return false;
}

/* Returns whether a datagram may begin a chain or join one. */
static bool is_chainable(const struct sk_buff *skb,
			 const struct naawg_msg_data *msg)
{
	const struct udphdr *udp = (const struct udphdr *)msg - 1;
	unsigned int len = skb_gro_len(skb);

	return len >= NAAWG_DATA_MIN && len <= NAAWG_FRAG_BUF_MESSAGE &&
	       ntohs(udp->len) == sizeof(*udp) + len && udp->check &&
	       msg->header.type == cpu_to_le32(NAAWG_MSG_DATA);
}

static const struct naawg_msg_data *message_of(const struct sk_buff *held,
					       unsigned int offset)
{
	return (const struct naawg_msg_data *)(held->data + offset);
}

/* Returns whether a message has the same session and headers as the chain. */
static bool follows(struct sk_buff *head, const struct sk_buff *skb,
		    const struct naawg_msg_data *msg)
{
	const struct naawg_msg_data *first =
		message_of(head, skb_gro_offset(skb));
	const struct udphdr *udp = (const struct udphdr *)msg - 1;

	/* UDP may hold other packets from before the socket existed */
	return NAPI_GRO_CB(head)->is_flist &&
	       skb_headlen(head) >= skb_gro_offset(skb) + sizeof(*first) &&
	       first->receiver == msg->receiver &&
	       skb_gro_len(skb) <= skb_shinfo(head)->gso_size &&
	       head->len + skb_gro_len(skb) <= U16_MAX &&
	       head->ip_summed == skb->ip_summed &&
	       head->csum_level == skb->csum_level &&
	       !gro_receive_network_flush(udp,
					  (const struct udphdr *)first - 1,
					  head);
}

static void append_to_chain(struct sk_buff *head, struct sk_buff *skb)
{
	if (NAPI_GRO_CB(head)->last == head)
		skb_shinfo(head)->frag_list = skb;
	else
		NAPI_GRO_CB(head)->last->next = skb;
	NAPI_GRO_CB(head)->last = skb;
	NAPI_GRO_CB(head)->count++;

	/* each datagram keeps its headers in front of its data */
	skb_set_network_header(skb, skb_gro_receive_network_offset(skb));
	__skb_pull(skb, skb_gro_offset(skb));
	head->data_len += skb->len;
	head->len += skb->len;
	/* the owner of the head is charged for all datagrams */
	head->truesize += skb->truesize;
	skb->destructor = NULL;
	skb->sk = NULL;

	skb_shinfo(head)->flags |= skb_shinfo(skb)->flags & SKBFL_SHARED_FRAG;
	/*
	 * Without this flag in gso_type, UDP segments a packet before it passes
	 * it to a tunnel socket.
	 */
	skb_shinfo(head)->gso_type |= SKB_GSO_UDP_TUNNEL_CSUM;
	/*
	 * The kernel does not complete partial checksums when it takes a chain
	 * apart. With this flag it copies and segments the chain instead, and
	 * computes the checksums.
	 */
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		skb_shinfo(head)->gso_type |= SKB_GSO_DODGY;
	NAPI_GRO_CB(skb)->same_flow = 1;
}

static struct sk_buff *held_of_flow(struct list_head *held)
{
	struct sk_buff *skb;

	list_for_each_entry(skb, held, list) {
		if (NAPI_GRO_CB(skb)->same_flow)
			return skb;
	}
	return NULL;
}

/**
 * naawg_gro_receive() - append a datagram to a held chain, or hold it
 * @sk: socket that would receive the datagram
 * @held: packets that receive offload holds
 * @skb: the datagram; UDP has passed its header and verified its checksum
 *
 * Context: NAPI poll of the device that received the datagram, under RCU.
 * Return: the held packet that receive offload must release now, or NULL.
 */
struct sk_buff *naawg_gro_receive(struct sock *sk, struct list_head *held,
				  struct sk_buff *skb)
{
	struct naawg_dev *dev = rcu_dereference_sk_user_data(sk);
	const unsigned int offset = skb_gro_offset(skb);
	struct sk_buff *head = held_of_flow(held);
	const struct naawg_msg_data *msg;
	bool was_last;

	/* gso_hook.c takes GSO packets */
	if (!dev || !static_branch_likely(&naawg_chains_key) ||
	    !READ_ONCE(naawg_batch_rx) || skb_is_gso(skb) ||
	    NAPI_GRO_CB(skb)->flush)
		goto pass;
	/* pull the header out of a fragment that the sender may write to */
	msg = skb_gro_header_slow(skb, offset + sizeof(*msg), offset);
	if (!msg || !is_chainable(skb, msg))
		goto pass;
	/* the kernel must not segment a chain as an encapsulated packet */
	NAPI_GRO_CB(skb)->encap_mark = 0;
	NAPI_GRO_CB(skb)->is_flist = 1;
	/* UDP has verified the sum, and no code updates it for a chain */
	if (skb->ip_summed == CHECKSUM_COMPLETE) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		skb->csum_level = 0;
	}
	if (head && follows(head, skb, msg)) {
		was_last = skb_gro_len(skb) < skb_shinfo(head)->gso_size ||
			   NAPI_GRO_CB(head)->count + 1 >= CHAIN_MAX;
		append_to_chain(head, skb);
		return was_last ? head : NULL;
	}
	if (is_local(dev, skb))
		return head;
pass:
	NAPI_GRO_CB(skb)->flush = 1;
	return head;
}
