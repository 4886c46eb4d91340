/* SPDX-License-Identifier: GPL-2.0 */
/* The depth of a task's transmissions, tunnel in tunnel. */
#ifndef _NAAWG_NESTING_H
#define _NAAWG_NESTING_H

struct task_struct;

/**
 * struct naawg_nesting - one transmission under way, on the stack of its caller
 * @task: the task, or the one a softirq interrupted
 * @below: the one begun before on the same CPU and not through
 * @depth: 1, or one more than that of the transmission it is part of
 */
struct naawg_nesting {
	struct task_struct *task;
	struct naawg_nesting *below;
	unsigned int depth;
};

unsigned int naawg_nesting_enter(struct naawg_nesting *nesting);
void naawg_nesting_leave(struct naawg_nesting *nesting);

#endif
