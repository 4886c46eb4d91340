// SPDX-License-Identifier: GPL-2.0
/* Steering and deferred polls, with a clock and CPU loads that the test sets. */
#include "shim.h"
#include "rx/defer.h"
#include "rx/steer.h"
#include "tap.h"

#define CPUS		4
#define LAST_CPU	8191	/* CONFIG_NR_CPUS is 8192 at most */
#define PERIOD		5	/* move_after */
#define MANY		1000	/* messages per poll */

unsigned long shim_jiffies;

static u64 busy[CPUS];	/* percent of a tick, summed up */

void naawg_cpu_load_sample(struct naawg_cpu_load *load, int cpu)
{
	load->busy = busy[cpu % CPUS];
	load->at = jiffies;
}

unsigned int naawg_cpu_load_since(const struct naawg_cpu_load *load, int cpu)
{
	unsigned long passed = jiffies - load->at;

	return passed ? (busy[cpu % CPUS] - load->busy) / passed : 0;
}

/* Lets time pass, in which each CPU has the given load. */
static void pass(unsigned int ticks, const unsigned int loads[CPUS])
{
	int cpu;

	shim_jiffies += ticks;
	for (cpu = 0; cpu < CPUS; cpu++)
		busy[cpu] += ticks * loads[cpu];
}

static const unsigned int one_busy[CPUS] = { 100, 20, 10, 70 };
static const unsigned int all_idle[CPUS] = { 5, 5, 5, 5 };
static const unsigned int two_busy[CPUS] = { 60, 60, 10, 10 };

static struct naawg_steer_cpu cpus[CPUS];
static struct naawg_steer_group groups[NAAWG_STEER_GROUPS];

static void begin(void)
{
	int cpu;

	shim_jiffies = 100000;
	memset(cpus, 0, sizeof(cpus));
	memset(groups, 0, sizeof(groups));
	for (cpu = 0; cpu < CPUS; cpu++) {
		naawg_cpu_load_sample(&cpus[cpu].own, cpu);
		naawg_cpu_load_sample(&cpus[cpu].seen, cpu);
	}
}

static enum naawg_steer_step period(const unsigned int loads[CPUS],
				    unsigned int messages, bool can_move)
{
	pass(PERIOD, loads);
	return naawg_steer_period(&cpus[0], 0, messages, can_move);
}

static void saturated_twice(void)
{
	begin();
	check(naawg_steer_period(&cpus[0], 0, MANY, true) == NAAWG_STEER_WAIT);
	check(period(one_busy, MANY, true) == NAAWG_STEER_OBSERVE);
	check(period(one_busy, MANY, true) == NAAWG_STEER_MOVE);
	check(period(all_idle, MANY, true) == NAAWG_STEER_NONE);
	check(period(one_busy, MANY, true) == NAAWG_STEER_OBSERVE);
}

static void not_by_decryption(void)
{
	begin();
	check(period(one_busy, 1, true) == NAAWG_STEER_NONE);
	check(period(one_busy, 1, true) == NAAWG_STEER_NONE);
	check(period(one_busy, MANY, false) == NAAWG_STEER_NONE);
	/* a CPU that was not polled for two periods was not busy with messages */
	pass(PERIOD, one_busy);
	check(period(one_busy, MANY, true) == NAAWG_STEER_NONE);
}

static void least_load(void)
{
	unsigned int least = 100;

	begin();
	pass(PERIOD, one_busy);
	check(!naawg_steer_is_idle(&cpus[3], 3, &least) && least == 100);
	check(naawg_steer_is_idle(&cpus[1], 1, &least) && least == 20);
	check(naawg_steer_is_idle(&cpus[2], 2, &least) && least == 10);
	check(!naawg_steer_is_idle(&cpus[1], 1, &least) && least == 10);
}

static void counts_until_delivered(void)
{
	struct naawg_steer_group *g = &groups[7];
	u16 taken[NAAWG_STEER_GROUPS] = {};

	begin();
	check(naawg_steer_follow(g, 0) == -1);
	check(naawg_steer_begin(g, 0, 2));
	/* a group is steered to one CPU at a time */
	check(!naawg_steer_begin(g, 0, 3));
	/* five batches were queued at home, and one was counted in advance */
	naawg_steer_count(g, 5 - 1);
	check(naawg_steer_follow(g, 0) == 2);
	pass(HZ, all_idle);
	/* none returns before all six are delivered, however idle the CPUs are */
	check(naawg_steer_follow(g, 0) == 2);
	taken[7] = 6;
	naawg_steer_delivered(groups, taken);
	check(naawg_steer_follow(g, 0) == 2);
	taken[7] = 2;
	naawg_steer_delivered(groups, taken);
	check(naawg_steer_follow(g, 0) == -1);
	check(!atomic_read(&g->state));
}

