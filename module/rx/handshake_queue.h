/* SPDX-License-Identifier: GPL-2.0 */
/* Queue of received handshake messages that wait for a worker. */
#ifndef _NAAWG_HANDSHAKE_QUEUE_H
#define _NAAWG_HANDSHAKE_QUEUE_H

#include "../state/dev.h"

/* Largest number of queued messages. */
#define NAAWG_HANDSHAKE_QUEUE_MAX	4096

enum naawg_reason naawg_handshake_queue_put(struct naawg_dev *dev,
					    struct sk_buff *skb);

#endif
