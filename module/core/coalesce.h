/* SPDX-License-Identifier: GPL-2.0 */
/* Coalescing of TCP packets: joins opened packets to one GSO packet. */
#ifndef _NAAWG_COALESCE_H
#define _NAAWG_COALESCE_H

#include <linux/types.h>

#include "segment.h"

/* Maximum length of a GSO packet: below the 16-bit limit of IP's length fields. */
#define NAAWG_RUN_MAX	65000

/**
 * struct naawg_run - packets that were joined to one so far
 * @headers: headers of the first packet, with the flags of all packets
 * @header_len: length of @headers; 0 while the run is empty
 * @transport: offset of the TCP header
 * @ipv6: true for IPv6, false for IPv4
 * @closed: no further packet may be joined
 * @fixed_id: all packets have the same IPv4 identification
 * @mss: payload bytes of each packet but the last
 * @count: number of packets
 * @payload_len: payload bytes of all packets together
 */
struct naawg_run {
	u8 headers[NAAWG_HEADERS_MAX] __aligned(8);
	u16 header_len;
	u16 transport;
	bool ipv6;
	bool closed;
	bool fixed_id;
	u16 mss;
	u16 count;
	u32 payload_len;
};

static inline bool naawg_run_is_empty(const struct naawg_run *run)
{
	return !run->header_len;
}

bool naawg_run_begin(struct naawg_run *run, const u8 *packet, u32 len);
bool naawg_run_join(struct naawg_run *run, const u8 *packet, u32 len);
void naawg_run_finish(struct naawg_run *run);

#endif
