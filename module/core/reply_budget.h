/* SPDX-License-Identifier: GPL-2.0 */
/* Reply budget: limits the CPU time of cookie replies while a device is under load. */
#ifndef _NAAWG_REPLY_BUDGET_H
#define _NAAWG_REPLY_BUDGET_H

#include <linux/types.h>

#include "../table/known_sources.h"

/*
 * Cookie replies to known sources may take 1/20 of the machine's CPU time. Replies
 * to unknown sources, all buckets together, may take another 1/20.
 */
#define NAAWG_ANSWER_PART	20

/**
 * struct naawg_reply_budget - reply budget of one device
 * @until: time until which the device is under load, ns
 * @repaid_at: per bucket, the time at which its debt is repaid, ns
 *
 * All zeros stands for no load. Access needs no lock: if two CPUs write at once, a
 * bucket pays for a reply or two less.
 */
struct naawg_reply_budget {
	u64 until;
	u64 repaid_at[NAAWG_BUCKETS];
};

/* More messages wait than can be served: the device is under load for a second. */
void naawg_reply_budget_begin_load(struct naawg_reply_budget *budget, u64 now);
bool naawg_reply_budget_under_load(const struct naawg_reply_budget *budget, u64 now);
/* Charges a cookie reply that took @cost nanoseconds on one of @cpus CPUs. */
void naawg_reply_budget_charge(struct naawg_reply_budget *budget, unsigned int bucket,
			       u64 now, u64 cost, unsigned int cpus);
/*
 * Returns true if the bucket has no budget left, so that an initiation is dropped
 * without a reply. A refusal prolongs the load. If the load ended during a flood,
 * curve operations would be done for every initiation until the queue is full again.
 */
bool naawg_reply_budget_refuses(struct naawg_reply_budget *budget, unsigned int bucket,
				u64 now);

#endif
