// SPDX-License-Identifier: GPL-2.0
/* Seals and opens runs: one reservation of nonces, one replay check. */
#include <linux/skbuff.h>
#include <net/gso.h>

#include "../core/crypto.h"
#include "../core/rules.h"
#include "batch.h"
#include "seal.h"
#include "socket.h"

/* The inner packet is copied: its payload is nearly always shared with TCP. */
static struct sk_buff *seal_one(struct naawg_session *session,
				struct sk_buff *inner, u64 counter)
{
	size_t padded = naawg_wire_padded(inner->len, naawg_cb(inner)->mtu);
	struct naawg_msg_data *msg;
	struct sk_buff *outer;
	u8 *payload;

	outer = alloc_skb(NAAWG_HEADROOM + padded + NAAWG_DATA_OVERHEAD,
			  GFP_ATOMIC | __GFP_NOWARN);
	if (!outer)
		return NULL;
	skb_reserve(outer, NAAWG_HEADROOM);
	msg = skb_put(outer, sizeof(*msg));
	payload = skb_put(outer, padded + NAAWG_TAG_SIZE);
	if (!naawg_packet_copy(inner, payload)) {
		kfree_skb(outer);
		return NULL;
	}
	memset(payload + inner->len, 0, padded - inner->len);

	msg->header.type = cpu_to_le32(NAAWG_MSG_DATA);
	msg->receiver = cpu_to_le32(session->remote_index);
	msg->counter = cpu_to_le64(counter);
	naawg_aead_seal(payload, payload, padded, NULL, 0, counter,
			session->keys.send);

	outer->priority = inner->priority;
	if (inner->len) {
		skb_get_hash(inner);
		skb_copy_hash(outer, inner);
	}
	*naawg_cb(outer) = *naawg_cb(inner);
	naawg_cb(outer)->len = outer->len;
	naawg_packet_hand_over(outer, inner);
	return outer;
}

/*
 * Reserves @n nonces; false if the session has not that many left. The counter
 * never passes the limit. Otherwise many CPUs together could wrap it, and nonces
 * would be used again.
 */
static bool reserve(struct naawg_session *session, unsigned int n, u64 *first)
{
	s64 counter = atomic64_read(&session->send_counter);

	do {
		if (unlikely(!naawg_may_reserve(counter, n)))
			return false;
	} while (!atomic64_try_cmpxchg(&session->send_counter, &counter,
				       counter + n));
	*first = counter;
	return true;
}

static void drop_unsealed(struct naawg_session *session, struct sk_buff *skb)
{
	WRITE_ONCE(session->peer->last_reason, NAAWG_R_NO_MEMORY);
	naawg_drop_inner(session->peer->dev, skb, NAAWG_R_NO_MEMORY);
}

static void seal_single(struct naawg_session *session, struct sk_buff *skb,
			u64 counter, struct sk_buff_head *sealed)
{
	struct sk_buff *outer = seal_one(session, skb, counter);

	if (unlikely(!outer)) {
		drop_unsealed(session, skb);
		return;
	}
	__skb_queue_tail(sealed, outer);
	consume_skb(skb);
}

/*
 * Memory in large pieces ran out, so the stack cuts. The nonces reserved before
 * may have been used on what was thrown away; these are new ones.
 */
static void seal_segmented(struct naawg_session *session, struct sk_buff *skb,
			   struct sk_buff_head *sealed)
{
	struct naawg_cb cb = *naawg_cb(skb);
	struct sk_buff *segments, *next;
	unsigned int n = 0;
	u64 counter;

	segments = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segments)) {
		drop_unsealed(session, skb);
		return;
	}
	for (next = segments; next; next = next->next)
		n++;
	if (!reserve(session, n, &counter)) {
		kfree_skb_list(segments);
		drop_unsealed(session, skb);
		return;
	}
	consume_skb(skb);
	cb.segments = 1;
	skb_list_walk_safe(segments, skb, next) {
		skb_mark_not_on_list(skb);
		*naawg_cb(skb) = cb;
		seal_single(session, skb, counter++, sealed);
	}
}

