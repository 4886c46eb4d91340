/* SPDX-License-Identifier: GPL-2.0 */
/* Holds packets back until those that follow at once have come. */
#ifndef _NAAWG_HOLD_H
#define _NAAWG_HOLD_H

#include <linux/netdevice.h>

#include "../state/peer.h"

/* Packets one peer may have waiting for others. */
#define NAAWG_HOLD_MAX		64
/* Memory that these packets may take. */
#define NAAWG_HOLD_BYTES	SZ_512K
/* Peers one CPU may have something waiting for. */
#define NAAWG_HOLD_PEERS	16

/**
 * struct naawg_hold - what waits for the end of a softirq on one CPU
 * @lock: protects the two below
 * @count: how many peers
 * @peers: peers to flush, referenced
 * @napi: runs behind what runs now
 * @flush: sends what a peer has waiting; set once
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
