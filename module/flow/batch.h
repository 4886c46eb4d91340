/* SPDX-License-Identifier: GPL-2.0 */
/* Batches: runs of packets of one session, sealed and opened together. */
#ifndef _NAAWG_BATCH_H
#define _NAAWG_BATCH_H

#include "../state/peer.h"

/**
 * struct naawg_cb - what a packet carries along inside naawg
 * @counter: nonce the message was or is to be sealed with
 * @mtu: MTU of the route the inner packet takes, 0 for none
 * @len: length of the whole message as it was on the wire
 * @ds: DS field: of the outer packet to be sent, or of the one received
 */
struct naawg_cb {
	u64 counter;
	u32 mtu;
	u32 len;
	u8 ds;
};

static inline struct naawg_cb *naawg_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct naawg_cb) > sizeof(skb->cb));
	return (struct naawg_cb *)skb->cb;
}

/**
 * struct naawg_batch - a run of packets of one session
 * @session: borrowed under RCU
 * @packets: inner packets or messages, in order; owned by the batch
 */
struct naawg_batch {
	struct naawg_session *session;
	struct sk_buff_head packets;
};

bool naawg_batch_seal(struct naawg_batch *batch);
void naawg_batch_open(struct naawg_batch *batch);

#endif
