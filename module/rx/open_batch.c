// SPDX-License-Identifier: GPL-2.0
/* Opens a batch of messages of one session in place. */
#include <linux/skbuff.h>

#include "../simd/simd.h"
#include "open_batch.h"

static void drop_message(struct naawg_session *session, struct sk_buff *skb,
			 enum naawg_reason reason)
{
	WRITE_ONCE(session->peer->last_reason, reason);
	naawg_drop_outer(session->peer->dev, skb, reason);
}

/* Takes messages to open together from the batch, and makes them private. */
static unsigned int take_run(struct naawg_batch *batch, struct sk_buff **skbs,
			     struct naawg_simd_msg *msgs)
{
	unsigned int n = 0;
	struct sk_buff *skb;

	while (n < NAAWG_SIMD_RUN && (skb = __skb_dequeue(&batch->packets))) {
		struct naawg_msg_data *msg;

		/* before any byte of it is read */
		if (unlikely(skb_linearize_cow(skb))) {
			drop_message(batch->session, skb, NAAWG_R_NO_MEMORY);
			continue;
		}
		msg = (struct naawg_msg_data *)skb->data;
		naawg_cb(skb)->counter = le64_to_cpu(msg->counter);
		naawg_cb(skb)->len = skb->len;
		skbs[n] = skb;
		msgs[n++] = (struct naawg_simd_msg){
			.dst = (u8 *)(msg + 1),
			.src = (u8 *)(msg + 1),
			.len = skb->len - NAAWG_DATA_OVERHEAD,
			.nonce = naawg_cb(skb)->counter,
		};
	}
	return n;
}

static void open_run(struct naawg_session *session, struct sk_buff **skbs,
		     struct naawg_simd_msg *msgs, unsigned int n,
		     struct sk_buff_head *opened)
{
	unsigned int busy, i;

	busy = naawg_simd_open(msgs, n, session->keys.recv);
	if (unlikely(busy))
		naawg_counter_add(session->peer->dev, NAAWG_C_SIMD_BUSY, busy);
	for (i = 0; i < n; i++) {
		if (unlikely(!msgs[i].ok)) {
			drop_message(session, skbs[i], NAAWG_R_BAD_TAG);
			continue;
		}
		__skb_pull(skbs[i], sizeof(struct naawg_msg_data));
		skb_trim(skbs[i], msgs[i].len);
		__skb_queue_tail(opened, skbs[i]);
	}
}

/* Counts the packets from @skb on with consecutive counters, up to 64. */
static unsigned int consecutive_counters(struct sk_buff_head *list,
					 struct sk_buff *skb)
{
	u64 first = naawg_cb(skb)->counter;
	unsigned int n = 1;

	skb_queue_walk_from(list, skb) {
		struct sk_buff *next = skb->next;

		if (n == 64 || next == (struct sk_buff *)list ||
		    naawg_cb(next)->counter != first + n)
			break;
		n++;
	}
	return n;
}

/* Takes the lock once per batch, and checks the replay window once per run. */
static void refuse_replays(struct naawg_batch *batch)
{
	struct naawg_session *session = batch->session;
	struct sk_buff_head fresh, stale;
	struct sk_buff *skb;

	__skb_queue_head_init(&fresh);
	__skb_queue_head_init(&stale);
	spin_lock(&session->replay_lock);
	while ((skb = skb_peek(&batch->packets))) {
		unsigned int n = consecutive_counters(&batch->packets, skb);
		u64 accepted = naawg_replay_accept_run(&session->replay,
						       naawg_cb(skb)->counter,
						       n);

		for (; n; n--, accepted >>= 1) {
			skb = __skb_dequeue(&batch->packets);
			__skb_queue_tail(accepted & 1 ? &fresh : &stale, skb);
		}
	}
	if (unlikely(session->replay.lost))
		naawg_session_count_lost(&session->peer->sessions, session);
	spin_unlock(&session->replay_lock);
	skb_queue_splice(&fresh, &batch->packets);
	while ((skb = __skb_dequeue(&stale)))
		drop_message(session, skb, NAAWG_R_REPLAY);
}

/**
 * naawg_batch_open() - turn data messages into padded inner packets
 * @batch: the messages, data at their header; replaced by the inner packets
 *
 * Messages that fail authentication or the replay check are dropped. The other
 * packets keep their order.
 *
 * Context: softirq, under RCU.
 */
void naawg_batch_open(struct naawg_batch *batch)
{
	struct naawg_simd_msg msgs[NAAWG_SIMD_RUN];
	struct sk_buff *skbs[NAAWG_SIMD_RUN];
	struct sk_buff_head opened;
	unsigned int n;

	__skb_queue_head_init(&opened);
	while ((n = take_run(batch, skbs, msgs)))
		open_run(batch->session, skbs, msgs, n, &opened);
	skb_queue_splice(&opened, &batch->packets);
	if (!skb_queue_empty(&batch->packets))
		refuse_replays(batch);
}
