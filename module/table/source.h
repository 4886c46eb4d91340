/* SPDX-License-Identifier: GPL-2.0 */
/* The part of a source address that counts as one source. */
#ifndef _NAAWG_SOURCE_H
#define _NAAWG_SOURCE_H

#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

/* @addr is 4 or 16 bytes, in network order. */
static inline u64 naawg_source(const void *addr, size_t addr_len)
{
	u64 source = 0;

	/* a host can use every address of its /64, so only that part counts */
	memcpy(&source, addr, min(addr_len, sizeof(source)));
	return source;
}

#endif
