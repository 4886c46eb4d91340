// SPDX-License-Identifier: GPL-2.0
/*
 * Nesting depth of transmissions: a tunnel may run inside another tunnel.
 *
 * On PREEMPT_RT another task may preempt a transmission and transmit on the
 * same CPU. The two transmissions are independent, but a counter per CPU would
 * count both. So each CPU has a list of its transmissions with their tasks.
 */
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "nesting.h"

static DEFINE_PER_CPU(struct naawg_nesting *, nestings);

/**
 * naawg_nesting_enter() - begin a transmission
 * @nesting: record of the transmission, in use until naawg_nesting_leave()
 *
 * Context: bottom halves off, so the task stays on this CPU.
 * Return: the depth: 1, or more if it is part of another transmission by naawg.
 */
unsigned int naawg_nesting_enter(struct naawg_nesting *nesting)
{
	struct naawg_nesting *other, **top;

	preempt_disable();
	top = this_cpu_ptr(&nestings);
	for (other = *top; other; other = other->below) {
		if (other->task == current)
			break;
	}
	nesting->task = current;
	nesting->depth = other ? other->depth + 1 : 1;
	nesting->below = *top;
	*top = nesting;
	preempt_enable();
	return nesting->depth;
}

/**
 * naawg_nesting_leave() - end a transmission
 * @nesting: record of the transmission
 *
 * Context: as naawg_nesting_enter(), on the same CPU.
 */
void naawg_nesting_leave(struct naawg_nesting *nesting)
{
	struct naawg_nesting **link;

	preempt_disable();
	link = this_cpu_ptr(&nestings);
	while (*link != nesting)
		link = &(*link)->below;
	*link = nesting->below;
	preempt_enable();
}
