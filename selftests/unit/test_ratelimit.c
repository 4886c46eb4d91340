// SPDX-License-Identifier: GPL-2.0
/* The rate limiter against buckets with tokens in them. */
#include "table/ratelimit.h"
#include "shim.h"
#include "tap.h"

#define SECOND	1000000000ULL
#define COST	(SECOND / NAAWG_RATE_PER_SECOND)
#define SOURCES	8192

static struct naawg_ratelimit rl;

static bool allow4(u32 source)
{
	return naawg_ratelimit_allow(&rl, &source, 4, shim_now);
}

static void gc(void)
{
	check(rl.gc.pending);
	rl.gc.pending = false;
	rl.gc.work.func(&rl.gc.work);
}

static void begin(void)
{
	memset(&rl, 0xa5, sizeof(rl));
	check(!naawg_ratelimit_init(&rl));
	shim_now = 1000 * SECOND;
}

static void end(void)
{
	naawg_ratelimit_destroy(&rl);
	check(!shim_objects && !rl.gc.pending);
}

static void burst(void)
{
	int i;

	begin();
	check(!rl.gc.pending && !shim_objects);
	for (i = 0; i < NAAWG_RATE_BURST; i++)
		check(allow4(1));
	check(!allow4(1) && !allow4(1));
	check(allow4(2));
	shim_now += COST - 1;
	check(!allow4(1));
	shim_now++;
	check(allow4(1) && !allow4(1));
	shim_now += 3 * COST;
	check(allow4(1) && allow4(1) && allow4(1) && !allow4(1));
	/* a clock that goes back gives nothing away */
	shim_now -= 10 * SECOND;
	check(!allow4(1));
	end();
}

static void model(void)
{
	static const int sources = 20;
	struct { u64 tokens, last; } bucket[20];
	u64 full = NAAWG_RATE_BURST * COST;
	int i, allowed = 0;

	begin();
	for (i = 0; i < sources; i++) {
		bucket[i].tokens = full;
		bucket[i].last = shim_now;
	}
	for (i = 0; i < 200000; i++) {
		int s = tap_random() % sources;
		bool want;

		shim_now += tap_random() % (2 * COST / sources);
		if (tap_random() % 500 == 0 && rl.gc.pending)
			gc();
		bucket[s].tokens += shim_now - bucket[s].last;
		bucket[s].last = shim_now;
		if (bucket[s].tokens > full)
			bucket[s].tokens = full;
		want = bucket[s].tokens >= COST;
		if (want)
			bucket[s].tokens -= COST;
		allowed += want;
		check(allow4(s) == want);
	}
	check(allowed > 1000 && allowed < 199000);
	end();
}

static void families(void)
{
	u8 a[16] = { 0x20, 0x01, 0x0d, 0xb8, 1, 2, 3, 4 }, b[16];
	int i;

	begin();
	for (i = 0; i < NAAWG_RATE_BURST; i++) {
		/* the whole /64 is one source */
		a[15] = i;
		a[8] = 0x80 >> i;
		check(naawg_ratelimit_allow(&rl, a, 16, shim_now));
	}
	check(!naawg_ratelimit_allow(&rl, a, 16, shim_now));
	memcpy(b, a, 16);
	b[7] ^= 1;
	check(naawg_ratelimit_allow(&rl, b, 16, shim_now));
	check(rl.count == 2);

	/* an IPv4 address is not the /64 that begins alike */
	memset(b + 4, 0, 12);
	check(naawg_ratelimit_allow(&rl, b, 16, shim_now));
	check(naawg_ratelimit_allow(&rl, b, 4, shim_now));
	check(rl.count == 4);
	end();
}

static void bounded(void)
{
	int i;

	begin();
	for (i = 0; i < SOURCES; i++)
		check(allow4(i));
	check(rl.count == SOURCES);
	for (; i < 3 * SOURCES; i++)
		check(!allow4(i));
	check(rl.count == SOURCES && shim_objects == SOURCES + 1);
	/* those that are in are served as ever */
	check(allow4(0));

	/* once they are full again there is room, even before they are gone */
	shim_now += COST;
	check(allow4(5 * SOURCES));
	check(rl.count < SOURCES);
	gc();
	check(rl.count == 2 && rl.gc.pending);
	shim_now += SECOND;
	gc();
	check(rl.count == 0 && !rl.gc.pending);
	check(allow4(1) && rl.gc.pending);
	end();
}

static void no_memory(void)
{
	begin();
	shim_alloc_left = 0;
	check(!allow4(1) && !rl.count);
	shim_alloc_left = 1;
	check(!allow4(1) && !rl.count && !rl.gc.pending);
	shim_alloc_left = -1;
	check(allow4(1));
	end();
	/* one that never was used */
	begin();
	end();
}

int main(void)
{
	tap_run("a burst passes, then as many as time allows", burst);
	tap_run("random traffic agrees with a model of tokens", model);
	tap_run("an IPv6 /64 is one source", families);
	tap_run("the number of sources is bounded", bounded);
	tap_run("no source passes without memory", no_memory);
	return tap_done();
}
