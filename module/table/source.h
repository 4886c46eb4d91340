/* SPDX-License-Identifier: GPL-2.0 */
/* What counts as one source of messages. */
#ifndef _NAAWG_SOURCE_H
#define _NAAWG_SOURCE_H

#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

/* Of an address of 4 or 16 bytes, in network order. */
static inline u64 naawg_source(const void *addr, size_t addr_len)
{
	u64 source = 0;

	/* who has one IPv6 address has the other 2^64 of its link, too */
	memcpy(&source, addr, min(addr_len, sizeof(source)));
	return source;
}

#endif
