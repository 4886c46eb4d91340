// SPDX-License-Identifier: GPL-2.0
/*
 * Takes bytes out of packets whose memory others may write to.
 *
 * Fragments of a received packet may be pages its sender still has: splice() and
 * a ring of a packet socket put them there, and a virtual cable passes them on.
 * The sender may change them at any moment. Everything that is looked at or
 * authenticated is therefore copied first, each byte once.
 */
#include <linux/compiler.h>
#include <linux/string.h>

#include "skb_reader.h"

static void enter_skb(struct naawg_skb_reader *p, struct sk_buff *skb, u32 start,
		      u32 end)
{
	p->skb = skb;
	p->frag = 0;
	p->end = end;
	p->bytes = skb->data;
	p->start = start;
	p->len = skb_headlen(skb);
}

/* Goes on to the next piece; false if there is none. */
static bool step(struct naawg_skb_reader *p)
{
	const struct skb_shared_info *info = skb_shinfo(p->skb);
	struct sk_buff *next;

	if (p->frag < info->nr_frags) {
		const skb_frag_t *frag = &info->frags[p->frag++];
		struct page *page = skb_frag_page(frag);

		p->start += p->len;
		p->len = skb_frag_size(frag);
		/* memory of a device has no page */
		p->bytes = page && !PageHighMem(page) ? skb_frag_address(frag) :
							NULL;
		return true;
	}
	next = p->skb == p->whole ? info->frag_list : p->skb->next;
	if (!next)
		return false;
	enter_skb(p, next, p->end, p->end + next->len);
	return true;
}

/**
 * naawg_skb_reader_begin() - go to the front of a packet
 * @p: the place
 * @whole: the packet, or a chain of packets; must stay as it is
 *
 * Context: any.
 */
void naawg_skb_reader_begin(struct naawg_skb_reader *p, struct sk_buff *whole)
{
	p->whole = whole;
	enter_skb(p, whole, 0, skb_pagelen(whole));
}

/**
 * naawg_skb_reader_copy() - copy bytes, each of them read once
 * @p: the place
 * @offset: the first byte; must not be smaller than in the call before
 * @to: memory that nobody else can write to
 * @len: how many bytes
 *
 * Context: any.
 * Return: false if they cannot be read.
 */
bool naawg_skb_reader_copy(struct naawg_skb_reader *p, u32 offset, void *to, u32 len)
{
	bool copied = true;

	while (offset >= p->start + p->len && step(p))
		;
	if (likely(p->bytes && offset >= p->start &&
		   offset + len <= p->start + p->len))
		memcpy(to, p->bytes + (offset - p->start), len);
	else
		copied = !skb_copy_bits(p->whole, offset, to, len);
	/* the compiler must not read the packet again for what it has here */
	barrier();
	return copied;
}
