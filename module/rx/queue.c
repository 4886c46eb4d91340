// SPDX-License-Identifier: GPL-2.0
/*
 * The rx queue of a CPU: a bounded FIFO of received data messages.
 *
 * Each batch gets a sequence number when it is queued. The queue knows up to which
 * number batches are delivered. So a CPU can find out whether the earlier batches of a
 * peer are through, without a counter per peer.
 */
#include <linux/netfilter.h>
#include <net/dst.h>
#include <net/gro.h>

#include "../outer/packet.h"
#include "queue.h"

/* A poll is not deferred once a full budget of batches is queued. */
#define DEFER_MAX	NAPI_POLL_WEIGHT

static void naawg_rxq_wake(void *napi)
{
	__napi_schedule(napi);
}

static void naawg_rxq_defer_work(struct work_struct *work)
{
	struct naawg_rxq *rxq = container_of(work, struct naawg_rxq, defer_work);

	local_bh_disable();
	napi_schedule(&rxq->napi);
	local_bh_enable();
}

static void rxq_init(struct naawg_rxq *rxq, struct naawg_dev *dev, int cpu,
		     struct workqueue_struct *workers)
{
	rxq->dev = dev;
	rxq->cpu = cpu;
	skb_queue_head_init(&rxq->order.list);
	__skb_queue_head_init(&rxq->unopened.packets);
	INIT_CSD(&rxq->wake, naawg_rxq_wake, &rxq->napi);
	rxq->workers = workers;
	INIT_WORK(&rxq->defer_work, naawg_rxq_defer_work);
	naawg_defer_init(&rxq->defer);
	set_bit(NAPI_STATE_NO_BUSY_POLL, &rxq->napi.state);
}

/**
 * naawg_rxqs_init() - make the rx queues, closed
 * @dev: the device
 * @poll: NAPI poll that empties them
 * @workers: workqueue for deferred polls, on any CPU
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int naawg_rxqs_init(struct naawg_dev *dev,
		    int (*poll)(struct napi_struct *napi, int budget),
		    struct workqueue_struct *workers)
{
	int cpu;

	dev->steer_groups = kcalloc(NAAWG_STEER_GROUPS,
				    sizeof(*dev->steer_groups),
				    GFP_KERNEL_ACCOUNT);
	if (!dev->steer_groups)
		return -ENOMEM;
	dev->rxqs = alloc_percpu(struct naawg_rxq);
	if (!dev->rxqs) {
		kfree(dev->steer_groups);
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu) {
		struct naawg_rxq *rxq = per_cpu_ptr(dev->rxqs, cpu);

		rxq_init(rxq, dev, cpu, workers);
		netif_napi_add(dev->netdev, &rxq->napi, poll);
	}
	return 0;
}

/**
 * naawg_rxqs_destroy() - free the rx queues
 * @dev: the device; its rx queues are closed
 *
 * Context: process, may sleep.
 */
void naawg_rxqs_destroy(struct naawg_dev *dev)
{
	int cpu;

	for_each_possible_cpu(cpu)
		netif_napi_del(&per_cpu_ptr(dev->rxqs, cpu)->napi);
	free_percpu(dev->rxqs);
	kfree(dev->steer_groups);
}

/**
 * naawg_rxqs_open() - allow polls
 * @dev: the device
 *
 * Context: process.
 */
void naawg_rxqs_open(struct naawg_dev *dev)
{
	int cpu;

	for_each_possible_cpu(cpu)
		napi_enable(&per_cpu_ptr(dev->rxqs, cpu)->napi);
}

static void rxq_reset(struct naawg_rxq *rxq)
{
	cancel_work_sync(&rxq->defer_work);
	skb_queue_purge(&rxq->order.list);
	rxq->order.datagrams = 0;
	rxq->order.bytes = 0;
	rxq->order.deq_seq = rxq->order.enq_seq;
	rxq->order.done_seq = rxq->order.enq_seq;
	naawg_frag_buf_put(&rxq->buf);
	memset(rxq->steer.taken, 0, sizeof(rxq->steer.taken));
	rxq->steer.has_taken = false;
}

/**
 * naawg_rxqs_close() - stop the polls and drop all queued batches
 * @dev: the device; its sockets are closed
 *
 * The function waits for a grace period. Newer kernels do not wait before they stop a
 * device without a qdisc, so a transmission may still be running.
 *
 * Context: process, may sleep.
 */
void naawg_rxqs_close(struct naawg_dev *dev)
{
	int cpu, i;

	/* This waits for NAPI_STATE_SCHED, so no IPI to schedule the NAPI is left. */
	for_each_possible_cpu(cpu)
		napi_disable(&per_cpu_ptr(dev->rxqs, cpu)->napi);
	/* A poll that has completed may still be moving batches. */
	synchronize_net();
	for_each_possible_cpu(cpu)
		rxq_reset(per_cpu_ptr(dev->rxqs, cpu));
	for (i = 0; i < NAAWG_STEER_GROUPS; i++)
		atomic_set(&dev->steer_groups[i].state, 0);
}

/**
 * naawg_rxq_put() - queue a batch
 * @rxq: the queue
 * @skb: a data message or several; consumed if true is returned
 * @seq: receives the sequence number
 *
 * A batch that is not queued has lost its socket, route and connection. The caller
 * can only drop it.
 *
 * Context: softirq or bottom halves off.
 * Return: false if the queue is full.
 */
