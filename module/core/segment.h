/* SPDX-License-Identifier: GPL-2.0 */
/* Cutting a GSO packet: the headers of each packet it stands for. */
#ifndef _NAAWG_SEGMENT_H
#define _NAAWG_SEGMENT_H

#include <linux/types.h>

/* IP and transport headers with all their options. */
#define NAAWG_HEADERS_MAX	128

/**
 * struct naawg_segmenter - what the packets of a GSO packet share
 * @headers: IP and transport header of the GSO packet
 * @header_len: their length
 * @transport: where the transport header begins
 * @payload_len: payload of all packets together
 * @mss: payload of each but the last
 * @count: how many packets there are
 * @tcp: TCP, otherwise UDP
 * @ipv6: IPv6, otherwise IPv4
 * @fixed_id: the IPv4 identification does not grow
 */
struct naawg_segmenter {
	u8 headers[NAAWG_HEADERS_MAX] __aligned(8);
	u16 header_len;
	u16 transport;
	u32 payload_len;
	u16 mss;
	u16 count;
	bool tcp;
	bool ipv6;
	bool fixed_id;
};

/* payload bytes of packet @i */
static inline u32 naawg_segment_payload(const struct naawg_segmenter *s,
					unsigned int i)
{
	return i + 1 < s->count ? s->mss : s->payload_len - (u32)i * s->mss;
}

bool naawg_segment_begin(struct naawg_segmenter *s, u16 transport, u16 header_len,
			 u32 payload_len, u16 mss);
void naawg_segment_write(const struct naawg_segmenter *s, u8 *dst,
			 unsigned int i, __wsum payload_sum);

#endif
