// SPDX-License-Identifier: GPL-2.0
/* The time that replies to each class of source may take, second by second. */
#include "core/reply_budget.h"
#include "shim.h"
#include "tap.h"

#define SECOND	1000000000ULL
#define STEP	4000000ULL	/* a tick of the clock */
#define CREDIT	(5 * STEP)

#define KNOWN		NAAWG_BUCKET_KNOWN
#define UNKNOWN		NAAWG_BUCKET_UNKNOWN

static const u64 start = 1000 * SECOND;

static void no_load(void)
{
	struct naawg_reply_budget o = {};

	check(!naawg_reply_budget_under_load(&o, start));
	check(o.repaid_at[UNKNOWN] <= start);
	check(!naawg_reply_budget_refuses(&o, UNKNOWN, start));
	/* the cost of an old reply is forgotten */
	naawg_reply_budget_charge(&o, UNKNOWN, start, SECOND, 1);
	check(!naawg_reply_budget_refuses(&o, UNKNOWN, start));
	naawg_reply_budget_begin_load(&o, start);
	check(naawg_reply_budget_under_load(&o, start + SECOND - 1));
	check(!naawg_reply_budget_under_load(&o, start + SECOND));
	check(!naawg_reply_budget_refuses(&o, UNKNOWN, start));
}

/* The time spent on replies to one bucket in a second of a flood, COST each. */
static u64 spent(unsigned int who, unsigned int cost, unsigned int cpus)
{
	struct naawg_reply_budget o = {};
	u64 now, total = 0;

	naawg_reply_budget_begin_load(&o, start);
	for (now = start; now < start + SECOND; now += STEP) {
		/* more initiations than a tick has room for */
		while (total < 100 * SECOND &&
		       !naawg_reply_budget_refuses(&o, who, now)) {
			naawg_reply_budget_charge(&o, who, now, cost, cpus);
			total += cost;
		}
		check(naawg_reply_budget_under_load(&o, now + SECOND / 2 - 1));
	}
	return total;
}

static void share(void)
{
	static const unsigned int costs[] = { 300, 5000, 17000, 99999 };
	unsigned int i, cpus;

	for (i = 0; i < ARRAY_SIZE(costs); i++) {
		for (cpus = 1; cpus <= 64; cpus *= 4) {
			u64 whole = cpus * (SECOND + CREDIT) / NAAWG_ANSWER_PART;
			u64 got = spent(KNOWN, costs[i], cpus);

			check(got <= whole + costs[i]);
			check(got >= whole - whole / 20);
			/* the last bucket as well as the first */
			got = spent(NAAWG_BUCKETS - 1, costs[i], cpus);
			check(got <= whole / NAAWG_UNKNOWN_BUCKETS + costs[i]);
			check(got >= (whole - whole / 10) / NAAWG_UNKNOWN_BUCKETS);
		}
	}
}

static void interrupted(void)
{
	struct naawg_reply_budget one = {}, other = {};

	naawg_reply_budget_charge(&one, UNKNOWN, start, 100000, 1);
	naawg_reply_budget_charge(&other, UNKNOWN, start, 50 * SECOND, 1);
	check(one.repaid_at[UNKNOWN] == other.repaid_at[UNKNOWN]);
	check(one.repaid_at[UNKNOWN] > start);
}

static void prolonged(void)
{
	struct naawg_reply_budget o = {};
	u64 now = start;

	naawg_reply_budget_begin_load(&o, now);
	while (!naawg_reply_budget_refuses(&o, UNKNOWN, now))
		naawg_reply_budget_charge(&o, UNKNOWN, now, 100000, 1);
	check(o.until == start + SECOND);
	/* refusing without load starts no load */
	check(!naawg_reply_budget_refuses(&o, UNKNOWN, start + SECOND));
	check(o.until == start + SECOND);
	now = start + SECOND / 2 + 1;
	o.repaid_at[UNKNOWN] = now + SECOND;
	check(naawg_reply_budget_refuses(&o, UNKNOWN, now));
	check(o.until == now + SECOND);
}

static void apart(void)
{
	struct naawg_reply_budget o = {};

	naawg_reply_budget_begin_load(&o, start);
	while (!naawg_reply_budget_refuses(&o, UNKNOWN, start))
		naawg_reply_budget_charge(&o, UNKNOWN, start, 100000, 1);
	check(!naawg_reply_budget_refuses(&o, KNOWN, start));
	check(!naawg_reply_budget_refuses(&o, UNKNOWN + 1, start));
	while (!naawg_reply_budget_refuses(&o, KNOWN, start))
		naawg_reply_budget_charge(&o, KNOWN, start, 100000, 1);
	check(naawg_reply_budget_refuses(&o, UNKNOWN, start));
	check(!naawg_reply_budget_refuses(&o, UNKNOWN + 1, start));
}

int main(void)
{
	tap_run("every initiation is answered without load", no_load);
	tap_run("replies take no more than their share of time in a flood", share);
	tap_run("an interrupted reply is charged a bounded time", interrupted);
	tap_run("load lasts as long as a source is refused", prolonged);
	tap_run("known sources have a bucket of their own", apart);
	return tap_done();
}
