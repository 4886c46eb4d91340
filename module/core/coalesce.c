// SPDX-License-Identifier: GPL-2.0
/* Coalescing of opened TCP packets, by the same rules as the kernel's GRO. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "coalesce.h"

/* Flags in the fourth word of the TCP header, in network order. */
#define FLAG_CWR	htonl(0x00800000)
#define FLAG_URG	htonl(0x00200000)
#define FLAG_ACK	htonl(0x00100000)
#define FLAG_PSH	htonl(0x00080000)
#define FLAG_RST	htonl(0x00040000)
#define FLAG_SYN	htonl(0x00020000)
#define FLAG_FIN	htonl(0x00010000)

static __be32 flags_of(const struct tcphdr *tcp)
{
	return ((const __be32 *)tcp)[3];
}

static void or_flags(struct tcphdr *tcp, __be32 flags)
{
	((__be32 *)tcp)[3] |= flags;
}

/* Returns the length of all headers of a plain TCP packet with payload, else 0. */
static u16 parse(const u8 *packet, u32 len, bool *ipv6, u16 *transport)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)packet;
	const struct iphdr *ip4 = (const struct iphdr *)packet;
	const struct tcphdr *tcp;
	u16 header_len;

	if (len < sizeof(*ip4) + sizeof(*tcp))
		return 0;
	*ipv6 = ip4->version == 6;
	if (*ipv6) {
		if (len < sizeof(*ip6) + sizeof(*tcp) ||
		    ip6->nexthdr != IPPROTO_TCP ||
		    sizeof(*ip6) + ntohs(ip6->payload_len) != len)
			return 0;
		*transport = sizeof(*ip6);
	} else {
		if (ip4->version != 4 || ip4->ihl != 5 ||
		    ip4->protocol != IPPROTO_TCP ||
		    ntohs(ip4->tot_len) != len ||
		    ip4->frag_off & htons(0xbfff) ||
		    ip_fast_csum(ip4, 5))
			return 0;
		*transport = sizeof(*ip4);
	}
	tcp = (const struct tcphdr *)(packet + *transport);
	header_len = *transport + 4 * tcp->doff;
	if (tcp->doff < 5 || header_len >= len ||
	    header_len > NAAWG_HEADERS_MAX)
		return 0;
	return header_len;
}

/**
 * naawg_run_begin() - start a run with a packet
 * @run: the run
 * @packet: complete inner packet, aligned to 4
 * @len: its length
 *
 * Return: false if no other packet could be joined to this one.
 */
bool naawg_run_begin(struct naawg_run *run, const u8 *packet, u32 len)
{
	const struct tcphdr *tcp;
	u16 header_len;

	run->header_len = 0;
	header_len = parse(packet, len, &run->ipv6, &run->transport);
	if (!header_len)
		return false;
	tcp = (const struct tcphdr *)(packet + run->transport);
	if ((flags_of(tcp) & (FLAG_ACK | FLAG_SYN | FLAG_RST | FLAG_URG)) !=
	    FLAG_ACK)
		return false;
	memcpy(run->headers, packet, header_len);
	run->header_len = header_len;
	run->payload_len = len - header_len;
	run->mss = run->payload_len;
	run->count = 1;
	run->fixed_id = false;
	run->closed = flags_of(tcp) & (FLAG_PSH | FLAG_FIN);
	return true;
}

static bool same_ipv4(struct naawg_run *run, const u8 *packet)
{
	const struct iphdr *a = (const struct iphdr *)run->headers;
	const struct iphdr *b = (const struct iphdr *)packet;
	u16 step = ntohs(b->id) - ntohs(a->id);

	if (a->saddr != b->saddr || a->daddr != b->daddr ||
	    a->tos != b->tos || a->ttl != b->ttl || a->frag_off != b->frag_off)
		return false;
	/* identifications grow by one, or are all equal in packets with DF set */
	if (run->count == 1)
		run->fixed_id = !step && a->frag_off & htons(0x4000);
	return run->fixed_id ? !step : step == run->count;
}

