/* SPDX-License-Identifier: GPL-2.0 */
/* task_work_add(), which only the kernels of some distributions export. */
#ifndef _NAAWG_COMPAT_LINUX_TASK_WORK_H
#define _NAAWG_COMPAT_LINUX_TASK_WORK_H

#include_next <linux/task_work.h>

#ifdef NAAWG_COMPAT_TASK_WORK
#define task_work_add(task, work, mode)	(-EOPNOTSUPP)
#endif

/* Tells if a module can run code when a system call returns. */
static inline bool naawg_task_work_usable(void)
{
#ifdef NAAWG_COMPAT_TASK_WORK
	return false;
#else
	return true;
#endif
}

#endif
