// SPDX-License-Identifier: GPL-2.0
/* Opens a batch of messages of one session in place. */
#include <linux/skbuff.h>

#include "../core/crypto.h"
#include "open_batch.h"

static enum naawg_reason open_one(struct naawg_session *session,
				  struct sk_buff *skb)
{
	struct naawg_msg_data *msg;
	u8 *payload;

	/* make the message private before any byte of it is read */
	if (unlikely(skb_linearize_cow(skb)))
		return NAAWG_R_NO_MEMORY;
	msg = (struct naawg_msg_data *)skb->data;
	payload = skb->data + sizeof(*msg);
	naawg_cb(skb)->counter = le64_to_cpu(msg->counter);
	naawg_cb(skb)->len = skb->len;
	if (!naawg_aead_open(payload, payload, skb->len - sizeof(*msg), NULL, 0,
			     naawg_cb(skb)->counter, session->keys.recv))
		return NAAWG_R_BAD_TAG;
	__skb_pull(skb, sizeof(*msg));
	skb_trim(skb, skb->len - NAAWG_TAG_SIZE);
	return NAAWG_OK;
}

static void drop_message(struct naawg_session *session, struct sk_buff *skb,
			 enum naawg_reason reason)
{
	WRITE_ONCE(session->peer->last_reason, reason);
	naawg_drop_outer(session->peer->dev, skb, reason);
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
	struct naawg_session *session = batch->session;
	struct sk_buff_head opened;
	struct sk_buff *skb;

	__skb_queue_head_init(&opened);
	while ((skb = __skb_dequeue(&batch->packets))) {
		enum naawg_reason reason = open_one(session, skb);

		if (likely(!reason))
			__skb_queue_tail(&opened, skb);
		else
			drop_message(session, skb, reason);
	}
	skb_queue_splice(&opened, &batch->packets);
	if (!skb_queue_empty(&batch->packets))
		refuse_replays(batch);
}
