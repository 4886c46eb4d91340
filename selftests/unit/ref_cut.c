// SPDX-License-Identifier: GPL-2.0
/* Sums, and cutting as tcp_gso_segment() and __udp_gso_segment() do it. */
#include "ref.h"

u32 ref_sum(u64 sum, const u8 *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : bytes[i] << 8;
	/* 65536 is 1, but what is not 0 does not become 0 */
	return sum ? (sum - 1) % 65535 + 1 : 0;
}

u32 ref_pseudo(const u8 *packet, u32 transport_len, u8 proto)
{
	u64 sum = (transport_len >> 16) + (transport_len & 0xffff) + proto;

	return packet[0] >> 4 == 6 ? ref_sum(sum, packet + 8, 32) :
				     ref_sum(sum, packet + 12, 8);
}

void ref_fix_ip_sum(u8 *headers)
{
	if (headers[0] >> 4 != 4)
		return;
	ref_put16(headers + 10, 0);
	ref_put16(headers + 10, ~ref_sum(0, headers, 4 * (headers[0] & 15)));
}

static u32 transport_sum(const u8 *headers, u32 transport, u32 header_len,
			 u8 proto, const u8 *payload, u32 payload_len)
{
	u32 len = header_len - transport;
	u32 sum = ref_pseudo(headers, len + payload_len, proto);

	sum = ref_sum(sum, headers + transport, len);
	return ref_sum(sum, payload, payload_len);
}

void ref_fix_sums(u8 *headers, u32 transport, u32 header_len, u8 proto,
		  const u8 *payload, u32 payload_len)
{
	u8 *at = headers + transport + (proto == 6 ? 16 : 6);
	u32 sum;

	ref_fix_ip_sum(headers);
	ref_put16(at, 0);
	sum = 0xffff & ~transport_sum(headers, transport, header_len, proto,
				      payload, payload_len);
	ref_put16(at, sum || proto == 6 ? sum : 0xffff);
}

bool ref_sums_right(const u8 *headers, u32 transport, u32 header_len, u8 proto,
		    const u8 *payload, u32 payload_len)
{
	if (headers[0] >> 4 == 4 &&
	    ref_sum(0, headers, 4 * (headers[0] & 15)) != 0xffff)
		return false;
	if (proto == 17 && !ref_get16(headers + transport + 6))
		return false;
	return transport_sum(headers, transport, header_len, proto, payload,
			     payload_len) == 0xffff;
}

static bool network_right(const struct ref_super *s)
{
	const u8 *ip = s->headers;
	u8 proto = s->tcp ? 6 : 17;

	if (s->ipv6)
		return ip[0] >> 4 == 6 && ip[6] == proto && s->transport == 40;
	return ip[0] >> 4 == 4 && (ip[0] & 15) >= 5 &&
	       s->transport == 4 * (ip[0] & 15) && ip[9] == proto &&
	       !(ref_get16(ip + 6) & 0x3fff);
}

/* The packets that module/ segments itself; the stack segments them alike. */
bool ref_can_cut(const struct ref_super *s)
{
	u32 transport_len = s->header_len - s->transport;

	if (!s->mss || !s->payload_len || s->header_len > REF_HEADERS)
		return false;
	if (s->header_len + s->mss > 65535 || ref_count(s) > 65535)
		return false;
	if (s->transport < (s->ipv6 ? 40 : 20) || !network_right(s))
		return false;
	if (s->header_len < s->transport + (s->tcp ? 20 : 8))
		return false;
	return transport_len == (s->tcp ?
		4u * (s->headers[s->transport + 12] >> 4) : 8);
}

u32 ref_count(const struct ref_super *s)
{
	return s->payload_len / s->mss + !!(s->payload_len % s->mss);
}

u32 ref_cut(const struct ref_super *s, u32 i, const u8 *payload, u8 *out)
{
	bool last = i == ref_count(s) - 1;
	u32 from = i * s->mss;
	u32 len = last ? s->payload_len - from : s->mss;
	u8 *transport = out + s->transport;

	memcpy(out, s->headers, s->header_len);
	if (s->ipv6)
		ref_put16(out + 4, s->header_len - 40 + len);
	else
		ref_put16(out + 2, s->header_len + len);
	if (!s->ipv6 && !s->fixed_id)
		ref_put16(out + 4, ref_get16(out + 4) + i);
	if (s->tcp) {
		ref_put32(transport + 4, ref_get32(transport + 4) + from);
		if (!last)
			transport[13] &= ~(0x01 | 0x08);	/* FIN, PSH */
		if (i)
			transport[13] &= ~0x80;			/* CWR */
	} else {
		ref_put16(transport + 4, 8 + len);
	}
	ref_fix_sums(out, s->transport, s->header_len, s->tcp ? 6 : 17,
		     payload + from, len);
	return len;
}
