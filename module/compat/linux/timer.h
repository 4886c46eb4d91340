/* SPDX-License-Identifier: GPL-2.0 */
/* Timer functions: names changed in 6.2 and 6.16, timer_shutdown_sync() came in 6.2. */
#ifndef _NAAWG_COMPAT_LINUX_TIMER_H
#define _NAAWG_COMPAT_LINUX_TIMER_H

#include_next <linux/timer.h>

#ifdef NAAWG_COMPAT_TIMER
#define timer_container_of(var, timer, field) from_timer(var, timer, field)
#endif

#ifdef NAAWG_COMPAT_TIMER_DELETE
#define timer_delete_sync(timer) del_timer_sync(timer)
#endif

/* Callers make sure themselves that no code arms the timer again. */
#ifdef NAAWG_COMPAT_TIMER_SHUTDOWN
#define timer_shutdown_sync(timer) timer_delete_sync(timer)
#endif

#endif
