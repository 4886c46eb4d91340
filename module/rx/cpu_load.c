// SPDX-License-Identifier: GPL-2.0
/*
 * The load of a CPU since a sample.
 *
 * The kernel counts busy time by the tick, so a load means something only after some
 * ticks. An idle CPU without ticks is not counted as idle, but not as busy either.
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
 * naawg_cpu_load_sample() - begin to measure the load of a CPU
 * @load: receives the sample
 * @cpu: the CPU
 *
 * Context: any.
 */
void naawg_cpu_load_sample(struct naawg_cpu_load *load, int cpu)
{
	/* Two CPUs may write a sample at the same time. Either one will do. */
	WRITE_ONCE(load->busy, cpu_busy_ns(cpu));
	WRITE_ONCE(load->at, jiffies);
}

/**
 * naawg_cpu_load_since() - the load of a CPU since a sample
 * @load: sample of the same CPU, some ticks old
 * @cpu: the CPU
 *
 * Context: any.
 * Return: percent.
 */
unsigned int naawg_cpu_load_since(const struct naawg_cpu_load *load, int cpu)
{
	u64 passed = jiffies_to_nsecs(jiffies - READ_ONCE(load->at));
	u64 busy;

	if (!passed)
		return 0;
	busy = cpu_busy_ns(cpu) - READ_ONCE(load->busy);
	return min(div64_u64(busy * 100, passed), 100ULL);
}
