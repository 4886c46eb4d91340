/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses from which a peer proved itself lately, and crowds of others. */
#ifndef _NAAWG_KNOWN_SOURCES_H
#define _NAAWG_KNOWN_SOURCES_H

#include <linux/siphash.h>
#include <linux/types.h>

/* Kinds of callers. What is given to a kind does not depend on other kinds. */
#define NAAWG_UNKNOWN_BUCKETS		8
#define NAAWG_BUCKET_KNOWN	0
#define NAAWG_BUCKET_UNKNOWN	1	/* the first crowd's */
#define NAAWG_BUCKETS		(NAAWG_BUCKET_UNKNOWN + NAAWG_UNKNOWN_BUCKETS)

#define NAAWG_KNOWN_SLOTS	1024
/* Some times as long as keys last: who renews them is familiar. */
#define NAAWG_KNOWN_SECONDS	600

/**
 * struct naawg_known_sources - addresses of one device
 * @secret: hash key
 * @seen: by hash of the address, when one of them was last seen, s; 0 for never
 *
 * It may take a stranger for one of them who shares a slot. Nothing serialises
 * access: a slot is one word.
 */
struct naawg_known_sources {
	siphash_key_t secret;
	u32 seen[NAAWG_KNOWN_SLOTS];
};

void naawg_known_sources_init(struct naawg_known_sources *f);
/* @addr is 4 or 16 bytes, network order; @now in nanoseconds */
void naawg_known_sources_add(struct naawg_known_sources *f, const void *addr,
			     size_t addr_len, __be16 port, u64 now);
/* Of which kind is who calls from there? */
unsigned int naawg_known_sources_bucket(const struct naawg_known_sources *f,
					const void *addr, size_t addr_len,
					__be16 port, u64 now);

#endif
