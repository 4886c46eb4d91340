/* SPDX-License-Identifier: GPL-2.0 */
/* Errors that senders of inner packets are told by ICMP. */
#ifndef _NAAWG_ICMP_H
#define _NAAWG_ICMP_H

#include "../state/dev.h"

void naawg_icmp_unreachable(struct sk_buff *skb);
void naawg_icmp_staged(struct naawg_dev *dev, struct sk_buff *skb);

#endif
