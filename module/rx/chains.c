// SPDX-License-Identifier: GPL-2.0
/*
 * Test whether this kernel segments redirected chains correctly.
 *
 * The kernel segments a chain that is redirected to another host. Many kernels
 * from 6.2 to 6.17 compute wrong checksums then, or change the address of only
 * the first datagram. Neither the version nor the headers tell which kernels
 * do. So the module builds a few chains when it loads, lets the kernel segment
 * them, and checks the result.
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

static bool is_forced;

/* In a debug build the parameter sets the verdict, so that tests cover both. */
static int naawg_set_chains(const char *text, const struct kernel_param *param)
{
#ifdef NAAWG_DEBUG
	int value = sysfs_match_string(names, text);

	if (value < 0)
		return value;
	verdict = value;
	is_forced = true;
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
 * struct trial - properties of one test chain
 * @features: features of the device that the chain leaves through
 * @ipv6: IPv6, otherwise IPv4
 * @partial: the datagrams have partial checksums
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

/* Documentation addresses, which differ in the last byte. */
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

/* Folds the sum over the pseudo header and @sum. */
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

static void __init write_ip(const struct trial *trial, struct sk_buff *skb,
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

static void __init write_udp(const struct trial *trial, struct sk_buff *skb,
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

/* Makes a datagram whose data begins at its Ethernet header. */
static struct sk_buff * __init make_datagram(const struct trial *trial, u8 fill)
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
	write_ip(trial, skb, sizeof(struct udphdr) + PAYLOAD);
	write_udp(trial, skb, fill);
	return skb;
}

/* Makes a chain like one that naawg_gro_receive() makes and UDP completes. */
static struct sk_buff * __init make_chain(const struct trial *trial)
{
	struct sk_buff *head = make_datagram(trial, 0);
	struct sk_buff *next = make_datagram(trial, 1);
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
	write_ip(trial, head, len);
	return head;
}

/* Changes the first datagram like network address translation. */
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
	/* a device with this feature computes the rest */
	return trial->features & NETIF_F_HW_CSUM &&
	       skb_checksum_start(skb) == (const unsigned char *)udp &&
	       skb->csum_offset == offsetof(struct udphdr, check) &&
	       udp->check == (__force __sum16)~udp_sum(trial, skb, len, 0);
}

/* Returns whether @skb is the redirected datagram with @fill; it is linear. */
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

static u32 __init check_segments(const struct trial *trial,
				 struct sk_buff *segments)
{
	u32 result = NAAWG_CHAINS_RIGHT;
	struct sk_buff *skb;
	u8 n = 0;

	for (skb = segments; skb; skb = skb->next, n++) {
		if (skb_linearize(skb))
			return NAAWG_CHAINS_UNTRIED;
		if (n >= DATAGRAMS || !is_right(trial, skb, n))
			result = NAAWG_CHAINS_WRONG;
	}
	return n == DATAGRAMS ? result : NAAWG_CHAINS_WRONG;
}

static u32 __init try_chain(const struct trial *trial)
{
	struct sk_buff *skb = make_chain(trial), *segments;
	u32 result;

	if (!skb)
		return NAAWG_CHAINS_UNTRIED;
	redirect(trial, skb);
	segments = skb_gso_segment(skb, trial->features);
	consume_skb(skb);
	if (segments == ERR_PTR(-ENOMEM))
		return NAAWG_CHAINS_UNTRIED;
	if (IS_ERR_OR_NULL(segments))
		return NAAWG_CHAINS_WRONG;
	result = check_segments(trial, segments);
	kfree_skb_list(segments);
	return result;
}

/* Returns the worst result of all trials. */
static u32 __init try_family(bool ipv6)
{
	static const netdev_features_t features[] __initconst = {
		0, NETIF_F_SG | NETIF_F_HW_CSUM,
	};
	u32 worst = NAAWG_CHAINS_RIGHT, result;
	struct trial trial = { .ipv6 = ipv6 };
	unsigned int n;

	for (n = 0; n < 2 * ARRAY_SIZE(features); n++) {
		trial.features = features[n / 2];
		trial.partial = n & 1;
		result = try_chain(&trial);
		if (result == NAAWG_CHAINS_WRONG)
			return result;
		if (result != NAAWG_CHAINS_RIGHT)
			worst = result;
	}
	return worst;
}

static u32 __init try_both(void)
{
	u32 result = try_family(false);

	if (result != NAAWG_CHAINS_RIGHT || !ipv6_mod_enabled())
		return result;
	return try_family(true);
}

/**
 * naawg_chains_setup() - test the kernel, and enable chains if it passes
 *
 * The module works without chains, so a failure here is not an error.
 *
 * Context: process, when the module loads.
 */
void __init naawg_chains_setup(void)
{
	if (!is_forced)
		verdict = try_both();
	if (verdict == NAAWG_CHAINS_RIGHT)
		static_branch_enable(&naawg_chains_key);
	else if (verdict == NAAWG_CHAINS_WRONG)
		pr_warn("naawg: this kernel segments redirected chains of datagrams with wrong checksums or addresses, so receive offload chains none\n");
	else
		pr_warn("naawg: no memory to test how this kernel segments chains of datagrams, so receive offload chains none\n");
}

/**
 * naawg_chains_verdict() - result of the test
 *
 * Context: any.
 * Return: one of enum naawg_chains.
 */
u32 naawg_chains_verdict(void)
{
	return verdict;
}
