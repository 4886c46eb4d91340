// SPDX-License-Identifier: GPL-2.0
/* The queue of one CPU, and what may wait in it. */
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/dst.h>

#include "queue.h"
#include "../outer/packet.h"

/**
 * naawg_rxq_put() - queue a batch
 * @rxq: the queue
 * @skb: a data message or several; consumed if true is returned
 * @seq: receives its number
 *
 * A batch that is not queued has lost its socket, route and connection, so the
 * caller can only drop it.
 *
 * Context: softirq or bottom halves off.
 * Return: false if the queue is full.
 */
bool naawg_rxq_put(struct naawg_rxq *rxq, struct sk_buff *skb,
		   u32 *seq)
{
	bool fits;

	/*
	 * It keeps nothing of its sender but the memory. Letting go runs code of
	 * others, which must not run under our lock.
	 */
	skb_orphan(skb);
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	spin_lock_bh(&rxq->queue.lock);
	fits = rxq->waits < NAAWG_RXQ_MAX &&
	       rxq->bytes + skb->truesize <= NAAWG_RXQ_BYTES;
	if (likely(fits)) {
		__skb_queue_tail(&rxq->queue, skb);
		rxq->waits += naawg_packets_in(skb);
		rxq->bytes += skb->truesize;
		*seq = ++rxq->enq_seq;
	}
	spin_unlock_bh(&rxq->queue.lock);
	return fits;
}

/**
 * naawg_rxq_take() - take what waits
 * @rxq: the queue
 * @into: where to
 * @budget: messages at most; the last GSO packet may go beyond
 *
 * A GSO packet counts as the packets it stands for, as it takes as long.
 *
 * Context: the queue's NAPI poll.
 * Return: messages taken, no more than @budget.
 */
int naawg_rxq_take(struct naawg_rxq *rxq, struct sk_buff_head *into,
		   int budget)
{
	int n = 0;

	spin_lock_bh(&rxq->queue.lock);
	while (n < budget && !skb_queue_empty(&rxq->queue)) {
		struct sk_buff *skb = __skb_dequeue(&rxq->queue);
		const struct naawg_cb *cb = naawg_cb(skb);
		unsigned int datagrams = naawg_packets_in(skb);

		n += datagrams;
		rxq->waits -= datagrams;
		rxq->bytes -= skb->truesize;
		rxq->last = cb->group;
		if (unlikely(cb->steered)) {
			rxq->steered_taken[cb->group]++;
			rxq->has_steered = true;
		}
		__skb_queue_tail(into, skb);
		rxq->deq_seq++;
	}
	/* another CPU may have got some */
	if (skb_queue_empty(&rxq->queue))
		rxq->deq_seq = rxq->enq_seq;
	spin_unlock_bh(&rxq->queue.lock);
	return min(n, budget);
}

/**
 * naawg_rxq_move() - have another CPU take what waits of the newest group
 * @from: the queue of this CPU
 * @to: the queue of the other
 * @steered: batches of the group that are there, one too many for now
 *
 * Context: the NAPI poll of @from.
 * Return: how many batches moved.
 */
int naawg_rxq_move(struct naawg_rxq *from, struct naawg_rxq *to,
		   atomic_t *steered)
{
	unsigned int datagrams = 0, bytes = 0;
	struct sk_buff *skb, *next;
	struct sk_buff_head moved;
	int n;

	__skb_queue_head_init(&moved);
	spin_lock_bh(&from->queue.lock);
	skb_queue_walk_safe(&from->queue, skb, next) {
		if (naawg_cb(skb)->group != from->last)
			continue;
		__skb_unlink(skb, &from->queue);
		naawg_cb(skb)->steered = true;
		__skb_queue_tail(&moved, skb);
		datagrams += naawg_packets_in(skb);
		bytes += skb->truesize;
	}
	from->waits -= datagrams;
	from->bytes -= bytes;
	spin_unlock_bh(&from->queue.lock);
	n = skb_queue_len(&moved);
	naawg_counter_add(from->dev, NAAWG_C_BATCHES_MOVED, n);
	atomic_add(n - 1, steered);
	if (!n)
		return 0;
	spin_lock_bh(&to->queue.lock);
	skb_queue_splice_tail(&moved, &to->queue);
	to->waits += datagrams;
	to->bytes += bytes;
	to->enq_seq += n;
	spin_unlock_bh(&to->queue.lock);
	return n;
}
