/* SPDX-License-Identifier: GPL-2.0 */
/* Dispatch: into which rx queue a batch goes, and what follows a poll. */
#ifndef _NAAWG_DISPATCH_H
#define _NAAWG_DISPATCH_H

#include "queue.h"

bool naawg_dispatch_put(struct naawg_peer *peer, struct sk_buff *skb);
int naawg_dispatch_done(struct naawg_rxq *rxq, int done, int budget);

#endif
