/* SPDX-License-Identifier: GPL-2.0 */
/* from_timer() got its present name in 6.16. */
#ifndef _NAAWG_COMPAT_LINUX_TIMER_H
#define _NAAWG_COMPAT_LINUX_TIMER_H

#include_next <linux/timer.h>

#ifdef NAAWG_COMPAT_TIMER
#define timer_container_of(var, timer, field) from_timer(var, timer, field)
#endif

#endif
