/* SPDX-License-Identifier: GPL-2.0 */
/* Joining: which TCP packets may become one GSO packet. */
#ifndef _NAAWG_COALESCE_H
#define _NAAWG_COALESCE_H

#include <linux/types.h>

#include "segment.h"

/* What fits the 16-bit lengths of IP, with room to spare. */
#define NAAWG_RUN_MAX	65000

/**
 * struct naawg_run - packets joined so far
 * @headers: headers of the first packet, flags of all
 * @header_len: their length; 0 while the run is empty
 * @transport: where the TCP header begins
 * @ipv6: IPv6, otherwise IPv4
 * @closed: nothing more may join
 * @fixed_id: all packets had the same IPv4 identification
 * @mss: payload of each packet but the last
 * @count: packets joined
 * @payload_len: their payload together
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