bool naawg_rxq_put(struct naawg_rxq *rxq, struct sk_buff *skb, u32 *seq)
{
	struct naawg_rxq_order *order = &rxq->order;
	bool fits;

	/*
	 * A queued batch keeps nothing of its sender but the memory. Destructors are
	 * code of others, which must not run under our lock.
	 */
	skb_orphan(skb);
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	spin_lock_bh(&order->list.lock);
	fits = order->datagrams < NAAWG_RXQ_MAX &&
	       order->bytes + skb->truesize <= NAAWG_RXQ_BYTES;
	if (likely(fits)) {
		__skb_queue_tail(&order->list, skb);
		order->datagrams += naawg_packets_in(skb);
		order->bytes += skb->truesize;
		*seq = ++order->enq_seq;
	}
	spin_unlock_bh(&order->list.lock);
	return fits;
}

/**
 * naawg_rxq_take() - dequeue batches
 * @rxq: the queue
 * @into: the batches are appended to it
 * @budget: messages at most; the last GSO packet may exceed it
 *
 * A GSO packet counts as its segments, because each takes as long as a message alone.
 *
 * Context: the queue's NAPI poll.
 * Return: messages dequeued, @budget at most.
 */
int naawg_rxq_take(struct naawg_rxq *rxq, struct sk_buff_head *into,
		   int budget)
{
	struct naawg_rxq_order *order = &rxq->order;
	int n = 0;

	spin_lock_bh(&order->list.lock);
	while (n < budget && !skb_queue_empty(&order->list)) {
		struct sk_buff *skb = __skb_dequeue(&order->list);
		const struct naawg_cb *cb = naawg_cb(skb);
		unsigned int datagrams = naawg_packets_in(skb);

		n += datagrams;
		order->datagrams -= datagrams;
		order->bytes -= skb->truesize;
		naawg_steer_take(&rxq->steer, cb->group, cb->steered);
		__skb_queue_tail(into, skb);
		order->deq_seq++;
	}
	/* Batches that moved to another queue were not counted, so deq_seq lags. */
	if (skb_queue_empty(&order->list))
		order->deq_seq = order->enq_seq;
	spin_unlock_bh(&order->list.lock);
	return min(n, budget);
}

/**
 * naawg_rxq_move_out() - dequeue all batches of a steering group
 * @rxq: the queue of this CPU
 * @group: the group
 * @moved: receives the batches
 *
 * Context: the queue's NAPI poll.
 */
void naawg_rxq_move_out(struct naawg_rxq *rxq, u8 group,
			struct naawg_rxq_moved *moved)
{
	struct naawg_rxq_order *order = &rxq->order;
	struct sk_buff *skb, *next;

	__skb_queue_head_init(&moved->batches);
	moved->datagrams = 0;
	moved->bytes = 0;
	spin_lock_bh(&order->list.lock);
	skb_queue_walk_safe(&order->list, skb, next) {
		if (naawg_cb(skb)->group != group)
			continue;
		__skb_unlink(skb, &order->list);
		naawg_cb(skb)->steered = true;
		__skb_queue_tail(&moved->batches, skb);
		moved->datagrams += naawg_packets_in(skb);
		moved->bytes += skb->truesize;
	}
	order->datagrams -= moved->datagrams;
	order->bytes -= moved->bytes;
	spin_unlock_bh(&order->list.lock);
}

/**
 * naawg_rxq_move_in() - queue batches that were moved out of another queue
 * @rxq: the queue of the other CPU
 * @moved: the batches, one at least; consumed
 *
 * Context: NAPI poll of the queue they come from.
 */
void naawg_rxq_move_in(struct naawg_rxq *rxq, struct naawg_rxq_moved *moved)
{
	struct naawg_rxq_order *order = &rxq->order;

	spin_lock_bh(&order->list.lock);
	order->enq_seq += skb_queue_len(&moved->batches);
	skb_queue_splice_tail_init(&moved->batches, &order->list);
	order->datagrams += moved->datagrams;
	order->bytes += moved->bytes;
	spin_unlock_bh(&order->list.lock);
}

/**
 * naawg_rxq_schedule() - have the queue polled, on its own CPU if that is online
 * @rxq: the queue
 *
 * Context: softirq or bottom halves off.
 */
void naawg_rxq_schedule(struct naawg_rxq *rxq)
{
	if (READ_ONCE(rxq->defer.on) &&
	    skb_queue_len_lockless(&rxq->order.list) < DEFER_MAX) {
		queue_work(rxq->workers, &rxq->defer_work);
		return;
	}
	if (!napi_schedule_prep(&rxq->napi))
		return;
	if (rxq->cpu != smp_processor_id() &&
	    !smp_call_function_single_async(rxq->cpu, &rxq->wake))
		return;
	__napi_schedule(&rxq->napi);
}

/**
 * naawg_rxq_is_done() - are all batches up to a sequence number delivered?
 * @rxq: the queue
 * @seq: the sequence number
 *
 * If they are not, the queue is asked to report its delivery soon.
 *
 * Context: softirq or bottom halves off.
 * Return: true if they are.
 */
bool naawg_rxq_is_done(struct naawg_rxq *rxq, u32 seq)
{
	/* pairs with the release in naawg_rxq_set_done() */
	if ((s32)(smp_load_acquire(&rxq->order.done_seq) - seq) >= 0)
		return true;
	WRITE_ONCE(rxq->order.awaited, true);
	return false;
}

/**
 * naawg_rxq_set_done() - report the batches up to a sequence number as delivered
 * @rxq: the queue
 * @seq: the sequence number; a later poll may have reported a higher one
 *
 * Context: softirq.
 */
void naawg_rxq_set_done(struct naawg_rxq *rxq, u32 seq)
{
	if ((s32)(seq - READ_ONCE(rxq->order.done_seq)) > 0)
		/* pairs with the acquire in naawg_rxq_is_done() */
		smp_store_release(&rxq->order.done_seq, seq);
}
