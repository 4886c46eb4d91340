/* SPDX-License-Identifier: GPL-2.0 */
/* Received handshake messages: queueing, load, answers. */
#ifndef _NAAWG_HANDSHAKE_RX_H
#define _NAAWG_HANDSHAKE_RX_H

#include "../state/dev.h"

int naawg_rx_handshake_init(struct naawg_dev *dev);
void naawg_rx_handshake_flush(struct naawg_dev *dev);
void naawg_rx_handshake_destroy(struct naawg_dev *dev);
enum naawg_reason naawg_rx_handshake_put(struct naawg_dev *dev,
					 struct sk_buff *skb);

#endif
