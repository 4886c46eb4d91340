/* SPDX-License-Identifier: GPL-2.0 */
/* Per-CPU queues between the sockets and the NAPI poll that opens batches. */
#ifndef _NAAWG_DOORS_H
#define _NAAWG_DOORS_H

#include "door.h"

int naawg_doors_init(struct naawg_dev *dev,
		     int (*poll)(struct napi_struct *napi, int budget),
		     struct workqueue_struct *workers);
void naawg_doors_destroy(struct naawg_dev *dev);
void naawg_doors_open(struct naawg_dev *dev);
void naawg_doors_close(struct naawg_dev *dev);
bool naawg_doors_put(struct naawg_peer *peer, struct sk_buff *skb);
int naawg_doors_done(struct naawg_doors *doors, int done, int budget);

#endif
