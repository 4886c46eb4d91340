/* SPDX-License-Identifier: GPL-2.0 */
/* Headers of packets and sums over them, as the pure files want them. */
#ifndef SHIM_NET_H
#define SHIM_NET_H

#include "shim.h"

#define U16_MAX		0xffff
#define CSUM_MANGLED_0	((__sum16)0xffff)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))

#define IPPROTO_TCP	6
#define IPPROTO_UDP	17

#define htons(x)	cpu_to_be16(x)
#define htonl(x)	cpu_to_be32(x)
#define ntohs(x)	be16_to_cpu(x)
#define ntohl(x)	be32_to_cpu(x)

/* bit fields for little-endian machines, which is where the tests run */
static_assert(__BYTE_ORDER == __LITTLE_ENDIAN, "bit fields are turned around");

struct iphdr {
	u8 ihl : 4, version : 4;
	u8 tos;
	__be16 tot_len;
	__be16 id;
	__be16 frag_off;
	u8 ttl;
	u8 protocol;
	__sum16 check;
	__be32 saddr;
	__be32 daddr;
};

struct ipv6hdr {
	u8 priority : 4, version : 4;
	u8 flow_lbl[3];
	__be16 payload_len;
	u8 nexthdr;
	u8 hop_limit;
	struct in6_addr saddr;
	struct in6_addr daddr;
};

struct tcphdr {
	__be16 source;
	__be16 dest;
	__be32 seq;
	__be32 ack_seq;
	u16 res1 : 4, doff : 4, fin : 1, syn : 1, rst : 1, psh : 1, ack : 1,
	    urg : 1, ece : 1, cwr : 1;
	__be16 window;
	__sum16 check;
	__be16 urg_ptr;
};

struct udphdr {
	__be16 source;
	__be16 dest;
	__be16 len;
	__sum16 check;
};

static_assert(sizeof(struct iphdr) == 20, "layout");
static_assert(sizeof(struct ipv6hdr) == 40, "layout");
static_assert(sizeof(struct tcphdr) == 20, "layout");

static inline __wsum csum_add(__wsum a, __wsum b)
{
	a += b;
	return a + (a < b);
}

static inline __wsum csum_partial(const void *bytes, int len, __wsum sum)
{
	const u8 *at = bytes;
	u16 word;

	for (; len > 1; len -= 2, at += 2) {
		memcpy(&word, at, 2);
		sum = csum_add(sum, word);
	}
	return len ? csum_add(sum, *at) : sum;
}

static inline __sum16 csum_fold(__wsum sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static inline __sum16 ip_fast_csum(const void *header, unsigned int words)
{
	return csum_fold(csum_partial(header, 4 * words, 0));
}

static inline __sum16 csum_tcpudp_magic(__be32 saddr, __be32 daddr, u32 len,
					u8 proto, __wsum sum)
{
	sum = csum_add(csum_add(sum, saddr), daddr);
	return csum_fold(csum_add(sum, htonl(len + proto)));
}

static inline __sum16 csum_ipv6_magic(const struct in6_addr *saddr,
				      const struct in6_addr *daddr, u32 len,
				      u8 proto, __wsum sum)
{
	sum = csum_partial(saddr, sizeof(*saddr), sum);
	sum = csum_partial(daddr, sizeof(*daddr), sum);
	return csum_fold(csum_add(sum, htonl(len + proto)));
}

#endif
