/* SPDX-License-Identifier: GPL-2.0 */
/* Token buckets for handshakes, one per source (IPv4 /32, IPv6 /64). */
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
 * @lock: protects the rest
 * @sources: hash of buckets, allocated with the first one
 * @count: buckets in it, bounded
 * @secret: hash key
 * @gc: drops buckets that are full again
 */
struct naawg_ratelimit {
	spinlock_t lock;	/* the rest */
	struct hlist_head *sources;
	unsigned int count;
	siphash_key_t secret;
	struct delayed_work gc;
};

int naawg_ratelimit_init(struct naawg_ratelimit *rl);
/* no caller of _allow may be left */
void naawg_ratelimit_destroy(struct naawg_ratelimit *rl);
/*
 * One token of the source, at @now nanoseconds. False when there is none, when
 * the table is full or memory is short. @addr is 4 or 16 bytes, network order.
 */
bool naawg_ratelimit_allow(struct naawg_ratelimit *rl, const void *addr,
			   size_t addr_len, u64 now);

#endif