static bool same_ipv6(const struct naawg_run *run, const u8 *packet)
{
	const struct ipv6hdr *a = (const struct ipv6hdr *)run->headers;
	const struct ipv6hdr *b = (const struct ipv6hdr *)packet;

	/* version, traffic class and flow label are the first word */
	return *(const __be32 *)a == *(const __be32 *)b &&
	       a->hop_limit == b->hop_limit &&
	       !memcmp(&a->saddr, &b->saddr, 2 * sizeof(a->saddr));
}

static bool same_tcp(const struct naawg_run *run, const struct tcphdr *b)
{
	const struct tcphdr *a =
		(const struct tcphdr *)(run->headers + run->transport);

	if (a->source != b->source || a->dest != b->dest ||
	    a->ack_seq != b->ack_seq ||
	    ntohl(b->seq) != ntohl(a->seq) + run->payload_len)
		return false;
	if (flags_of(b) & FLAG_CWR ||
	    (flags_of(a) ^ flags_of(b)) & ~(FLAG_CWR | FLAG_PSH | FLAG_FIN))
		return false;
	return !memcmp(a + 1, b + 1,
		       run->header_len - run->transport - sizeof(*a));
}

/**
 * naawg_run_join() - join a packet to a run
 * @run: a run that is not empty
 * @packet: complete inner packet, aligned to 4
 * @len: its length
 *
 * Return: false if the packet must not be joined. The caller then delivers the run
 * before the packet.
 */
bool naawg_run_join(struct naawg_run *run, const u8 *packet, u32 len)
{
	const struct tcphdr *tcp;
	u16 header_len, transport;
	u32 payload;
	bool ipv6;

	if (run->closed)
		return false;
	header_len = parse(packet, len, &ipv6, &transport);
	if (header_len != run->header_len || ipv6 != run->ipv6)
		return false;
	payload = len - header_len;
	if (payload > run->mss ||
	    run->header_len + run->payload_len + payload > NAAWG_RUN_MAX)
		return false;
	tcp = (const struct tcphdr *)(packet + transport);
	if (!same_tcp(run, tcp) ||
	    !(ipv6 ? same_ipv6(run, packet) : same_ipv4(run, packet)))
		return false;
	or_flags((struct tcphdr *)(run->headers + transport),
		 flags_of(tcp) & (FLAG_PSH | FLAG_FIN));
	run->payload_len += payload;
	run->count++;
	run->closed = payload < run->mss ||
		      flags_of(tcp) & (FLAG_PSH | FLAG_FIN);
	return true;
}

/**
 * naawg_run_finish() - turn the headers of a run into those of a GSO packet
 * @run: a run of two packets or more
 *
 * The lengths become those of the GSO packet. The TCP checksum becomes the inverted
 * pseudo-header sum: a device that forwards the packet completes it.
 */
void naawg_run_finish(struct naawg_run *run)
{
	u32 len = run->header_len + run->payload_len;
	struct ipv6hdr *ip6 = (struct ipv6hdr *)run->headers;
	struct iphdr *ip4 = (struct iphdr *)run->headers;
	struct tcphdr *tcp = (struct tcphdr *)(run->headers + run->transport);

	if (run->ipv6) {
		ip6->payload_len = htons(len - sizeof(*ip6));
		tcp->check = ~csum_ipv6_magic(&ip6->saddr, &ip6->daddr,
					      len - run->transport,
					      IPPROTO_TCP, 0);
		return;
	}
	ip4->tot_len = htons(len);
	ip4->check = 0;
	ip4->check = ip_fast_csum(ip4, ip4->ihl);
	tcp->check = ~csum_tcpudp_magic(ip4->saddr, ip4->daddr,
					len - run->transport, IPPROTO_TCP, 0);
}
