// SPDX-License-Identifier: GPL-2.0
/*
 * In a flood of calls, peers that renew their session look like any stranger but
 * for where they call from. Forgotten by itself, so that the table of a device that
 * has met many does not fill up. Strangers are told apart by address: one that floods
 * shares an account with few others, and not with the same ones for long.
 */
#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "known_sources.h"
#include "source.h"

/* After so long, s, strangers form other crowds. */
#define REHASH_SECONDS	4

void naawg_known_sources_init(struct naawg_known_sources *f)
{
	memset(f->seen, 0, sizeof(f->seen));
	get_random_bytes(&f->secret, sizeof(f->secret));
}

static unsigned int source_slot(const struct naawg_known_sources *f, const void *addr,
				size_t addr_len, __be16 port)
{
	return siphash_2u64(naawg_source(addr, addr_len), (__force u16)port,
			    &f->secret) % NAAWG_KNOWN_SLOTS;
}

static u32 seconds(u64 now)
{
	/* 0 is never */
	return div_u64(now, NSEC_PER_SEC) + 1;
}

void naawg_known_sources_add(struct naawg_known_sources *f, const void *addr,
			     size_t addr_len, __be16 port, u64 now)
{
	WRITE_ONCE(f->seen[source_slot(f, addr, addr_len, port)], seconds(now));
}

static bool has(const struct naawg_known_sources *f, const void *addr,
		size_t addr_len, __be16 port, u64 now)
{
	u32 seen = READ_ONCE(f->seen[source_slot(f, addr, addr_len, port)]);

	return seen && seconds(now) - seen < NAAWG_KNOWN_SECONDS;
}

unsigned int naawg_known_sources_bucket(const struct naawg_known_sources *f,
					const void *addr, size_t addr_len,
					__be16 port, u64 now)
{
	u64 bucket;

	if (has(f, addr, addr_len, port, now))
		return NAAWG_BUCKET_KNOWN;
	/* without the port: who floods from one address stays in one bucket */
	bucket = siphash_2u64(naawg_source(addr, addr_len),
			      seconds(now) / REHASH_SECONDS, &f->secret);
	return NAAWG_BUCKET_UNKNOWN + bucket % NAAWG_UNKNOWN_BUCKETS;
}
