// SPDX-License-Identifier: GPL-2.0
/*
 * Who floods a device with calls takes from its peers what answering costs. So
 * answers are paid from accounts, each kept as one number, the time at which it is
 * balanced. Who is refused calls again some seconds later, and the choice among those
 * who share an account is by chance: to keep one particular caller out takes as much
 * as to keep out the whole crowd it is in.
 */
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "reply_budget.h"

/* As much may be owed: two ticks of a coarse clock. */
#define CREDIT		(20 * (u64)NSEC_PER_MSEC)
/* Who is interrupted while answering pays no more than this for it. */
#define COST_MOST	(100 * (u64)NSEC_PER_USEC)

void naawg_reply_budget_begin_load(struct naawg_reply_budget *o, u64 now)
{
	WRITE_ONCE(o->until, now + NSEC_PER_SEC);
}

bool naawg_reply_budget_under_load(const struct naawg_reply_budget *o, u64 now)
{
	return now < READ_ONCE(o->until);
}

void naawg_reply_budget_charge(struct naawg_reply_budget *o, unsigned int bucket,
			       u64 now, u64 cost, unsigned int cpus)
{
	u32 part = bucket == NAAWG_BUCKET_KNOWN ?
			   NAAWG_ANSWER_PART : NAAWG_ANSWER_PART * NAAWG_UNKNOWN_BUCKETS;
	u32 price = (u32)min(cost, COST_MOST) * part / cpus + 1;

	WRITE_ONCE(o->repaid_at[bucket],
		   max(READ_ONCE(o->repaid_at[bucket]), now) + price);
}

static bool has_credit(const struct naawg_reply_budget *o, unsigned int bucket,
		       u64 now)
{
	return READ_ONCE(o->repaid_at[bucket]) <= now + CREDIT;
}

bool naawg_reply_budget_refuses(struct naawg_reply_budget *o, unsigned int bucket,
				u64 now)
{
	u64 until = READ_ONCE(o->until);

	if (now >= until || has_credit(o, bucket, now))
		return false;
	/* a write for each message would have CPUs fight for the line */
	if (until - now < NSEC_PER_SEC / 2)
		naawg_reply_budget_begin_load(o, now);
	return true;
}
