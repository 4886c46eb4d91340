/* SPDX-License-Identifier: GPL-2.0 */
/* The rx queue of a CPU: a bounded FIFO of received data messages. */
#ifndef _NAAWG_QUEUE_H
#define _NAAWG_QUEUE_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "../outer/frag_buf.h"
#include "../state/peer.h"
#include "defer.h"
#include "opener.h"
#include "steer.h"

/* Datagrams that one CPU queues at most. A GSO packet counts as its segments. */
#define NAAWG_RXQ_MAX	16384

/* Memory of these datagrams, as the kernel charges it. */
#define NAAWG_RXQ_BYTES	(32U << 20)

/**
 * struct naawg_rxq_order - the batches of an rx queue and their sequence numbers
 * @list: received batches (own lock)
 * @datagrams: datagrams in @list (@list.lock)
 * @bytes: memory of @list (@list.lock)
 * @enq_seq: sequence number of the newest batch that was queued (@list.lock)
 * @deq_seq: all batches up to this one are dequeued, perhaps more (@list.lock)
 * @done_seq: all batches up to this one are delivered, perhaps more
 * @awaited: a CPU queued batches here because their peer's earlier ones are not
 *	delivered yet (racy on purpose)
 */
struct naawg_rxq_order {
	struct sk_buff_head list;
	unsigned int datagrams;
	u32 bytes;
	u32 enq_seq;
	u32 deq_seq;
	u32 done_seq;
	bool awaited;
};

/**
 * struct naawg_rxq - the rx queue of one CPU
 * @dev: the device; set once
 * @cpu: the CPU; set once
 * @order: the batches
 * @napi: its poll decrypts the batches
 * @wake: lets another CPU schedule @napi on @cpu
 * @workers: workqueue of @defer_work; set once
 * @defer_work: schedules @napi for a deferred poll
 * @defer: whether polls are deferred
 * @steer: the CPU's part in steering
 * @busy_polls: polls in a row that used up their budget while another CPU waits
 *	for delivery (poll only)
 * @buf: memory that messages are decrypted in; kept between polls (poll only)
 * @unopened: messages there that wait to be decrypted (poll only)
 */
struct naawg_rxq {
	struct naawg_dev *dev;
	int cpu;
	struct naawg_rxq_order order;
	struct napi_struct napi;
	call_single_data_t wake;
	struct workqueue_struct *workers;
	struct work_struct defer_work;
	struct naawg_defer defer;
	struct naawg_steer_cpu steer;
	unsigned int busy_polls;
	struct naawg_frag_buf buf;
	struct naawg_unopened unopened;
};

/**
 * struct naawg_rxq_moved - batches on their way from one rx queue to another
 * @batches: the batches
 * @datagrams: datagrams in @batches
 * @bytes: memory of @batches
 */
struct naawg_rxq_moved {
	struct sk_buff_head batches;
	unsigned int datagrams;
	u32 bytes;
};

int naawg_rxqs_init(struct naawg_dev *dev,
		    int (*poll)(struct napi_struct *napi, int budget),
		    struct workqueue_struct *workers);
void naawg_rxqs_destroy(struct naawg_dev *dev);
void naawg_rxqs_open(struct naawg_dev *dev);
void naawg_rxqs_close(struct naawg_dev *dev);

bool naawg_rxq_put(struct naawg_rxq *rxq, struct sk_buff *skb, u32 *seq);
int naawg_rxq_take(struct naawg_rxq *rxq, struct sk_buff_head *into,
		   int budget);
void naawg_rxq_move_out(struct naawg_rxq *rxq, u8 group,
			struct naawg_rxq_moved *moved);
void naawg_rxq_move_in(struct naawg_rxq *rxq, struct naawg_rxq_moved *moved);
void naawg_rxq_schedule(struct naawg_rxq *rxq);
bool naawg_rxq_is_done(struct naawg_rxq *rxq, u32 seq);
void naawg_rxq_set_done(struct naawg_rxq *rxq, u32 seq);

/* Whether no batch is queued; a hint, as it takes no lock. */
static inline bool naawg_rxq_is_empty(const struct naawg_rxq *rxq)
{
	return skb_queue_empty_lockless(&rxq->order.list);
}

#endif
