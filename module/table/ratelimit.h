/* SPDX-License-Identifier: GPL-2.0 */
/* Rate limit of handshakes per source (IPv4 /32, IPv6 /64). */
#ifndef _NAAWG_RATELIMIT_H
#define _NAAWG_RATELIMIT_H

#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#define NAAWG_RATE_PER_SECOND	20
#define NAAWG_RATE_BURST	5

struct naawg_rate_bucket;

/**
 * struct naawg_ratelimit - limiter of one device
 * @lock: protects all other fields
 * @sources: hash of buckets, allocated with the first bucket
 * @count: number of buckets, bounded
 * @secret: hash key
 * @gc: frees buckets that are full again
 */
struct naawg_ratelimit {
	spinlock_t lock;	/* all other fields */
	struct hlist_head *sources;
	unsigned int count;
	siphash_key_t secret;
	struct delayed_work gc;
};

int naawg_ratelimit_init(struct naawg_ratelimit *rl);
/* no call of naawg_ratelimit_allow() may be under way */
void naawg_ratelimit_destroy(struct naawg_ratelimit *rl);
/*
 * Takes a token of the source at @now, in nanoseconds. Returns false if there is
 * none, if the table is full or if memory is short. @addr is 4 or 16 bytes in
 * network order.
 */
bool naawg_ratelimit_allow(struct naawg_ratelimit *rl, const void *addr,
			   size_t addr_len, u64 now);

#endif