/* Seals the front packet and what can go with it; returns the nonces used. */
static unsigned int seal_front(struct naawg_session *session,
			       struct sk_buff_head *packets, u64 counter,
			       struct sk_buff_head *sealed)
{
	struct sk_buff *skb = skb_peek(packets);
	u16 segments = naawg_cb(skb)->segments;
	unsigned int n;

	if (segments == 1) {
		n = naawg_seal_run(session, packets, counter, sealed);
		if (n)
			return n;
	}
	__skb_unlink(skb, packets);
	if (segments == 1)
		seal_single(session, skb, counter, sealed);
	else if (likely(naawg_seal_gso(session, skb, counter, sealed)))
		consume_skb(skb);
	else
		seal_segmented(session, skb, sealed);
	return segments;
}

/**
 * naawg_batch_seal() - turn inner packets into data messages
 * @batch: the packets, each with its mtu, ds and segments noted; replaced by
 *	messages
 *
 * Packets there is no memory for are dropped and blamed on the peer.
 *
 * Context: softirq or bottom halves off, under RCU.
 * Return: false if the session has too few nonces left; nothing was done then.
 */
bool naawg_batch_seal(struct naawg_batch *batch)
{
	struct naawg_session *session = batch->session;
	struct sk_buff_head sealed;
	unsigned int n = 0;
	struct sk_buff *skb;
	u64 counter;

	skb_queue_walk(&batch->packets, skb)
		n += naawg_cb(skb)->segments;
	if (unlikely(!reserve(session, n, &counter)))
		return false;
	__skb_queue_head_init(&sealed);
	while (!skb_queue_empty(&batch->packets))
		counter += seal_front(session, &batch->packets, counter,
				      &sealed);
	skb_queue_splice(&sealed, &batch->packets);
	return true;
}

static enum naawg_reason open_one(struct naawg_session *session,
				  struct sk_buff *skb)
{
	struct naawg_msg_data *msg;
	u8 *payload;

	/* opened in place, so nobody else may write to it; not read before */
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

static void drop(struct naawg_session *session, struct sk_buff *skb,
		 enum naawg_reason reason)
{
	WRITE_ONCE(session->peer->last_reason, reason);
	naawg_drop_outer(session->peer->dev, skb, reason);
}

/* How many packets from @skb on carry consecutive counters, 64 at most. */
static unsigned int run_length(struct sk_buff_head *list, struct sk_buff *skb)
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

/* One lock for the batch, one look at the window per run. */
static void refuse_replays(struct naawg_batch *batch)
{
	struct naawg_session *session = batch->session;
	struct sk_buff_head fresh, stale;
	struct sk_buff *skb;

	__skb_queue_head_init(&fresh);
	__skb_queue_head_init(&stale);
	spin_lock(&session->replay_lock);
	while ((skb = skb_peek(&batch->packets))) {
		unsigned int n = run_length(&batch->packets, skb);
		u64 accepted = naawg_replay_accept_run(&session->replay,
						       naawg_cb(skb)->counter,
						       n);

		for (; n; n--, accepted >>= 1) {
			skb = __skb_dequeue(&batch->packets);
			__skb_queue_tail(accepted & 1 ? &fresh : &stale, skb);
		}
	}
	spin_unlock(&session->replay_lock);
	skb_queue_splice(&fresh, &batch->packets);
	while ((skb = __skb_dequeue(&stale)))
		drop(session, skb, NAAWG_R_REPLAY);
}

/**
 * naawg_batch_open() - turn data messages into padded inner packets
 * @batch: the messages, data at their header; replaced by what they held
 *
 * Messages that do not open, or did before, are dropped one by one; the rest
 * keep their order.
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
			drop(session, skb, reason);
	}
	skb_queue_splice(&opened, &batch->packets);
	if (!skb_queue_empty(&batch->packets))
		refuse_replays(batch);
}
