// SPDX-License-Identifier: GPL-2.0
/*
 * Reads bytes from packets whose memory other tasks may still write to.
 *
 * A fragment of a received packet may be a page that its sender can still write
 * to. splice() and the ring of a packet socket send such pages, and veth passes
 * them on. The sender may change them at any moment. So naawg copies all bytes
 * before it checks or authenticates them, and reads each byte once.
 */
#include <linux/compiler.h>
#include <linux/string.h>

#include "skb_reader.h"

static void enter_skb(struct naawg_skb_reader *r, struct sk_buff *skb,
		      u32 start, u32 end)
{
	r->skb = skb;
	r->frag = 0;
	r->end = end;
	r->bytes = skb->data;
	r->start = start;
	r->len = skb_headlen(skb);
}

/* Advances to the next piece; returns false if there is none. */
static bool next_piece(struct naawg_skb_reader *r)
{
	const struct skb_shared_info *info = skb_shinfo(r->skb);
	struct sk_buff *next;

	if (r->frag < info->nr_frags) {
		const skb_frag_t *frag = &info->frags[r->frag++];
		struct page *page = skb_frag_page(frag);

		r->start += r->len;
		r->len = skb_frag_size(frag);
		/* device memory has no page */
		r->bytes = page && !PageHighMem(page) ? skb_frag_address(frag) :
							NULL;
		return true;
	}
	next = r->skb == r->whole ? info->frag_list : r->skb->next;
	if (!next)
		return false;
	enter_skb(r, next, r->end, r->end + next->len);
	return true;
}

/**
 * naawg_skb_reader_begin() - start to read a packet
 * @r: the reader
 * @whole: the packet, or a chain of packets; its structure must not change
 *
 * Context: any.
 */
void naawg_skb_reader_begin(struct naawg_skb_reader *r, struct sk_buff *whole)
{
	r->whole = whole;
	enter_skb(r, whole, 0, skb_pagelen(whole));
}

/**
 * naawg_skb_reader_copy() - copy bytes and read each of them once
 * @r: the reader
 * @offset: offset of the first byte; never smaller than in the previous call
 * @to: memory that no other task can write to
 * @len: number of bytes
 *
 * Context: any.
 * Return: false if the bytes cannot be read.
 */
bool naawg_skb_reader_copy(struct naawg_skb_reader *r, u32 offset, void *to,
			   u32 len)
{
	bool copied = true;

	while (offset >= r->start + r->len && next_piece(r))
		;
	if (likely(r->bytes && offset >= r->start &&
		   offset + len <= r->start + r->len))
		memcpy(to, r->bytes + (offset - r->start), len);
	else
		copied = !skb_copy_bits(r->whole, offset, to, len);
	/* the compiler must not read these bytes from the packet again */
	barrier();
	return copied;
}
