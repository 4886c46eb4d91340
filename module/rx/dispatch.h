/* SPDX-License-Identifier: GPL-2.0 */
/* Per-CPU queues between the sockets and the NAPI poll that opens batches. */
#ifndef _NAAWG_DISPATCH_H
#define _NAAWG_DISPATCH_H

#include "queue.h"

int naawg_rxqs_init(struct naawg_dev *dev,
		    int (*poll)(struct napi_struct *napi, int budget),
		    struct workqueue_struct *workers);
void naawg_rxqs_destroy(struct naawg_dev *dev);
void naawg_rxqs_open(struct naawg_dev *dev);
void naawg_rxqs_close(struct naawg_dev *dev);
bool naawg_dispatch_put(struct naawg_peer *peer, struct sk_buff *skb);
int naawg_dispatch_done(struct naawg_rxq *rxq, int done, int budget);

#endif
