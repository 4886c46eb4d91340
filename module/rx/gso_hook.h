/* SPDX-License-Identifier: GPL-2.0 */
/* GSO hook: takes GSO packets from the IP layer before UDP segments them. */
#ifndef _NAAWG_GSO_HOOK_H
#define _NAAWG_GSO_HOOK_H

#include "../state/dev.h"

typedef void (*naawg_receive_gso_t)(struct naawg_dev *dev,
				    struct sk_buff *skb);

int naawg_gso_hook_open(struct naawg_dev *dev, naawg_receive_gso_t receive);
void naawg_gso_hook_close(struct naawg_dev *dev);

#endif
