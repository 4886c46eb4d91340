/* SPDX-License-Identifier: GPL-2.0 */
/* The hook for datagrams that pass a network card's receive offload. */
#ifndef _NAAWG_GRO_H
#define _NAAWG_GRO_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include <net/sock.h>

struct sk_buff *naawg_gro_receive(struct sock *sk, struct list_head *held,
				  struct sk_buff *skb);

#endif
