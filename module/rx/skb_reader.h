/* SPDX-License-Identifier: GPL-2.0 */
/* Reads bytes from packets whose memory other tasks may still write to. */
#ifndef _NAAWG_SKB_READER_H
#define _NAAWG_SKB_READER_H

#include <linux/skbuff.h>

/**
 * struct naawg_skb_reader - position in a packet that is read in order
 * @whole: the packet, or a chain of packets
 * @skb: packet of the chain that contains the current piece
 * @frag: number of the next fragment of @skb
 * @end: end of @skb, as an offset into @whole
 * @bytes: current contiguous piece; NULL if it cannot be addressed
 * @start: start of the piece, as an offset into @whole
 * @len: length of the piece
 */
struct naawg_skb_reader {
	struct sk_buff *whole;
	struct sk_buff *skb;
	unsigned int frag;
	u32 end;
	const u8 *bytes;
	u32 start;
	u32 len;
};

void naawg_skb_reader_begin(struct naawg_skb_reader *r, struct sk_buff *whole);
bool naawg_skb_reader_copy(struct naawg_skb_reader *r, u32 offset, void *to,
			   u32 len);

#endif
