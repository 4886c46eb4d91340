// SPDX-License-Identifier: GPL-2.0
/* Message types, and the length and routing headers of inner packets. */
#include <linux/build_bug.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#include "wire.h"

static_assert(sizeof(struct naawg_msg_initiation) == 148);
static_assert(sizeof(struct naawg_msg_response) == 92);
static_assert(sizeof(struct naawg_msg_cookie) == 64);
static_assert(sizeof(struct naawg_msg_data) == 16);

#define IPV4_HEADER_MIN	20
#define IPV6_HEADER	40

/* IPv4 options: two that are a single byte, and two source routes. */
#define OPTION_END	0
#define OPTION_NOP	1
#define OPTION_LSRR	131
#define OPTION_SSRR	137

/* IPv6 headers that may come before a routing header, and their minimum length. */
#define HEADER_HOP_BY_HOP	0
#define HEADER_ROUTING		43
#define HEADER_FRAGMENT		44
#define HEADER_AUTHENTICATION	51
#define HEADER_DESTINATION	60
#define HEADER_MIN		8

/**
 * naawg_wire_classify() - find the type of a message
 * @bytes: UDP payload, in any alignment
 * @len: its length
 *
 * Context: any.
 * Return: the type; %NAAWG_MSG_INVALID if the length does not fit the type or a
 * reserved byte is not zero.
 */
enum naawg_message_type naawg_wire_classify(const void *bytes, size_t len)
{
	const struct naawg_msg_header *header = bytes;
	bool fits;
	u32 type;

	if (len < sizeof(*header))
		return NAAWG_MSG_INVALID;

	type = le32_to_cpu(header->type);
	switch (type) {
	case NAAWG_MSG_INITIATION:
		fits = len == sizeof(struct naawg_msg_initiation);
		break;
	case NAAWG_MSG_RESPONSE:
		fits = len == sizeof(struct naawg_msg_response);
		break;
	case NAAWG_MSG_COOKIE:
		fits = len == sizeof(struct naawg_msg_cookie);
		break;
	case NAAWG_MSG_DATA:
		fits = len >= NAAWG_DATA_MIN;
		break;
	default:
		fits = false;
	}
	return fits ? type : NAAWG_MSG_INVALID;
}

/**
 * naawg_wire_padded() - compute the padded length of an inner packet
 * @len: its length
 * @mtu: length of the longest inner packet on the route, 0 for no limit
 *
 * A packet longer than @mtu will be fragmented into pieces of that size, so the last
 * piece gets the padding.
 *
 * Context: any.
 * Return: the padded length, never less than @len.
 */
size_t naawg_wire_padded(size_t len, size_t mtu)
{
	size_t last = len;

	if (!mtu)
		return round_up(len, NAAWG_PAD_UNIT);
	if (len > mtu)
		last = len % mtu;
	return len - last + min_t(size_t, round_up(last, NAAWG_PAD_UNIT), mtu);
}

/**
 * naawg_wire_inner_len() - find the length of an inner packet without its padding
 * @bytes: the inner packet, in any alignment
 * @len: its length with padding
 *
 * Context: any.
 * Return: the length in the IP header; 0 if that length is impossible or the packet
 * is not IP.
 */
size_t naawg_wire_inner_len(const void *bytes, size_t len)
{
	const u8 *ip = bytes;
	size_t header;
	size_t total;

	if (!len)
		return 0;

	switch (ip[0] >> 4) {
	case 4:
		if (len < IPV4_HEADER_MIN)
			return 0;
		header = (ip[0] & 0xf) * 4;
		if (header < IPV4_HEADER_MIN)
			return 0;
		total = ip[2] << 8 | ip[3];
		break;
	case 6:
		if (len < IPV6_HEADER)
			return 0;
		header = IPV6_HEADER;
		total = IPV6_HEADER + (ip[4] << 8 | ip[5]);
		break;
	default:
		return 0;
	}
	return total >= header && total <= len ? total : 0;
}

static bool has_source_route4(const u8 *ip)
{
	size_t end = (ip[0] & 0xf) * 4;
	size_t at = IPV4_HEADER_MIN;

	while (at < end && ip[at] != OPTION_END) {
		if (ip[at] == OPTION_LSRR || ip[at] == OPTION_SSRR)
			return true;
		if (ip[at] == OPTION_NOP) {
			at++;
			continue;
		}
		if (at + 1 == end || ip[at + 1] < 2)
			return true;
		at += ip[at + 1];
	}
	return at > end;
}

/* Returns the length of @header; 0 if the packet is not the first fragment. */
static size_t extension_len(u8 type, const u8 *header)
{
	switch (type) {
	case HEADER_FRAGMENT:
		return header[2] || header[3] & ~7 ? 0 : HEADER_MIN;
	case HEADER_AUTHENTICATION:
		return (header[1] + 2) * 4;
	default:
		return (header[1] + 1) * 8;
	}
}

static bool has_source_route6(const u8 *ip, size_t len)
{
	size_t at = IPV6_HEADER, size;
	u8 type = ip[6];

	while (type == HEADER_HOP_BY_HOP || type == HEADER_DESTINATION ||
	       type == HEADER_FRAGMENT || type == HEADER_AUTHENTICATION) {
		if (at + HEADER_MIN > len)
			return true;
		size = extension_len(type, ip + at);
		if (!size)
			return false;
		type = ip[at];
		at += size;
	}
	return type == HEADER_ROUTING;
}

/**
 * naawg_wire_has_source_route() - tell if a packet may have further destinations
 * @packet: inner packet, in any alignment
 * @len: its length, as naawg_wire_inner_len() returned it
 *
 * The destination of a packet with a source route changes on its way. Options and
 * headers that cannot be parsed to their end count as a source route, as another
 * host may parse them differently.
 *
 * Context: any.
 * Return: true for an IPv4 source route, for an IPv6 routing header, and for options
 * or headers that cannot be parsed.
 */
bool naawg_wire_has_source_route(const void *packet, size_t len)
{
	const u8 *ip = packet;

	return ip[0] >> 4 == 4 ? has_source_route4(ip) :
				 has_source_route6(ip, len);
}
