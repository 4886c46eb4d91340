/* SPDX-License-Identifier: GPL-2.0 */
/* The depth of a task's transmissions, tunnel in tunnel. */
#ifndef _NAAWG_LEVEL_H
#define _NAAWG_LEVEL_H

struct task_struct;

/**
 * struct naawg_level - one transmission under way, on the stack of its caller
 * @task: the task, or the one a softirq interrupted
 * @below: the one begun before on the same CPU and not through
 * @depth: 1, or one more than that of the transmission it is part of
 */
struct naawg_level {
	struct task_struct *task;
	struct naawg_level *below;
	unsigned int depth;
};

unsigned int naawg_level_enter(struct naawg_level *level);
void naawg_level_leave(struct naawg_level *level);

#endif
