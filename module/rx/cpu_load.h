/* SPDX-License-Identifier: GPL-2.0 */
/* The load of a CPU since a sample. */
#ifndef _NAAWG_CPU_LOAD_H
#define _NAAWG_CPU_LOAD_H

#include <linux/types.h>

/**
 * struct naawg_cpu_load - a sample of how long a CPU has been busy
 * @busy: its busy time when the sample was taken, in ns
 * @at: time of the sample, in jiffies
 */
struct naawg_cpu_load {
	u64 busy;
	unsigned long at;
};

void naawg_cpu_load_sample(struct naawg_cpu_load *load, int cpu);
unsigned int naawg_cpu_load_since(const struct naawg_cpu_load *load, int cpu);

#endif
