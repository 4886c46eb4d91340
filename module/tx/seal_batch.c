// SPDX-License-Identifier: GPL-2.0
/* Seals a batch of packets of one session with one reservation of nonces. */
#include <linux/skbuff.h>
#include <net/gso.h>

#include "../core/timer_sm.h"
#include "../outer/socket.h"
#include "seal.h"
#include "seal_batch.h"
#include "sealing.h"

/*
 * Writes a message with a copy of the inner packet. That cannot be sealed in place, as TCP
 * keeps its payload for retransmission.
 */
static struct sk_buff *write_one(struct naawg_sealing *sealing,
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
	naawg_sealing_add(sealing, msg, padded, counter);

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
 * Reserves @n nonces; returns false if the session has fewer left. The counter
 * never passes the limit. Otherwise several CPUs could wrap it together, and
 * nonces would be used twice.
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

static void seal_single(struct naawg_sealing *sealing, struct sk_buff *skb,
			u64 counter, struct sk_buff_head *sealed)
{
	struct sk_buff *outer = write_one(sealing, skb, counter);

	if (unlikely(!outer)) {
		drop_unsealed(sealing->session, skb);
		return;
	}
	__skb_queue_tail(sealed, outer);
	consume_skb(skb);
}

/*
 * Seals packets that software segmentation makes, when no large buffer is free.
 * The nonces reserved before may have sealed messages that were discarded, so
 * this function reserves new ones.
 */
static void seal_segmented(struct naawg_sealing *sealing, struct sk_buff *skb,
			   struct sk_buff_head *sealed)
{
	struct naawg_session *session = sealing->session;
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
		seal_single(sealing, skb, counter++, sealed);
	}
}

/* Seals the first packet and packets that join it; returns the nonces used. */
static unsigned int seal_front(struct naawg_sealing *sealing,
			       struct sk_buff_head *packets, u64 counter,
			       struct sk_buff_head *sealed)
{
	struct sk_buff *skb = skb_peek(packets);
	u16 segments = naawg_cb(skb)->segments;
	unsigned int n;

	if (segments == 1) {
		n = naawg_seal_run(sealing, packets, counter, sealed);
		if (n)
			return n;
	}
	__skb_unlink(skb, packets);
	if (segments == 1)
		seal_single(sealing, skb, counter, sealed);
	else if (likely(naawg_seal_gso(sealing, skb, counter, sealed)))
		consume_skb(skb);
	else
		seal_segmented(sealing, skb, sealed);
	return segments;
}

/**
 * naawg_batch_seal() - turn inner packets into data messages
 * @batch: packets with mtu, ds and segments set in their cb; replaced by the
 *	messages
 *
 * A packet is dropped if memory for its message is short. The reason is
 * recorded at the peer.
 *
 * Context: softirq or bottom halves off, under RCU.
 * Return: false, without a change, if the session has too few nonces left.
 */
bool naawg_batch_seal(struct naawg_batch *batch)
{
	struct naawg_sealing sealing;
	struct sk_buff_head sealed;
	unsigned int n = 0;
	struct sk_buff *skb;
	u64 counter;

	sealing.session = batch->session;
	sealing.count = 0;
	skb_queue_walk(&batch->packets, skb)
		n += naawg_cb(skb)->segments;
	if (unlikely(!reserve(sealing.session, n, &counter)))
		return false;
	__skb_queue_head_init(&sealed);
	while (!skb_queue_empty(&batch->packets))
		counter += seal_front(&sealing, &batch->packets, counter,
				      &sealed);
	naawg_sealing_flush(&sealing);
	skb_queue_splice(&sealed, &batch->packets);
	return true;
}
