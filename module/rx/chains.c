// SPDX-License-Identifier: GPL-2.0
/*
 * A chain that is redirected to another host is taken apart by the kernel. Many
 * kernels from 6.2 to 6.17 do that with wrong checksums, or change the address of
 * the first datagram only. Neither version nor headers tell which do. So the
 * module builds a few chains as it loads, has the kernel take them apart, and
 * checks the result.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/gso.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

#include "../uapi/naawg.h"
#include "chains.h"

#define DATAGRAMS	2
#define PAYLOAD		64
#define PORT		5000
#define OTHER_PORT	6000

DEFINE_STATIC_KEY_FALSE(naawg_chains_key);

static u32 verdict __ro_after_init = NAAWG_CHAINS_UNTRIED;

static const char * const names[] = {
	[NAAWG_CHAINS_UNTRIED] = "untried",
	[NAAWG_CHAINS_RIGHT] = "right",
	[NAAWG_CHAINS_WRONG] = "wrong",
};

static bool forced;

/* A parameter gives a debug build the answer, so that tests see both. */
static int naawg_set_chains(const char *text, const struct kernel_param *param)
{
#ifdef NAAWG_DEBUG
	int found = sysfs_match_string(names, text);

	if (found < 0)
		return found;
	verdict = found;
	forced = true;
	return 0;
#else
	return -EPERM;
#endif
}

static int naawg_get_chains(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%s\n", names[verdict]);
}

static const struct kernel_param_ops chains_ops = {
	.set = naawg_set_chains,
	.get = naawg_get_chains,
};

module_param_cb(chains, &chains_ops, NULL, 0444);
MODULE_PARM_DESC(chains,
		 "Whether this kernel segments redirected chains of datagrams correctly, as tested when the module was loaded. Only with right does receive offload chain datagrams; untried means that memory was short.");

/**
 * struct trial - one chain
 * @features: what the device it leaves by can do
 * @ipv6: the family
 * @partial: are checksums left to be computed?
 */
struct trial {
	netdev_features_t features;
	bool ipv6;
	bool partial;
};

static size_t ip_size(const struct trial *trial)
{
	return trial->ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
}

/* Documentation addresses; the last byte tells them apart. */
static struct in6_addr address6(u8 last)
{
	struct in6_addr addr = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8 } };

	addr.s6_addr[15] = last;
	return addr;
}

static __be32 address4(u8 last)
{
	return htonl(0xc0000200 | last);
}

/* Folded sum over addresses, protocol and length, and over @sum. */
static __sum16 udp_sum(const struct trial *trial, const struct sk_buff *skb,
		       u16 len, __wsum sum)
{
	if (trial->ipv6)
		return csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
				       &ipv6_hdr(skb)->daddr, len, IPPROTO_UDP,
				       sum);
	return csum_tcpudp_magic(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, len,
				 IPPROTO_UDP, sum);
}

static void __init put_ip(const struct trial *trial, struct sk_buff *skb,
			  u16 len)
{
	if (trial->ipv6) {
		struct ipv6hdr *ip6 = ipv6_hdr(skb);

		ip6->version = 6;
		ip6->nexthdr = IPPROTO_UDP;
		ip6->hop_limit = 64;
		ip6->payload_len = htons(len);
		ip6->saddr = address6(1);
		ip6->daddr = address6(2);
	} else {
		struct iphdr *ip4 = ip_hdr(skb);

		ip4->version = 4;
		ip4->ihl = sizeof(*ip4) / 4;
		ip4->protocol = IPPROTO_UDP;
		ip4->ttl = 64;
		ip4->tot_len = htons(sizeof(*ip4) + len);
		ip4->saddr = address4(1);
		ip4->daddr = address4(2);
		ip_send_check(ip4);
	}
}

static void __init put_udp(const struct trial *trial, struct sk_buff *skb,
			   u8 fill)
{
	const u16 len = sizeof(struct udphdr) + PAYLOAD;
	struct udphdr *udp = udp_hdr(skb);

	udp->source = htons(PORT);
	udp->dest = htons(PORT);
	udp->len = htons(len);
	memset(udp + 1, fill, PAYLOAD);
	if (trial->partial) {
		udp->check = ~udp_sum(trial, skb, len, 0);
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_transport_header(skb) - skb->head;
		skb->csum_offset = offsetof(struct udphdr, check);
	} else {
		udp->check = udp_sum(trial, skb, len,
				     csum_partial(udp, len, 0));
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	}
}

