// SPDX-License-Identifier: GPL-2.0
/*
 * Reply budget: limits the CPU time of cookie replies while a device is under load.
 *
 * In a flood of initiations, the time spent on cookie replies is lost to the peers.
 * So replies are limited by token buckets, one per class of source. A bucket is
 * stored as the time at which its debt is repaid. A sender that gets no reply
 * initiates again some seconds later. Chance decides which senders of a bucket get a
 * reply. To keep out one particular sender, an attacker must use up the budget of
 * that sender's whole bucket.
 */
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "reply_budget.h"

/* Maximum debt of a bucket: two ticks of a coarse clock. */
#define CREDIT		(20 * (u64)NSEC_PER_MSEC)
/* Maximum cost of a reply: the CPU may have been interrupted while it sent one. */
#define COST_MOST	(100 * (u64)NSEC_PER_USEC)

void naawg_reply_budget_begin_load(struct naawg_reply_budget *budget, u64 now)
{
	WRITE_ONCE(budget->until, now + NSEC_PER_SEC);
}

bool naawg_reply_budget_under_load(const struct naawg_reply_budget *budget, u64 now)
{
	return now < READ_ONCE(budget->until);
}

void naawg_reply_budget_charge(struct naawg_reply_budget *budget, unsigned int bucket,
			       u64 now, u64 cost, unsigned int cpus)
{
	u32 part = bucket == NAAWG_BUCKET_KNOWN ?
			   NAAWG_ANSWER_PART : NAAWG_ANSWER_PART * NAAWG_UNKNOWN_BUCKETS;
	u32 price = (u32)min(cost, COST_MOST) * part / cpus + 1;

	WRITE_ONCE(budget->repaid_at[bucket],
		   max(READ_ONCE(budget->repaid_at[bucket]), now) + price);
}

static bool has_credit(const struct naawg_reply_budget *budget, unsigned int bucket,
		       u64 now)
{
	return READ_ONCE(budget->repaid_at[bucket]) <= now + CREDIT;
}

bool naawg_reply_budget_refuses(struct naawg_reply_budget *budget, unsigned int bucket,
				u64 now)
{
	u64 until = READ_ONCE(budget->until);

	if (now >= until || has_credit(budget, bucket, now))
		return false;
	/* a write for each message would bounce the cache line between CPUs */
	if (until - now < NSEC_PER_SEC / 2)
		naawg_reply_budget_begin_load(budget, now);
	return true;
}
