// SPDX-License-Identifier: GPL-2.0
/* Gathers what one softirq brings, so that it can be opened as a batch. */
#include "doors.h"

/**
 * naawg_doors_init() - make the queues, closed
 * @dev: the device
 * @poll: the NAPI poll that empties them
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int naawg_doors_init(struct naawg_dev *dev,
		     int (*poll)(struct napi_struct *napi, int budget))
{
	int cpu;

	dev->doors = alloc_percpu(struct naawg_doors);
	if (!dev->doors)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct naawg_doors *doors = per_cpu_ptr(dev->doors, cpu);

		doors->dev = dev;
		skb_queue_head_init(&doors->queue);
		set_bit(NAPI_STATE_NO_BUSY_POLL, &doors->napi.state);
		netif_napi_add(dev->netdev, &doors->napi, poll);
	}
	return 0;
}

/**
 * naawg_doors_destroy() - free the queues
 * @dev: the device; its doors are closed
 *
 * Context: process, may sleep.
 */
void naawg_doors_destroy(struct naawg_dev *dev)
{
	int cpu;

	for_each_possible_cpu(cpu)
		netif_napi_del(&per_cpu_ptr(dev->doors, cpu)->napi);
	free_percpu(dev->doors);
}

/**
 * naawg_doors_open() - let datagrams in
 * @dev: the device
 *
 * Context: process.
 */
void naawg_doors_open(struct naawg_dev *dev)
{
	int cpu;

	for_each_possible_cpu(cpu)
		napi_enable(&per_cpu_ptr(dev->doors, cpu)->napi);
}

/**
 * naawg_doors_close() - stop polling and drop what waits
 * @dev: the device; its sockets are closed
 *
 * Context: process, may sleep.
 */
void naawg_doors_close(struct naawg_dev *dev)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct naawg_doors *doors = per_cpu_ptr(dev->doors, cpu);

		napi_disable(&doors->napi);
		skb_queue_purge(&doors->queue);
		naawg_chunk_put(&doors->chunk);
	}
}

/**
 * naawg_doors_put() - queue a datagram on this CPU
 * @dev: the device
 * @skb: a data message; consumed if true is returned
 *
 * Context: softirq or bottom halves off.
 * Return: false when the queue is full.
 */
bool naawg_doors_put(struct naawg_dev *dev, struct sk_buff *skb)
{
	struct naawg_doors *doors = this_cpu_ptr(dev->doors);

	if (skb_queue_len_lockless(&doors->queue) >= NAAWG_DOORS_MAX)
		return false;
	skb_queue_tail(&doors->queue, skb);
	napi_schedule(&doors->napi);
	return true;
}
