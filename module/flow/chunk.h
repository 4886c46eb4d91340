/* SPDX-License-Identifier: GPL-2.0 */
/* Pieces of memory of up to 32 KB that whole runs are written into. */
#ifndef _NAAWG_CHUNK_H
#define _NAAWG_CHUNK_H

#include <linux/gfp.h>
#include <linux/skbuff.h>

#include "../core/segment.h"

#define NAAWG_CHUNK_ORDER	3
#define NAAWG_CHUNK_SIZE	(PAGE_SIZE << NAAWG_CHUNK_ORDER)
/* The largest message: it may have to make way for another's headers. */
#define NAAWG_CHUNK_MESSAGE	(NAAWG_CHUNK_SIZE - NAAWG_HEADERS_MAX)

/**
 * struct naawg_chunk - one piece and how far it is filled
 * @page: its pages, NULL for none; a reference is held
 * @bytes: its memory
 * @size: how many bytes that are
 * @used: bytes written
 */
struct naawg_chunk {
	struct page *page;
	u8 *bytes;
	u32 size;
	u32 used;
};

/* The chunk may be smaller than @order if large pieces of memory are short. */
static inline bool naawg_chunk_new_of(struct naawg_chunk *chunk,
				      unsigned int order)
{
	chunk->used = 0;
	do {
		chunk->size = PAGE_SIZE << order;
		chunk->page = alloc_pages(GFP_ATOMIC | __GFP_COMP |
					  __GFP_NOWARN | __GFP_NORETRY, order);
	} while (unlikely(!chunk->page) && order--);
	chunk->bytes = chunk->page ? page_address(chunk->page) : NULL;
	return chunk->page;
}

/* @need is what the caller can use; a smaller chunk costs less. */
static inline bool naawg_chunk_new(struct naawg_chunk *chunk, u32 need)
{
	return naawg_chunk_new_of(chunk, min(get_order(need),
					     NAAWG_CHUNK_ORDER));
}

static inline void naawg_chunk_put(struct naawg_chunk *chunk)
{
	if (chunk->page)
		put_page(chunk->page);
	chunk->page = NULL;
}

#endif
