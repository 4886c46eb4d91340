/* SPDX-License-Identifier: GPL-2.0 */
/* Actions that run when a timer of a peer expires. */
#ifndef _NAAWG_TIMER_ACTIONS_H
#define _NAAWG_TIMER_ACTIONS_H

#include <linux/timer.h>
#include <linux/workqueue.h>

void naawg_timer_expired(struct timer_list *timer);
void naawg_wipe_work(struct work_struct *work);

#endif
