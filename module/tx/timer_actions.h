/* SPDX-License-Identifier: GPL-2.0 */
/* What happens when a peer's timers run out. */
#ifndef _NAAWG_TIMER_ACTIONS_H
#define _NAAWG_TIMER_ACTIONS_H

#include <linux/timer.h>
#include <linux/workqueue.h>

void naawg_timer_expired(struct timer_list *timer);
void naawg_wipe_work(struct work_struct *work);

#endif
