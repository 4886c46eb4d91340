/* SPDX-License-Identifier: GPL-2.0 */
/* Source addresses of recently authenticated peers, and buckets for all others. */
#ifndef _NAAWG_KNOWN_SOURCES_H
#define _NAAWG_KNOWN_SOURCES_H

#include <linux/siphash.h>
#include <linux/types.h>

/* Buckets of sources. Each bucket has a reply budget of its own. */
#define NAAWG_UNKNOWN_BUCKETS		8
#define NAAWG_BUCKET_KNOWN	0
#define NAAWG_BUCKET_UNKNOWN	1	/* the first one for unknown sources */
#define NAAWG_BUCKETS		(NAAWG_BUCKET_UNKNOWN + NAAWG_UNKNOWN_BUCKETS)

#define NAAWG_KNOWN_SLOTS	1024
/* Several times the lifetime of a session: a peer that renews it stays known. */
#define NAAWG_KNOWN_SECONDS	600

/**
 * struct naawg_known_sources - known sources of one device
 * @secret: hash key
 * @seen: per hash of a source, the second in which a peer with this hash was last
 *	authenticated; 0 for never
 *
 * An unknown source that shares a slot with a known one counts as known. Access
 * needs no lock, as a slot is one word.
 */
struct naawg_known_sources {
	siphash_key_t secret;
	u32 seen[NAAWG_KNOWN_SLOTS];
};

void naawg_known_sources_init(struct naawg_known_sources *known);
/* @addr is 4 or 16 bytes, network order; @now in nanoseconds */
void naawg_known_sources_add(struct naawg_known_sources *known, const void *addr,
			     size_t addr_len, __be16 port, u64 now);
/* returns the bucket of a source, below NAAWG_BUCKETS */
unsigned int naawg_known_sources_bucket(const struct naawg_known_sources *known,
					const void *addr, size_t addr_len,
					__be16 port, u64 now);

#endif
