// SPDX-License-Identifier: GPL-2.0
/*
 * Counts tunnels in tunnels. Where locks sleep (PREEMPT_RT), another task may
 * preempt a transmission and transmit on the same CPU. Its transmission is part
 * of no other one, but a number per CPU would count both. So each CPU lists its
 * transmissions with their tasks.
 */
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "level.h"

static DEFINE_PER_CPU(struct naawg_level *, levels);

/**
 * naawg_level_enter() - a transmission begins
 * @level: what to remember it by, until naawg_level_leave()
 *
 * Context: bottom halves off, so the task stays on this CPU.
 * Return: its depth: 1 unless it is part of another transmission of ours.
 */
unsigned int naawg_level_enter(struct naawg_level *level)
{
	struct naawg_level *other, **top;

	preempt_disable();
	top = this_cpu_ptr(&levels);
	for (other = *top; other; other = other->below) {
		if (other->task == current)
			break;
	}
	level->task = current;
	level->depth = other ? other->depth + 1 : 1;
	level->below = *top;
	*top = level;
	preempt_enable();
	return level->depth;
}

/**
 * naawg_level_leave() - a transmission is through
 * @level: what it is remembered by
 *
 * Context: as naawg_level_enter(), on the same CPU.
 */
void naawg_level_leave(struct naawg_level *level)
{
	struct naawg_level **link;

	preempt_disable();
	link = this_cpu_ptr(&levels);
	while (*link != level)
		link = &(*link)->below;
	*link = level->below;
	preempt_enable();
}
