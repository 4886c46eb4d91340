// SPDX-License-Identifier: GPL-2.0
/* Software segmentation: writes the headers of each packet of a GSO packet. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>
#include <asm/byteorder.h>

#include "segment.h"

static bool transport_fits(struct naawg_segmenter *s)
{
	u16 room = s->header_len - s->transport;

	if (s->tcp)
		return room >= sizeof(struct tcphdr) &&
		       room == 4 *
			((struct tcphdr *)(s->headers + s->transport))->doff;
	return room == sizeof(struct udphdr);
}

static bool network_fits(struct naawg_segmenter *s)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)s->headers;
	const struct iphdr *ip4 = (const struct iphdr *)s->headers;
	u8 proto = s->tcp ? IPPROTO_TCP : IPPROTO_UDP;

	/* with extension headers, the checksum may cover other addresses */
	if (s->ipv6)
		return ip6->version == 6 && ip6->nexthdr == proto &&
		       s->transport == sizeof(*ip6);
	return ip4->version == 4 && ip4->protocol == proto &&
	       ip4->ihl >= 5 && s->transport == 4 * ip4->ihl &&
	       !(ip4->frag_off & htons(0x3fff));
}

/**
 * naawg_segment_begin() - check a GSO packet, and prepare to segment it
 * @s: the caller set headers, tcp, ipv6 and fixed_id; all other fields are set here
 * @transport: offset of the transport header
 * @header_len: length of all headers
 * @payload_len: bytes after the headers
 * @mss: payload bytes of each packet but the last
 *
 * Return: false if this code cannot segment the packet. The caller then leaves it to
 * the stack's segmentation.
 */
bool naawg_segment_begin(struct naawg_segmenter *s, u16 transport,
			 u16 header_len, u32 payload_len, u16 mss)
{
	if (!mss || !payload_len || transport > header_len ||
	    header_len > NAAWG_HEADERS_MAX ||
	    transport < (s->ipv6 ? sizeof(struct ipv6hdr) :
				   sizeof(struct iphdr)) ||
	    header_len + mss > U16_MAX)
		return false;
	s->transport = transport;
	s->header_len = header_len;
	s->payload_len = payload_len;
	s->mss = mss;
	if ((payload_len - 1) / mss >= U16_MAX)
		return false;
	s->count = (payload_len - 1) / mss + 1;
	/* the transport header is aligned only at the offset that the IP header implies */
	return header_len >= transport + sizeof(struct udphdr) &&
	       network_fits(s) && transport_fits(s);
}

static __sum16 transport_check(const struct naawg_segmenter *s, const u8 *dst,
			       u16 len, __wsum sum)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)dst;
	const struct iphdr *ip4 = (const struct iphdr *)dst;
	u8 proto = s->tcp ? IPPROTO_TCP : IPPROTO_UDP;

	if (s->ipv6)
		return csum_ipv6_magic(&ip6->saddr, &ip6->daddr, len, proto,
				       sum);
	return csum_tcpudp_magic(ip4->saddr, ip4->daddr, len, proto, sum);
}

static void write_network(const struct naawg_segmenter *s, u8 *dst,
			  unsigned int i, u16 len)
{
	struct ipv6hdr *ip6 = (struct ipv6hdr *)dst;
	struct iphdr *ip4 = (struct iphdr *)dst;

	if (s->ipv6) {
		ip6->payload_len = htons(len - sizeof(*ip6));
		return;
	}
	ip4->tot_len = htons(len);
	if (!s->fixed_id)
		ip4->id = htons(ntohs(ip4->id) + i);
	ip4->check = 0;
	ip4->check = ip_fast_csum(ip4, ip4->ihl);
}

static void write_tcp(const struct naawg_segmenter *s, struct tcphdr *tcp,
		      unsigned int i)
{
	tcp->seq = htonl(ntohl(tcp->seq) + i * s->mss);
	if (i)
		tcp->cwr = 0;
	if (i + 1 < s->count) {
		tcp->fin = 0;
		tcp->psh = 0;
	}
	tcp->check = 0;
}

/**
 * naawg_segment_write() - write the headers of one packet
 * @s: the GSO packet
 * @dst: receives header_len bytes; any alignment
 * @i: number of the packet, from 0
 * @payload_sum: unfolded checksum of the packet's payload
 */
void naawg_segment_write(const struct naawg_segmenter *s, u8 *dst,
			 unsigned int i, __wsum payload_sum)
{
	u16 transport_len = s->header_len - s->transport;
	u32 payload = naawg_segment_payload(s, i);
	u8 headers[NAAWG_HEADERS_MAX] __aligned(8);
	u8 *transport = headers + s->transport;
	struct udphdr *udp = (struct udphdr *)transport;
	struct tcphdr *tcp = (struct tcphdr *)transport;
	__wsum sum;

	memcpy(headers, s->headers, s->header_len);
	write_network(s, headers, i, s->header_len + payload);
	if (s->tcp) {
		write_tcp(s, tcp, i);
	} else {
		udp->len = htons(transport_len + payload);
		udp->check = 0;
	}
	sum = csum_partial(transport, transport_len, payload_sum);
	if (s->tcp)
		tcp->check = transport_check(s, headers,
					     transport_len + payload, sum);
	else
		udp->check = transport_check(s, headers,
					     transport_len + payload, sum) ?:
			     CSUM_MANGLED_0;
	memcpy(dst, headers, s->header_len);
}
