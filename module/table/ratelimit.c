// SPDX-License-Identifier: GPL-2.0
/*
 * Rate limit of handshakes: a token bucket per source.
 *
 * A bucket is stored as one number, the time at which it is full again. Taking a
 * token moves this time into the future by one interval. The time may be at most
 * one full burst ahead. A full bucket means the same as no bucket, so it is freed.
 */
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "ratelimit.h"
#include "source.h"

#define TOKEN		((u64)NSEC_PER_SEC / NAAWG_RATE_PER_SECOND)
#define FULL		(NAAWG_RATE_BURST * TOKEN)
#define CHAINS		1024
#define BUCKETS_MAX	8192

/**
 * struct naawg_rate_bucket - token bucket of one source
 * @node: link in a chain of the hash
 * @source: IPv4 address, or first half of an IPv6 address, in network order
 * @addr_len: 4 or 16, to tell IPv4 from IPv6
 * @full_at: time at which the bucket is full again, ns
 */
struct naawg_rate_bucket {
	struct hlist_node node;
	u64 source;
	size_t addr_len;
	u64 full_at;
};

static struct hlist_head *chain_of(struct naawg_ratelimit *rl, u64 source,
				   size_t addr_len)
{
	return &rl->sources[siphash_2u64(source, addr_len, &rl->secret) %
			    CHAINS];
}

static void bucket_drop(struct naawg_ratelimit *rl,
			struct naawg_rate_bucket *bucket)
{
	hlist_del(&bucket->node);
	kfree(bucket);
	rl->count--;
}

/* Finds the bucket of a source, and frees full ones on the way. */
static struct naawg_rate_bucket *
bucket_find(struct naawg_ratelimit *rl, struct hlist_head *chain, u64 source,
	    size_t addr_len, u64 now)
{
	struct naawg_rate_bucket *bucket;
	struct hlist_node *next;

	hlist_for_each_entry_safe(bucket, next, chain, node) {
		if (bucket->source == source && bucket->addr_len == addr_len)
			return bucket;
		if (bucket->full_at <= now)
			bucket_drop(rl, bucket);
	}
	return NULL;
}

static struct naawg_rate_bucket *
bucket_new(struct naawg_ratelimit *rl, struct hlist_head *chain, u64 source,
	   size_t addr_len)
{
	struct naawg_rate_bucket *bucket;

	if (rl->count >= BUCKETS_MAX)
		return NULL;
	bucket = kmalloc(sizeof(*bucket), GFP_ATOMIC | __GFP_NOWARN);
	if (!bucket)
		return NULL;
	bucket->source = source;
	bucket->addr_len = addr_len;
	bucket->full_at = 0;
	hlist_add_head(&bucket->node, chain);
	if (!rl->count++)
		schedule_delayed_work(&rl->gc, HZ);
	return bucket;
}

static void naawg_ratelimit_gc(struct work_struct *work)
{
	struct naawg_ratelimit *rl = container_of(to_delayed_work(work),
						  struct naawg_ratelimit, gc);
	u64 now = ktime_get_coarse_boottime_ns();
	struct naawg_rate_bucket *bucket;
	struct hlist_node *next;
	unsigned int i;

	for (i = 0; i < CHAINS; i++) {
		/* the lock is released per chain, so that handshakes can go on */
		spin_lock_bh(&rl->lock);
		hlist_for_each_entry_safe(bucket, next, &rl->sources[i], node) {
			if (bucket->full_at <= now)
				bucket_drop(rl, bucket);
		}
		spin_unlock_bh(&rl->lock);
	}

	spin_lock_bh(&rl->lock);
	if (rl->count)
		schedule_delayed_work(&rl->gc, HZ);
	spin_unlock_bh(&rl->lock);
}

/**
 * naawg_ratelimit_init() - initialise a limiter without buckets
 * @rl: limiter
 *
 * Context: process.
 * Return: 0.
 */
int naawg_ratelimit_init(struct naawg_ratelimit *rl)
{
	spin_lock_init(&rl->lock);
	rl->sources = NULL;
	rl->count = 0;
	get_random_bytes(&rl->secret, sizeof(rl->secret));
	INIT_DELAYED_WORK(&rl->gc, naawg_ratelimit_gc);
	return 0;
}

/**
 * naawg_ratelimit_destroy() - free all buckets
 * @rl: limiter; naawg_ratelimit_init() makes it usable again
 *
 * Context: process; may sleep.
 */
void naawg_ratelimit_destroy(struct naawg_ratelimit *rl)
{
	struct naawg_rate_bucket *bucket;
	struct hlist_node *next;
	unsigned int i;

	cancel_delayed_work_sync(&rl->gc);
	if (!rl->sources)
		return;
	for (i = 0; i < CHAINS; i++)
		hlist_for_each_entry_safe(bucket, next, &rl->sources[i], node)
			bucket_drop(rl, bucket);
	kfree(rl->sources);
	rl->sources = NULL;
}

/**
 * naawg_ratelimit_allow() - take a token of a source, for one handshake
 * @rl: limiter
 * @addr: source address in network order
 * @addr_len: 4 or 16
 * @now: nanoseconds since boot, suspend included
 *
 * Context: process or softirq.
 * Return: false if the source has no token left, if there are too many sources or
 * if memory is short.
 */
bool naawg_ratelimit_allow(struct naawg_ratelimit *rl, const void *addr,
			   size_t addr_len, u64 now)
{
	u64 source = naawg_source(addr, addr_len);
	struct naawg_rate_bucket *bucket;
	struct hlist_head *chain;
	bool allowed = false;

	spin_lock_bh(&rl->lock);
	if (!rl->sources)
		rl->sources = kcalloc(CHAINS, sizeof(*rl->sources),
				      GFP_ATOMIC | __GFP_NOWARN);
	if (!rl->sources)
		goto out;

	chain = chain_of(rl, source, addr_len);
	bucket = bucket_find(rl, chain, source, addr_len, now);
	if (!bucket)
		bucket = bucket_new(rl, chain, source, addr_len);
	if (!bucket)
		goto out;

	bucket->full_at = max(bucket->full_at, now) + TOKEN;
	allowed = bucket->full_at <= now + FULL;
	if (!allowed)
		bucket->full_at -= TOKEN;
out:
	spin_unlock_bh(&rl->lock);
	return allowed;
}
