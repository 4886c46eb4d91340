/* SPDX-License-Identifier: GPL-2.0 */
/* What packets carry along inside naawg, and whose they are. */
#ifndef _NAAWG_PACKET_H
#define _NAAWG_PACKET_H

#include <linux/skbuff.h>

#include "../core/segment.h"
#include "../state/peer.h"

/* Packets one GSO packet may stand for. */
#define NAAWG_SEGMENTS_MAX	1024

/**
 * struct naawg_cb - what a packet carries along inside naawg
 * @counter: nonce the message was or is to be sealed with; of a GSO packet on
 *	its way in, that of the first message not yet opened
 * @mtu: MTU of the route the inner packet takes, 0 for none
 * @len: length of the whole message as it was on the wire
 * @index: receiver index of the first message not yet opened
 * @offset: where that message begins, in a GSO packet
 * @segments: packets it stands for, 1 unless it is a GSO packet
 * @ds: DS field: of the outer packet to be sent, or of the one received
 * @group: which group's a received batch is
 * @steered: it came from another CPU
 * @own: a copy that waits or waited for a session
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

/* Switches for diagnosis, changeable while traffic flows. */
extern bool naawg_batch_tx;
extern bool naawg_batch_rx;

static inline struct naawg_cb *naawg_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct naawg_cb) > sizeof(skb->cb));
	return (struct naawg_cb *)skb->cb;
}

/* What is wrong with an inner packet naawg_wire_inner_len() refused. */
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
