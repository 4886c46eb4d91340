/* SPDX-License-Identifier: GPL-2.0 */
/* Sealing a GSO packet without cutting it into packets of the stack. */
#ifndef _NAAWG_SEAL_H
#define _NAAWG_SEAL_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "../state/peer.h"

/* Most messages of one outer GSO packet. */
#define NAAWG_SEAL_SEGMENTS	64

/* How many messages of @message bytes the length fields outside have room for. */
static inline unsigned int naawg_seal_most(u32 message)
{
	const u32 room = U16_MAX - sizeof(struct ipv6hdr) -
			 sizeof(struct iphdr) - sizeof(struct udphdr);

	return clamp_t(u32, room / message, 1, NAAWG_SEAL_SEGMENTS);
}

bool naawg_seal_gso(struct naawg_session *session, struct sk_buff *skb,
		    u64 counter, struct sk_buff_head *sealed);
unsigned int naawg_seal_run(struct naawg_session *session,
			    struct sk_buff_head *packets, u64 counter,
			    struct sk_buff_head *sealed);

#endif
