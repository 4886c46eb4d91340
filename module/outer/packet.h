/* SPDX-License-Identifier: GPL-2.0 */
/* Control block, ownership and copying of packets inside naawg. */
#ifndef _NAAWG_PACKET_H
#define _NAAWG_PACKET_H

#include <linux/skbuff.h>

#include "../core/segment.h"
#include "../state/peer.h"

/* Largest number of segments in one GSO packet. */
#define NAAWG_SEGMENTS_MAX	1024

/**
 * struct naawg_cb - control block of a packet inside naawg
 * @counter: nonce of the message; for a received GSO packet, the nonce of the
 *	first message not yet opened
 * @mtu: MTU of the route of the inner packet, 0 for none
 * @len: length of the message on the wire
 * @index: receiver index of the first message not yet opened
 * @offset: offset of that message in a GSO packet
 * @segments: number of segments of a GSO packet, 1 for any other packet
 * @ds: DS field of the outer packet, sent or received
 * @group: steering group of the peer that sent a received batch
 * @steered: the packet was received on another CPU and steered to this one
 * @own: the packet is a copy that naawg made for staging
 */
struct naawg_cb {
	u64 counter;
	u32 mtu;
	u32 len;
	u32 index;
	u32 offset;
	u16 segments;
	u8 ds;
	u8 group;
	bool steered;
	bool own;
};

/* Module parameters for diagnosis; they may change while traffic flows. */
extern bool naawg_batch_tx;
extern bool naawg_batch_rx;

static inline struct naawg_cb *naawg_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct naawg_cb) > sizeof(skb->cb));
	return (struct naawg_cb *)skb->cb;
}

/* Returns the reason why naawg_wire_inner_len() refused an inner packet. */
static inline enum naawg_reason naawg_packet_flaw(const u8 *packet)
{
	return *packet >> 4 == 4 || *packet >> 4 == 6 ?
	       NAAWG_R_INNER_MALFORMED : NAAWG_R_INNER_NOT_IP;
}

void naawg_packet_hand_over(struct sk_buff *outer, struct sk_buff *inner);
bool naawg_packet_segments(struct sk_buff *skb,
			   struct naawg_segmenter *segments);
bool naawg_packet_copy(const struct sk_buff *skb, u8 *dst);

#endif
