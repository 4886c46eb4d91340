/* SPDX-License-Identifier: GPL-2.0 */
/* Holds packets back until those that follow at once have come. */
#ifndef _NAAWG_BURST_H
#define _NAAWG_BURST_H

#include <linux/netdevice.h>

#include "../state/peer.h"

/* Packets one peer may have waiting for others. */
#define NAAWG_BURST_MAX		64
/* Memory that these packets may take. */
#define NAAWG_BURST_BYTES	SZ_512K
/* Peers one CPU may have something waiting for. */
#define NAAWG_BURST_PEERS	16

/**
 * struct naawg_burst - what waits for the end of a softirq on one CPU
 * @lock: protects the two below
 * @count: how many peers
 * @peers: peers to flush, referenced
 * @napi: runs behind what runs now
 * @flush: sends what a peer has waiting; set once
 */
struct naawg_burst {
	spinlock_t lock; /* leaf */
	unsigned int count;
	struct naawg_peer *peers[NAAWG_BURST_PEERS];
	struct napi_struct napi;
	void (*flush)(struct naawg_peer *peer);
};

int naawg_bursts_init(struct naawg_dev *dev,
		      void (*flush)(struct naawg_peer *peer));
void naawg_bursts_destroy(struct naawg_dev *dev);
void naawg_bursts_open(struct naawg_dev *dev);
void naawg_bursts_close(struct naawg_dev *dev);
void naawg_burst_take(struct naawg_peer *peer, struct sk_buff_head *into);
bool naawg_burst_hold(struct naawg_peer *peer, struct sk_buff_head *packets);
void naawg_burst_forget(struct naawg_peer *peer);

#endif
