/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of a device: tables, queues and counters. */
#ifndef _NAAWG_PARTS_H
#define _NAAWG_PARTS_H

#include "../state/dev.h"

int naawg_parts_init(struct naawg_dev *dev, struct net_device *netdev);
void naawg_parts_destroy(struct naawg_dev *dev);

#endif