/* A datagram; data begins at its Ethernet header. */
static struct sk_buff * __init datagram(const struct trial *trial, u8 fill)
{
	const size_t headers = ETH_HLEN + ip_size(trial);
	struct sk_buff *skb;

	skb = alloc_skb(NET_SKB_PAD + headers + sizeof(struct udphdr) + PAYLOAD,
			GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb_set_transport_header(skb, headers);
	skb_put_zero(skb, headers + sizeof(struct udphdr) + PAYLOAD);
	skb->protocol = trial->ipv6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	eth_hdr(skb)->h_proto = skb->protocol;
	put_ip(trial, skb, sizeof(struct udphdr) + PAYLOAD);
	put_udp(trial, skb, fill);
	return skb;
}

/* A chain as naawg_gro_receive() makes it and UDP completes it. */
static struct sk_buff * __init chain(const struct trial *trial)
{
	struct sk_buff *head = datagram(trial, 0);
	struct sk_buff *next = datagram(trial, 1);
	u16 len;

	if (!head || !next) {
		kfree_skb(head);
		kfree_skb(next);
		return NULL;
	}
	__skb_pull(next, skb_transport_offset(next) + sizeof(struct udphdr));
	skb_shinfo(head)->frag_list = next;
	head->data_len += next->len;
	head->len += next->len;
	head->truesize += next->truesize;
	skb_shinfo(head)->gso_size = PAYLOAD;
	skb_shinfo(head)->gso_segs = DATAGRAMS;
	skb_shinfo(head)->gso_type = SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST |
				     SKB_GSO_UDP_TUNNEL_CSUM;
	if (trial->partial)
		skb_shinfo(head)->gso_type |= SKB_GSO_DODGY;
	len = head->len - skb_transport_offset(head);
	udp_hdr(head)->len = htons(len);
	put_ip(trial, head, len);
	return head;
}

/* Changes the first datagram as address translation does. */
static void __init redirect(const struct trial *trial, struct sk_buff *skb)
{
	const __be16 port = htons(OTHER_PORT);
	struct udphdr *udp = udp_hdr(skb);

	if (trial->ipv6) {
		struct in6_addr *old = &ipv6_hdr(skb)->daddr;
		struct in6_addr new = address6(3);

		inet_proto_csum_replace16(&udp->check, skb, old->s6_addr32,
					  new.s6_addr32, true);
		*old = new;
	} else {
		struct iphdr *ip4 = ip_hdr(skb);
		__be32 new = address4(3);

		csum_replace4(&ip4->check, ip4->daddr, new);
		inet_proto_csum_replace4(&udp->check, skb, ip4->daddr, new,
					 true);
		ip4->daddr = new;
	}
	inet_proto_csum_replace2(&udp->check, skb, udp->dest, port, false);
	udp->dest = port;
}

static bool __init ip_is_right(const struct trial *trial,
			       const struct sk_buff *skb, u16 len)
{
	if (trial->ipv6) {
		const struct ipv6hdr *ip6 = ipv6_hdr(skb);
		struct in6_addr saddr = address6(1), daddr = address6(3);

		return ntohs(ip6->payload_len) == len &&
		       ipv6_addr_equal(&ip6->saddr, &saddr) &&
		       ipv6_addr_equal(&ip6->daddr, &daddr);
	}
	return ntohs(ip_hdr(skb)->tot_len) == sizeof(struct iphdr) + len &&
	       ip_hdr(skb)->saddr == address4(1) &&
	       ip_hdr(skb)->daddr == address4(3) &&
	       !ip_fast_csum(ip_hdr(skb), ip_hdr(skb)->ihl);
}

static bool __init sum_is_right(const struct trial *trial,
				const struct sk_buff *skb, u16 len)
{
	const struct udphdr *udp = udp_hdr(skb);

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return !udp_sum(trial, skb, len, csum_partial(udp, len, 0));
	/* the device computes the rest, if it can */
	return trial->features & NETIF_F_HW_CSUM &&
	       skb_checksum_start(skb) == (const unsigned char *)udp &&
	       skb->csum_offset == offsetof(struct udphdr, check) &&
	       udp->check == (__force __sum16)~udp_sum(trial, skb, len, 0);
}

/* Is it the datagram that was filled with @fill, redirected? Data is linear. */
static bool __init is_right(const struct trial *trial, struct sk_buff *skb,
			    u8 fill)
{
	const u16 len = sizeof(struct udphdr) + PAYLOAD;
	const struct udphdr *udp;

	if (skb->len != ETH_HLEN + ip_size(trial) + len)
		return false;
	skb_set_network_header(skb, ETH_HLEN);
	skb_set_transport_header(skb, ETH_HLEN + ip_size(trial));
	udp = udp_hdr(skb);
	return udp->source == htons(PORT) && udp->dest == htons(OTHER_PORT) &&
	       ntohs(udp->len) == len && !memchr_inv(udp + 1, fill, PAYLOAD) &&
	       ip_is_right(trial, skb, len) && sum_is_right(trial, skb, len);
}

static u32 __init judge(const struct trial *trial, struct sk_buff *segments)
{
	u32 found = NAAWG_CHAINS_RIGHT;
	struct sk_buff *skb;
	u8 n = 0;

	for (skb = segments; skb; skb = skb->next, n++) {
		if (skb_linearize(skb))
			return NAAWG_CHAINS_UNTRIED;
		if (n >= DATAGRAMS || !is_right(trial, skb, n))
			found = NAAWG_CHAINS_WRONG;
	}
	return n == DATAGRAMS ? found : NAAWG_CHAINS_WRONG;
}

static u32 __init try_chain(const struct trial *trial)
{
	struct sk_buff *skb = chain(trial), *segments;
	u32 found;

	if (!skb)
		return NAAWG_CHAINS_UNTRIED;
	redirect(trial, skb);
	segments = skb_gso_segment(skb, trial->features);
	consume_skb(skb);
	if (segments == ERR_PTR(-ENOMEM))
		return NAAWG_CHAINS_UNTRIED;
	if (IS_ERR_OR_NULL(segments))
		return NAAWG_CHAINS_WRONG;
	found = judge(trial, segments);
	kfree_skb_list(segments);
	return found;
}

/* The worst answer of all trials. */
static u32 __init try_family(bool ipv6)
{
	static const netdev_features_t features[] __initconst = {
		0, NETIF_F_SG | NETIF_F_HW_CSUM,
	};
	u32 worst = NAAWG_CHAINS_RIGHT, found;
	struct trial trial = { .ipv6 = ipv6 };
	unsigned int n;

	for (n = 0; n < 2 * ARRAY_SIZE(features); n++) {
		trial.features = features[n / 2];
		trial.partial = n & 1;
		found = try_chain(&trial);
		if (found == NAAWG_CHAINS_WRONG)
			return found;
		if (found != NAAWG_CHAINS_RIGHT)
			worst = found;
	}
	return worst;
}

static u32 __init try_both(void)
{
	u32 found = try_family(false);

	if (found != NAAWG_CHAINS_RIGHT || !ipv6_mod_enabled())
		return found;
	return try_family(true);
}

/**
 * naawg_chains_setup() - find out, and let datagrams be chained if it is safe
 *
 * The module works without chains, so nothing that goes wrong here is an error.
 *
 * Context: as the module loads.
 */
void __init naawg_chains_setup(void)
{
	if (!forced)
		verdict = try_both();
	if (verdict == NAAWG_CHAINS_RIGHT)
		static_branch_enable(&naawg_chains_key);
	else if (verdict == NAAWG_CHAINS_WRONG)
		pr_warn("naawg: this kernel takes redirected chains of datagrams apart with wrong checksums or addresses, so receive offload chains none\n");
	else
		pr_warn("naawg: no memory to try how this kernel takes chains of datagrams apart, so receive offload chains none\n");
}

/**
 * naawg_chains_verdict() - what was found out
 *
 * Context: any.
 * Return: one of enum naawg_chains.
 */
u32 naawg_chains_verdict(void)
{
	return verdict;
}