static void stays_while_two_are_needed(void)
{
	struct naawg_steer_group *g = &groups[0];

	begin();
	check(naawg_steer_begin(g, 0, 1));
	naawg_steer_count(g, -1);
	/* not before the least time is over */
	check(naawg_steer_follow(g, 0) == 1);
	naawg_steer_count(g, -1);
	pass(HZ, two_busy);
	check(naawg_steer_follow(g, 0) == 1);
	naawg_steer_count(g, -1);
	pass(HZ, all_idle);
	check(naawg_steer_follow(g, 0) == -1);
}

/* A CPU that is not the group's home may see idle CPUs only. */
static void another_receiver(void)
{
	struct naawg_steer_group *g = &groups[0];

	begin();
	check(naawg_steer_begin(g, 0, 1));
	naawg_steer_count(g, -1);
	pass(HZ, two_busy);
	check(naawg_steer_follow(g, 3) == -1);
}

static void last_cpu_fits(void)
{
	struct naawg_steer_group *g = &groups[0];

	begin();
	check(naawg_steer_begin(g, 0, LAST_CPU));
	naawg_steer_count(g, NAAWG_STEER_COUNT_MAX - 2);
	check(naawg_steer_follow(g, 0) == LAST_CPU);
}

static void notes_taken(void)
{
	begin();
	naawg_steer_take(&cpus[0], 9, false);
	check(cpus[0].last_group == 9 && !cpus[0].has_taken);
	naawg_steer_take(&cpus[0], 4, true);
	naawg_steer_take(&cpus[0], 4, true);
	check(cpus[0].last_group == 4 && cpus[0].has_taken);
	check(cpus[0].taken[4] == 2 && !cpus[0].taken[9]);
}

static struct naawg_defer d;

static void polls(unsigned int n, int done)
{
	while (n--) {
		d.bulk = true;
		naawg_defer_update(&d, done);
	}
}

static void defers_a_stream(void)
{
	begin();
	memset(&d, 0, sizeof(d));
	naawg_defer_init(&d);
	polls(15, 1);
	check(!d.on);
	polls(1, 1);
	check(d.on);
	/* deferred polls that bring several messages go on */
	polls(100, 3);
	check(d.on);
	/* a stream may begin with single ones */
	polls(255, 1);
	check(d.on);
	polls(1, 2);
	polls(255, 1);
	check(d.on);
	/* those that only bring single ones pause */
	polls(1, 1);
	check(!d.on);
	polls(100, 1);
	check(!d.on);
	pass(HZ / 2 + 1, all_idle);
	polls(16, 1);
	check(d.on);
}

static void ends_with_the_stream(void)
{
	unsigned int i;

	begin();
	memset(&d, 0, sizeof(d));
	naawg_defer_init(&d);
	polls(16, 1);
	check(d.on);
	for (i = 0; i < 16; i++) {
		check(d.on);
		pass(1, all_idle);
		polls(1, 1);
	}
	check(!d.on);
	/* the next stream does not wait */
	polls(16, 1);
	check(d.on);
}

static void defers_nothing_else(void)
{
	unsigned int i;

	begin();
	memset(&d, 0, sizeof(d));
	naawg_defer_init(&d);
	/* a slow stream */
	for (i = 0; i < 100; i++) {
		polls(1, 1);
		pass(1, all_idle);
	}
	check(!d.on);
	/* messages that could not be joined */
	for (i = 0; i < 100; i++)
		naawg_defer_update(&d, 1);
	check(!d.on);
	/* batches */
	polls(100, 2);
	check(!d.on);
	polls(100, 0);
	check(!d.on);
}

int main(void)
{
	tap_run("a CPU steers after two saturated periods", saturated_twice);
	tap_run("a CPU that is busy with other work steers nothing",
		not_by_decryption);
	tap_run("the CPU with the least load is chosen", least_load);
	tap_run("a group returns after its last batch is delivered",
		counts_until_delivered);
	tap_run("a group stays steered while one CPU is not enough",
		stays_while_two_are_needed);
	tap_run("a group returns if another CPU receives it", another_receiver);
	tap_run("the state holds the highest CPU and the highest count",
		last_cpu_fits);
	tap_run("dequeued batches are noted per group", notes_taken);
	tap_run("polls of a stream of lone messages are deferred",
		defers_a_stream);
	tap_run("deferral ends when the stream does", ends_with_the_stream);
	tap_run("no other polls are deferred", defers_nothing_else);
	return tap_done();
}
