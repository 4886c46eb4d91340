// SPDX-License-Identifier: GPL-2.0
/* Sources that a device remembers, for how long, and how often it errs. */
#include "table/known_sources.h"
#include "shim.h"
#include "tap.h"

#define SECOND	1000000000ULL
#define KEPT	(NAAWG_KNOWN_SECONDS * SECOND)

static const u64 start = 1000 * SECOND;
static struct naawg_known_sources f;

static unsigned int bucket4(u32 addr, u16 port, u64 now)
{
	return naawg_known_sources_bucket(&f, &addr, 4, (__force __be16)port, now);
}

static bool has4(u32 addr, u16 port, u64 now)
{
	return bucket4(addr, port, now) == NAAWG_BUCKET_KNOWN;
}

static void add4(u32 addr, u16 port, u64 now)
{
	naawg_known_sources_add(&f, &addr, 4, (__force __be16)port, now);
}

static void remembers(void)
{
	memset(&f, 0xa5, sizeof(f));
	naawg_known_sources_init(&f);
	check(!has4(1, 1, start));
	add4(1, 1, start);
	check(has4(1, 1, start));
	check(has4(1, 1, start + KEPT - SECOND));
	check(!has4(1, 1, start + KEPT));
	add4(1, 1, start + KEPT);
	check(has4(1, 1, start + 2 * KEPT - SECOND));
	/* at the time a host starts nobody is familiar */
	naawg_known_sources_init(&f);
	check(!has4(0, 0, 0) && !has4(1, 1, 0));
	add4(1, 1, 0);
	check(has4(1, 1, 0));
}

static void six(void)
{
	u8 one[16] = { 0x20, 1, 0xd, 0xb8, 0, 1, 0, 2, 1 };
	u8 other[16] = { 0x20, 1, 0xd, 0xb8, 0, 1, 0, 2, 2 };

	naawg_known_sources_init(&f);
	naawg_known_sources_add(&f, one, 16, 7, start);
	check(naawg_known_sources_bucket(&f, one, 16, 7, start) ==
	      NAAWG_BUCKET_KNOWN);
	check(naawg_known_sources_bucket(&f, other, 16, 7, start) ==
	      NAAWG_BUCKET_KNOWN);
}

/* An unknown source is taken for a known one as often as slots are in use. */
static void errs(void)
{
	unsigned int i, wrong = 0;

	naawg_known_sources_init(&f);
	for (i = 0; i < 100; i++)
		add4(i, 51820, start);
	for (i = 0; i < 100; i++)
		check(has4(i, 51820, start));
	for (i = 1000; i < 101000; i++)
		wrong += has4(i, 51820, start);
	check(wrong > 100000 / 20 && wrong < 100000 / 8);
}

static void ports(void)
{
#ifdef __KERNEL__
	unsigned int i, wrong = 0;

	naawg_known_sources_init(&f);
	add4(1, 51820, start);
	for (i = 0; i < 1000; i++)
		wrong += has4(1, i, start);
	check(wrong < 20);
#else
	/* the hash of shim.h does not know the port: nothing may depend on it */
	add4(1, 51820, start);
	check(has4(1, 51821, start));
#endif
}

/* A source shares its bucket with an eighth of the others, from any of its ports. */
static void buckets(void)
{
	unsigned int i, with = 0, still = 0;
	bool one;

	naawg_known_sources_init(&f);
	for (i = 0; i < 100; i++)
		check(bucket4(7, i, start) == bucket4(7, 0, start));
	for (i = 1000; i < 101000; i++) {
		check(bucket4(i, 1, start) >= NAAWG_BUCKET_UNKNOWN);
		check(bucket4(i, 1, start) < NAAWG_BUCKETS);
		one = bucket4(i, 1, start) == bucket4(7, 1, start);
		with += one;
		still += one && bucket4(i, 1, start + 5 * SECOND) ==
				bucket4(7, 1, start + 5 * SECOND);
	}
	check(with > 100000 / 9 && with < 100000 / 7);
#ifdef __KERNEL__
	/* and after five seconds with others; the hash of shim.h knows no time */
	check(still > with / 10 && still < with / 6);
#endif
}

int main(void)
{
	tap_run("a source is known for ten minutes", remembers);
	tap_run("an IPv6 source is a /64", six);
	tap_run("an unknown source is rarely taken for a known one", errs);
	tap_run("the port is part of the source if the hash is real", ports);
	tap_run("unknown sources are spread over buckets", buckets);
	return tap_done();
}
