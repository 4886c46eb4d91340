// SPDX-License-Identifier: GPL-2.0
/*
 * Joining as the kernel does it: inet_gro_receive(), ipv6_gro_receive(),
 * tcp_gro_receive(), skb_gro_receive() and what completes them, for packets
 * whose TCP checksum somebody else has vouched for, and IPv6 without extension
 * headers.
 */
#include "ref.h"

#define FIN	0x01
#define SYN	0x02
#define RST	0x04
#define PSH	0x08
#define URG	0x20
#define CWR	0x80

#define DF	0x4000

static u32 transport_of(const u8 *packet)
{
	return packet[0] >> 4 == 6 ? 40 : 20;
}

static const u8 *tcp_of(const u8 *packet)
{
	return packet + transport_of(packet);
}

/* Everything that makes either function set "flush" for the packet alone. */
u32 ref_plain(const u8 *packet, u32 len)
{
	u32 header_len;

	if (!len)
		return 0;
	if (packet[0] >> 4 == 6) {
		if (len < 40 || packet[6] != 6 ||
		    ref_get16(packet + 4) != len - 40)
			return 0;
	} else {
		if (len < 20 || packet[0] != 0x45 || packet[9] != 6 ||
		    ref_sum(0, packet, 20) != 0xffff ||
		    ref_get16(packet + 2) != len ||
		    ref_get16(packet + 6) & ~DF)
			return 0;
	}
	if (len < transport_of(packet) + 20)
		return 0;
	header_len = transport_of(packet) + 4 * (tcp_of(packet)[12] >> 4);
	if (header_len < transport_of(packet) + 20 || header_len > len)
		return 0;
	return header_len;
}

static bool last_of_all(const u8 *tcp)
{
	return tcp[13] & (URG | PSH | RST | SYN | FIN);
}

bool ref_hold(struct ref_held *p, enum ref_kernel kernel, const u8 *packet,
	      u32 len)
{
	u32 header_len = ref_plain(packet, len);

	if (!header_len || len - header_len < 1 || last_of_all(tcp_of(packet)))
		return false;
	memset(p, 0, sizeof(*p));
	memcpy(p->headers, packet, header_len);
	p->kernel = kernel;
	p->header_len = header_len;
	p->len = len;
	p->mss = len - header_len;
	p->count = 1;
	p->ipv6 = packet[0] >> 4 == 6;
	p->atomic = p->ipv6 || ref_get16(packet + 6) & DF;
	return true;
}

static bool same_flow(const struct ref_held *p, const u8 *packet)
{
	const u8 *a = p->headers;

	if (a[0] >> 4 != packet[0] >> 4)
		return false;
	if (memcmp(tcp_of(a), tcp_of(packet), 4))
		return false;
	if (!p->ipv6)
		return !memcmp(a + 12, packet + 12, 8);
	/* the flow label tells flows apart, the traffic class does not */
	return (a[1] & 15) == (packet[1] & 15) &&
	       !memcmp(a + 2, packet + 2, 2) && !memcmp(a + 8, packet + 8, 32);
}

static bool id_fits_6_1(struct ref_held *p, const u8 *packet)
{
	u16 flush_id = ref_get16(packet + 4) - ref_get16(p->headers + 4);

	if (!p->atomic || !(ref_get16(packet + 6) & DF))
		flush_id = flush_id != p->count ? 0xffff : 0;
	if (flush_id == 1 && p->count == 1 && p->atomic) {
		p->atomic = false;
		return true;
	}
	return !flush_id;
}

static bool id_fits_7_2(struct ref_held *p, const u8 *packet)
{
	u16 offset = ref_get16(packet + 4) - ref_get16(p->headers + 4);

	if (p->count == 1 && !offset)
		p->fixed = true;
	return offset == (p->fixed ? 0 : p->count);
}

static bool same_network(struct ref_held *p, const u8 *packet)
{
	const u8 *a = p->headers;

	if (p->ipv6)	/* traffic class and hop limit */
		return (ref_get16(a) & 0x0ff0) == (ref_get16(packet) & 0x0ff0) &&
		       a[7] == packet[7];
	if (a[8] != packet[8] || a[1] != packet[1] ||
	    (ref_get16(a + 6) ^ ref_get16(packet + 6)) & DF)
		return false;
	return p->kernel == REF_6_1 ? id_fits_6_1(p, packet) :
				      id_fits_7_2(p, packet);
}

static bool same_tcp(const struct ref_held *p, const u8 *b)
{
	const u8 *a = tcp_of(p->headers);
	u8 differ = a[13] ^ b[13];

	/* data offset and reserved bits, window */
	if (a[12] != b[12] || a[14] != b[14] || a[15] != b[15])
		return false;
	if (p->kernel == REF_6_1) {
		if (b[13] & CWR)
			return false;
		differ &= ~CWR;
	}
	if (differ & ~(FIN | PSH))
		return false;
	if (ref_get32(a + 8) != ref_get32(b + 8))
		return false;
	return !memcmp(a + 20, b + 20, 4 * (b[12] >> 4) - 20);
}

bool ref_merge(struct ref_held *p, const u8 *packet, u32 len)
{
	u32 header_len = ref_plain(packet, len);
	u8 *a = (u8 *)tcp_of(p->headers);
	u32 payload = len - header_len;
	const u8 *b;

	if (p->flushed || !header_len || !same_flow(p, packet))
		return false;
	b = tcp_of(packet);
	if (!same_network(p, packet) || !same_tcp(p, b))
		return false;
	if (!payload || payload > p->mss || p->len + payload >= 65536)
		return false;
	if (ref_get32(a + 4) + p->len - p->header_len != ref_get32(b + 4))
		return false;
	a[13] |= b[13] & (FIN | PSH);
	p->len += payload;
	p->count++;
	p->flushed = payload < p->mss || last_of_all(b);
	return true;
}

void ref_complete(struct ref_held *p)
{
	u32 transport = transport_of(p->headers);

	if (p->ipv6)
		ref_put16(p->headers + 4, p->len - 40);
	else
		ref_put16(p->headers + 2, p->len);
	ref_fix_ip_sum(p->headers);
	/* not inverted: whoever sends it on goes on adding from here */
	ref_put16(p->headers + transport + 16,
		  ref_pseudo(p->headers, p->len - transport, 6));
}
