// SPDX-License-Identifier: GPL-2.0
/*
 * How busy CPUs have been since one looked last. The kernel counts by the tick,
 * so it takes some ticks until this means something. A CPU that sleeps without
 * ticks is not seen to sleep, but it is not seen to work either.
 */
#include <linux/jiffies.h>
#include <linux/kernel_stat.h>
#include <linux/minmax.h>

#include "cpu_load.h"

static u64 cpu_busy_ns(int cpu)
{
	const u64 *stat = kcpustat_cpu(cpu).cpustat;

	return READ_ONCE(stat[CPUTIME_USER]) + READ_ONCE(stat[CPUTIME_NICE]) +
	       READ_ONCE(stat[CPUTIME_SYSTEM]) +
	       READ_ONCE(stat[CPUTIME_SOFTIRQ]) +
	       READ_ONCE(stat[CPUTIME_IRQ]) + READ_ONCE(stat[CPUTIME_STEAL]);
}

/**
 * naawg_load_look() - note how long a CPU has been at work
 * @look: where to
 * @cpu: the CPU
 *
 * Context: any.
 */
void naawg_load_look(struct naawg_load *look, int cpu)
{
	/* two CPUs may look at once: either will do */
	WRITE_ONCE(look->busy, cpu_busy_ns(cpu));
	WRITE_ONCE(look->at, jiffies);
}

/**
 * naawg_load_since() - how busy a CPU has been
 * @look: naawg_load_look() at the same CPU, some ticks ago
 * @cpu: the CPU
 *
 * Context: any.
 * Return: percent.
 */
unsigned int naawg_load_since(const struct naawg_load *look, int cpu)
{
	u64 passed = jiffies_to_nsecs(jiffies - READ_ONCE(look->at));

	if (!passed)
		return 0;
	return min(div64_u64((cpu_busy_ns(cpu) - READ_ONCE(look->busy)) * 100, passed), 100ULL);
}
