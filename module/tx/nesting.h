/* SPDX-License-Identifier: GPL-2.0 */
/* Nesting depth of transmissions: a tunnel may run inside another tunnel. */
#ifndef _NAAWG_NESTING_H
#define _NAAWG_NESTING_H

struct task_struct;

/**
 * struct naawg_nesting - a transmission in progress, on the stack of its task
 * @task: the transmitting task, or the task that a softirq interrupted
 * @below: the transmission that began before it on this CPU and has not ended
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
