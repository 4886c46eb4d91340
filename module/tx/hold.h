/* SPDX-License-Identifier: GPL-2.0 */
/* Transmit hold: inner packets wait for others so that they leave together. */
#ifndef _NAAWG_HOLD_H
#define _NAAWG_HOLD_H

#include <linux/netdevice.h>

#include "../state/peer.h"

/* Packets that one peer may have on hold. */
#define NAAWG_HOLD_MAX		64
/* Memory that the held packets of one peer may take. */
#define NAAWG_HOLD_BYTES	SZ_512K
/* Peers that one CPU may list for a flush after the softirq. */
#define NAAWG_HOLD_PEERS	16

/**
 * struct naawg_hold - peers that one CPU flushes after the current softirq
 * @lock: protects @count and @peers
 * @count: number of peers
 * @peers: peers to flush, referenced
 * @napi: its poll flushes the peers
 * @flush: sends the held packets of a peer; set once
 */
struct naawg_hold {
	spinlock_t lock; /* leaf */
	unsigned int count;
	struct naawg_peer *peers[NAAWG_HOLD_PEERS];
	struct napi_struct napi;
	void (*flush)(struct naawg_peer *peer);
};

int naawg_holds_init(struct naawg_dev *dev,
		     void (*flush)(struct naawg_peer *peer));
void naawg_holds_destroy(struct naawg_dev *dev);
void naawg_holds_open(struct naawg_dev *dev);
void naawg_holds_close(struct naawg_dev *dev);
void naawg_hold_take(struct naawg_peer *peer, struct sk_buff_head *into);
bool naawg_hold_put(struct naawg_peer *peer, struct sk_buff_head *packets);
void naawg_hold_forget(struct naawg_peer *peer);

#endif
