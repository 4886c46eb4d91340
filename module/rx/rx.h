/* SPDX-License-Identifier: GPL-2.0 */
/* Receive path: from the outer socket to inner packets. */
#ifndef _NAAWG_RX_H
#define _NAAWG_RX_H

#include <linux/netdevice.h>

#include "../state/dev.h"
#include "../outer/socket.h"

/* callbacks for the outer sockets */
extern const struct naawg_receivers naawg_rx_receivers;

void naawg_rx_gso(struct naawg_dev *dev, struct sk_buff *skb);
int naawg_rx_poll(struct napi_struct *napi, int budget);

#endif
