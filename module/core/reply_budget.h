/* SPDX-License-Identifier: GPL-2.0 */
/* How much of a machine strangers may take while more call than it can serve. */
#ifndef _NAAWG_REPLY_BUDGET_H
#define _NAAWG_REPLY_BUDGET_H

#include <linux/types.h>

#include "../table/known_sources.h"

/*
 * Telling cookies to those who are familiar takes one such part of the machine's
 * time, telling them to all crowds of strangers another.
 */
#define NAAWG_ANSWER_PART	20

/**
 * struct naawg_reply_budget - load of one device
 * @until: it is under load until then, ns
 * @repaid_at: who shares an account is told cookies again from then on, ns
 *
 * All zeros is no load. Nothing serialises access: what two writers lose of each
 * other is an answer or two.
 */
struct naawg_reply_budget {
	u64 until;
	u64 repaid_at[NAAWG_BUCKETS];
};

/* More waits than can be served: it is under load for a second from now. */
void naawg_reply_budget_begin_load(struct naawg_reply_budget *o, u64 now);
bool naawg_reply_budget_under_load(const struct naawg_reply_budget *o, u64 now);
/* A caller was told a cookie, in @cost nanoseconds of one of @cpus. */
void naawg_reply_budget_charge(struct naawg_reply_budget *o, unsigned int bucket,
			       u64 now, u64 cost, unsigned int cpus);
/*
 * Is a call not even worth looking at? Prolongs the load: once it ended, curves
 * would be computed for all who call, until as many wait again.
 */
bool naawg_reply_budget_refuses(struct naawg_reply_budget *o, unsigned int bucket,
				u64 now);

#endif
