/* SPDX-License-Identifier: GPL-2.0 */
/* Notifications from work of a device: the listeners of its network namespace. */
#ifndef _NAAWG_MULTICAST_H
#define _NAAWG_MULTICAST_H

#include <linux/types.h>

struct naawg_dev;
struct sk_buff;

bool naawg_multicast_is_wanted(const struct naawg_dev *dev);
void naawg_multicast_send(const struct naawg_dev *dev, struct sk_buff *skb);

#endif
