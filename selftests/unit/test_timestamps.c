// SPDX-License-Identifier: GPL-2.0
/* Timestamps over a wall clock that is set at will. */
#include "core/timestamps.h"
#include "shim.h"
#include "tap.h"

#define SECOND	1000000000ULL
/* The grain of timestamps, and the distance of initiations in the tests. */
#define GRAIN	(1ULL << 24)
#define APART	(5 * SECOND)

static void as_the_wall_clock(void)
{
	struct naawg_timestamps labels = {};
	u64 wall = 1700000000 * SECOND, now = 77 * SECOND;
	int i;

	for (i = 0; i < 100; i++) {
		check(naawg_timestamps_next(&labels, wall, now) == wall);
		wall += APART;
		now += APART;
	}
	/* set forward, it is believed at once */
	wall += 1000000 * SECOND;
	check(naawg_timestamps_next(&labels, wall, now) == wall);
}

static void set_back(void)
{
	struct naawg_timestamps labels = {};
	u64 wall = 1700000000 * SECOND, now = 1, newest, next;
	u64 caught_up = 0;
	int i;

	newest = naawg_timestamps_next(&labels, wall, now);
	wall -= 3600 * SECOND;
	for (i = 0; i < 2000; i++) {
		wall += APART;
		now += APART;
		next = naawg_timestamps_next(&labels, wall, now);
		check(next >= newest + GRAIN);
		check(next >= wall);
		if (next == wall && !caught_up)
			caught_up = now;
		newest = next;
	}
	/* as long again as it was set back by */
	check(caught_up >= 7200 * SECOND);
	check(caught_up <= 7200 * SECOND + 2 * APART);
}

static void set_at_will(void)
{
	struct naawg_timestamps labels = {};
	u64 now = 1, newest = 0, next;
	int i;

	for (i = 0; i < 100000; i++) {
		u64 wall = tap_random() % (4000000000ULL * SECOND);

		now += APART + tap_random() % APART;
		next = naawg_timestamps_next(&labels, wall, now);
		check(next >= newest + GRAIN);
		newest = next;
	}
}

/* 1970, as where there is no battery. */
static void from_zero(void)
{
	struct naawg_timestamps labels = {};

	check(naawg_timestamps_next(&labels, 0, 1) == 0);
	check(naawg_timestamps_next(&labels, APART, APART) == APART);
	check(naawg_timestamps_next(&labels, 1700000000 * SECOND, 2 * APART) ==
	      1700000000 * SECOND);
}

int main(void)
{
	tap_run("timestamps follow the wall clock", as_the_wall_clock);
	tap_run("after a jump back they advance at half speed", set_back);
	tap_run("each is newer than the last, at any setting of the clock", set_at_will);
	tap_run("timestamps work with a clock that starts in 1970", from_zero);
	return tap_done();
}
