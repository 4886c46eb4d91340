/* SPDX-License-Identifier: GPL-2.0 */
/* Page fragment buffer: contiguous pages that hold a run of messages. */
#ifndef _NAAWG_FRAG_BUF_H
#define _NAAWG_FRAG_BUF_H

#include <linux/gfp.h>
#include <linux/skbuff.h>

#include "../core/segment.h"

#define NAAWG_FRAG_BUF_ORDER	3
#define NAAWG_FRAG_BUF_SIZE	(PAGE_SIZE << NAAWG_FRAG_BUF_ORDER)
/* The longest message that is sealed or opened beside others. */
#define NAAWG_FRAG_BUF_MESSAGE	(NAAWG_FRAG_BUF_SIZE - NAAWG_HEADERS_MAX)

/**
 * struct naawg_frag_buf - one page fragment buffer
 * @page: the pages, referenced; NULL for none
 * @bytes: address of the pages
 * @size: size in bytes
 * @used: bytes written so far
 */
struct naawg_frag_buf {
	struct page *page;
	u8 *bytes;
	u32 size;
	u32 used;
};

/* The buffer may be smaller than @order if contiguous memory is short. */
static inline bool naawg_frag_buf_new_of(struct naawg_frag_buf *buf,
					 unsigned int order)
{
	buf->used = 0;
	do {
		buf->size = PAGE_SIZE << order;
		buf->page = alloc_pages(GFP_ATOMIC | __GFP_COMP |
					__GFP_NOWARN | __GFP_NORETRY, order);
	} while (unlikely(!buf->page) && order--);
	buf->bytes = buf->page ? page_address(buf->page) : NULL;
	return buf->page;
}

/* @need is the size that the caller can use: a smaller buffer costs less. */
static inline bool naawg_frag_buf_new(struct naawg_frag_buf *buf, u32 need)
{
	return naawg_frag_buf_new_of(buf, min(get_order(need),
					      NAAWG_FRAG_BUF_ORDER));
}

static inline void naawg_frag_buf_put(struct naawg_frag_buf *buf)
{
	if (buf->page)
		put_page(buf->page);
	buf->page = NULL;
}

#endif
