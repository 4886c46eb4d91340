/* SPDX-License-Identifier: GPL-2.0 */
/* How busy CPUs have been since one looked last. */
#ifndef _NAAWG_CPU_LOAD_H
#define _NAAWG_CPU_LOAD_H

#include <linux/types.h>

/**
 * struct naawg_load - a look at a CPU
 * @busy: how long it had been at work by then, in ns
 * @at: when that was, in jiffies
 */
struct naawg_load {
	u64 busy;
	unsigned long at;
};

void naawg_load_look(struct naawg_load *look, int cpu);
unsigned int naawg_load_since(const struct naawg_load *look, int cpu);

#endif
