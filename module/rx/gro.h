/* SPDX-License-Identifier: GPL-2.0 */
/* Receive offload callback that chains the datagrams of one session. */
#ifndef _NAAWG_GRO_H
#define _NAAWG_GRO_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include <net/sock.h>

#include "../state/dev.h"

int naawg_gro_init(struct naawg_dev *dev);
void naawg_gro_destroy(struct naawg_dev *dev);
struct sk_buff *naawg_gro_receive(struct sock *sk, struct list_head *held,
				  struct sk_buff *skb);

#endif
