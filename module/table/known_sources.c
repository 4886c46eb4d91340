// SPDX-License-Identifier: GPL-2.0
/*
 * Known sources, and the reply bucket of every source.
 *
 * During a flood of initiations, only the source address distinguishes a peer that
 * renews its session from unknown senders. Entries expire by themselves, so the
 * table does not fill up on a device with many peers. Unknown sources are spread
 * over buckets by address. A source that floods therefore shares its bucket with
 * few others, and with other ones every few seconds.
 */
#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "known_sources.h"
#include "source.h"

/* Seconds after which unknown sources are spread over the buckets anew. */
#define REHASH_SECONDS	4

void naawg_known_sources_init(struct naawg_known_sources *known)
{
	memset(known->seen, 0, sizeof(known->seen));
	get_random_bytes(&known->secret, sizeof(known->secret));
}

static unsigned int source_slot(const struct naawg_known_sources *known,
				const void *addr, size_t addr_len, __be16 port)
{
	return siphash_2u64(naawg_source(addr, addr_len), (__force u16)port,
			    &known->secret) % NAAWG_KNOWN_SLOTS;
}

static u32 seconds(u64 now)
{
	/* 0 stands for never */
	return div_u64(now, NSEC_PER_SEC) + 1;
}

void naawg_known_sources_add(struct naawg_known_sources *known, const void *addr,
			     size_t addr_len, __be16 port, u64 now)
{
	WRITE_ONCE(known->seen[source_slot(known, addr, addr_len, port)],
		   seconds(now));
}

static bool is_known(const struct naawg_known_sources *known, const void *addr,
		     size_t addr_len, __be16 port, u64 now)
{
	unsigned int slot = source_slot(known, addr, addr_len, port);
	u32 seen = READ_ONCE(known->seen[slot]);

	return seen && seconds(now) - seen < NAAWG_KNOWN_SECONDS;
}

unsigned int naawg_known_sources_bucket(const struct naawg_known_sources *known,
					const void *addr, size_t addr_len,
					__be16 port, u64 now)
{
	u64 bucket;

	if (is_known(known, addr, addr_len, port, now))
		return NAAWG_BUCKET_KNOWN;
	/* the port is left out, so that all messages of an address share a bucket */
	bucket = siphash_2u64(naawg_source(addr, addr_len),
			      seconds(now) / REHASH_SECONDS, &known->secret);
	return NAAWG_BUCKET_UNKNOWN + bucket % NAAWG_UNKNOWN_BUCKETS;
}
