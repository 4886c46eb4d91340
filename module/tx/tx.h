/* SPDX-License-Identifier: GPL-2.0 */
/* Transmit path: from an inner packet to the outer socket. */
#ifndef _NAAWG_TX_H
#define _NAAWG_TX_H

#include "../state/peer.h"

int naawg_tx(struct naawg_dev *dev, struct sk_buff *skb);
void naawg_tx_flush(struct naawg_peer *peer);
void naawg_tx_flush_held(struct naawg_peer *peer);
void naawg_tx_keepalive(struct naawg_peer *peer);
void naawg_tx_purge(struct naawg_peer *peer, enum naawg_reason reason);

#endif
