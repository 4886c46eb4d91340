/* SPDX-License-Identifier: GPL-2.0 */
/* The hook for super-packets that never saw a network card. */
#ifndef _NAAWG_WHOLE_H
#define _NAAWG_WHOLE_H

#include "../state/dev.h"

typedef void (*naawg_receive_super_t)(struct naawg_dev *dev,
				      struct sk_buff *skb);

int naawg_whole_open(struct naawg_dev *dev, naawg_receive_super_t receive);
void naawg_whole_close(struct naawg_dev *dev);

#endif
