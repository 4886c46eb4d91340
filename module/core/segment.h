/* SPDX-License-Identifier: GPL-2.0 */
/* Software segmentation: the headers of each packet that a GSO packet stands for. */
#ifndef _NAAWG_SEGMENT_H
#define _NAAWG_SEGMENT_H

#include <linux/types.h>

/* Maximum length of the IP and transport headers with all their options. */
#define NAAWG_HEADERS_MAX	128

/**
 * struct naawg_segmenter - a GSO packet that is being segmented
 * @headers: IP and transport header of the GSO packet
 * @header_len: length of @headers
 * @transport: offset of the transport header
 * @payload_len: payload bytes of all packets together
 * @mss: payload bytes of each packet but the last
 * @count: number of packets
 * @tcp: true for TCP, false for UDP
 * @ipv6: true for IPv6, false for IPv4
 * @fixed_id: all packets get the same IPv4 identification
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

/* Returns the payload bytes of packet @i. */
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
