/* SPDX-License-Identifier: GPL-2.0 */
/* Takes bytes out of packets whose memory others may write to. */
#ifndef _NAAWG_SKB_READER_H
#define _NAAWG_SKB_READER_H

#include <linux/skbuff.h>

/**
 * struct naawg_skb_reader - place in a packet that is read from front to back
 * @whole: the packet, or a chain of packets
 * @skb: the packet of the chain that holds the piece
 * @frag: the next fragment of @skb
 * @end: where @skb ends, as an offset into @whole
 * @bytes: the piece; NULL if it cannot be addressed
 * @start: where it begins, as an offset into @whole
 * @len: its length
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

void naawg_skb_reader_begin(struct naawg_skb_reader *p, struct sk_buff *whole);
bool naawg_skb_reader_copy(struct naawg_skb_reader *p, u32 offset, void *to, u32 len);

#endif
