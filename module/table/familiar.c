// SPDX-License-Identifier: GPL-2.0
/*
 * In a flood of calls, peers that renew their session look like any stranger but
 * for where they call from. Forgotten by itself, so that the table of a device that
 * has met many does not fill up.
 */
#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "familiar.h"

void naawg_familiar_init(struct naawg_familiar *f)
{
	memset(f->seen, 0, sizeof(f->seen));
	get_random_bytes(&f->secret, sizeof(f->secret));
}

static unsigned int slot_of(const struct naawg_familiar *f, const void *addr,
			    size_t addr_len, __be16 port)
{
	u64 source = 0;

	/* the rest of an IPv6 address may change at its owner's will */
	memcpy(&source, addr, min(addr_len, sizeof(source)));
	return siphash_2u64(source, (__force u16)port, &f->secret) %
	       NAAWG_FAMILIAR_SLOTS;
}

static u32 seconds(u64 now)
{
	/* 0 is never */
	return div_u64(now, NSEC_PER_SEC) + 1;
}

void naawg_familiar_add(struct naawg_familiar *f, const void *addr,
			size_t addr_len, __be16 port, u64 now)
{
	WRITE_ONCE(f->seen[slot_of(f, addr, addr_len, port)], seconds(now));
}

bool naawg_familiar_has(const struct naawg_familiar *f, const void *addr,
			size_t addr_len, __be16 port, u64 now)
{
	u32 seen = READ_ONCE(f->seen[slot_of(f, addr, addr_len, port)]);

	return seen && seconds(now) - seen < NAAWG_FAMILIAR_SECONDS;
}
