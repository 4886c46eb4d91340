/* SPDX-License-Identifier: GPL-2.0 */
/* The hook for GSO packets that never saw a network card. */
#ifndef _NAAWG_GSO_HOOK_H
#define _NAAWG_GSO_HOOK_H

#include "../state/dev.h"

typedef void (*naawg_receive_gso_t)(struct naawg_dev *dev,
				    struct sk_buff *skb);

int naawg_gso_hook_open(struct naawg_dev *dev, naawg_receive_gso_t receive);
void naawg_gso_hook_close(struct naawg_dev *dev);

#endif
