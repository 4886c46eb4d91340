/* SPDX-License-Identifier: GPL-2.0 */
/* Seals a GSO packet, or a run of packets, into one outer GSO packet. */
#ifndef _NAAWG_SEAL_H
#define _NAAWG_SEAL_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "../state/peer.h"

struct naawg_sealing;

/* Largest number of messages in one outer GSO packet. */
#define NAAWG_SEAL_SEGMENTS	64

/* Number of messages of @message bytes that the outer length fields allow. */
static inline unsigned int naawg_seal_most(u32 message)
{
	const u32 room = U16_MAX - sizeof(struct ipv6hdr) -
			 sizeof(struct iphdr) - sizeof(struct udphdr);

	return clamp_t(u32, room / message, 1, NAAWG_SEAL_SEGMENTS);
}

bool naawg_seal_gso(struct naawg_sealing *sealing, struct sk_buff *skb,
		    u64 counter, struct sk_buff_head *sealed);
unsigned int naawg_seal_run(struct naawg_sealing *sealing,
			    struct sk_buff_head *packets, u64 counter,
			    struct sk_buff_head *sealed);

#endif
