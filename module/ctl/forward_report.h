/* SPDX-License-Identifier: GPL-2.0 */
/* Notifications about forwards. */
#ifndef _NAAWG_FORWARD_REPORT_H
#define _NAAWG_FORWARD_REPORT_H

#include "../state/dev.h"

void naawg_forward_announce(struct naawg_dev *dev, u8 cmd,
			    const struct list_head *list);

#endif
