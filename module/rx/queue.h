/* SPDX-License-Identifier: GPL-2.0 */
/* The queue of one CPU, for those who fill it, empty it and steer. */
#ifndef _NAAWG_QUEUE_H
#define _NAAWG_QUEUE_H

#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "../state/peer.h"
#include "../outer/frag_buf.h"

/* What one CPU may have waiting, in datagrams; GSO packets count as theirs. */
#define NAAWG_RXQ_MAX	16384

/* The same in bytes, as the kernel charges the memory that they keep. */
#define NAAWG_RXQ_BYTES	(32U << 20)

/**
 * struct naawg_rxq - queue of one CPU
 * @dev: the device; set once
 * @cpu: whose it is; set once
 * @queue: received data messages (own lock)
 * @waits: datagrams in @queue (under the queue's lock)
 * @bytes: memory that is kept by @queue (under the queue's lock)
 * @enq_seq: batches that ever came in (under the queue's lock)
 * @deq_seq: how many of them are out of @queue (under the queue's lock)
 * @done_seq: how many of them are through with, or fewer
 * @has_foreign: batches came from other CPUs lately, as their peers' did before (racy
 *	on purpose)
 * @napi: takes from @queue
 * @wake: schedules @napi on @cpu from another one
 * @workers: where @defer_work runs; set once
 * @later: schedules @napi when a task gets to it
 * @bulk: packets that could be joined came alone (poll only)
 * @alone: polls in a row that brought one message (poll only)
 * @since: when the first of them was, in jiffies (poll only)
 * @gathers: schedule @napi later (racy on purpose)
 * @own: look at the own CPU (poll only)
 * @messages: opened since (poll only)
 * @looked: others have been looked at then (poll only)
 * @seen: look at the own CPU by another rx queue (racy on purpose)
 * @unsettled: polls in a row that left nothing of their budget while others
 *	waited to hear what is delivered (poll only)
 * @last: group of the newest batch taken (poll only)
 * @steered_taken: batches of each group from other CPUs, taken but perhaps not yet
 *	delivered (poll only)
 * @has_steered: are there any? (poll only)
 * @buf: memory messages are opened into, from one poll to the next
 * @local4: address of ours datagrams came to last, 0 for none
 * @local6: the same
 *
 * The addresses are read and written in receive offload on this CPU only.
 */
struct naawg_rxq {
	struct naawg_dev *dev;
	int cpu;
	struct sk_buff_head queue;
	unsigned int waits;
	u32 bytes;
	u32 enq_seq;
	u32 deq_seq;
	u32 done_seq;
	bool has_foreign;
	struct napi_struct napi;
	call_single_data_t wake;
	struct workqueue_struct *workers;
	struct work_struct defer_work;
	bool bulk;
	unsigned int lone_polls;
	unsigned long since;
	bool deferred;
	struct naawg_load own;
	unsigned int messages;
	bool looked;
	struct naawg_load seen;
	unsigned int unsettled;
	u8 last;
	u16 steered_taken[NAAWG_STEER_GROUPS];
	bool has_steered;
	struct naawg_frag_buf buf;
	__be32 local4;
	struct in6_addr local6;
};

bool naawg_rxq_put(struct naawg_rxq *rxq, struct sk_buff *skb,
		   u32 *seq);
int naawg_rxq_take(struct naawg_rxq *rxq, struct sk_buff_head *into,
		   int budget);
int naawg_rxq_move(struct naawg_rxq *from, struct naawg_rxq *to,
		   atomic_t *steered);

#endif
