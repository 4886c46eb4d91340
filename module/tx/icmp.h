/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors to senders of inner packets that cannot be delivered. */
#ifndef _NAAWG_ICMP_H
#define _NAAWG_ICMP_H

#include "../state/dev.h"

void naawg_icmp_unreachable(struct sk_buff *skb);
void naawg_icmp_staged(struct naawg_dev *dev, struct sk_buff *skb);

#endif
