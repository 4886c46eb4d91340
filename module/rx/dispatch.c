// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers what one softirq brings, so that it can be opened as a batch.
 *
 * Messages are opened on the CPU that received them, unless earlier ones of the same
 * peer are still with another: a sender that changes CPUs must not overtake itself, and
 * over a virtual cable it takes its softirq along. Each queue numbers what comes in, so
 * the newest number of a peer says whether all of its are through.
 *
 * Only a CPU that is never idle hands a peer to another that mostly is (steer): what
 * waits of it goes there, and what comes later follows. The order holds because of when
 * that happens: at the end of a poll, when all taken before has been delivered, on the
 * CPU that receives the peer's messages, where none can come meanwhile. They come home
 * when none is left there, all has been delivered, and one CPU has time enough for both.
 *
 * A task that sends packets one by one over a virtual cable has each of them
 * received before it sends the next. Where that makes a stream of what could be
 * joined, a task gets to open them, so that some come together meanwhile.
 */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <net/gro.h>

#include "dispatch.h"
#include "steer.h"
#include "../outer/packet.h"

/* To and fro costs more than it gains. */
#define STEER_MIN	(HZ / 10)

/* Load of two CPUs in sum, in percent, that one has time enough for. */
#define ENOUGH_FOR_ONE	90

#define STEER_COUNT	((1 << NAAWG_STEER_SHIFT) - 1)

/* Polls after which the delivery of steered batches is made sure. */
#define SETTLE_POLLS	32

/* So many bulk messages that came alone in two ticks are a stream. */
#define STREAM_MIN	16

/* As many as a poll takes are opened at once. */
#define DEFER_MAX	NAPI_POLL_WEIGHT

/* After it brought nothing. */
#define DEFER_PAUSE	(HZ / 2)

static_assert(STEER_COUNT > 2 * NAAWG_RXQ_MAX +
			   SETTLE_POLLS * NAPI_POLL_WEIGHT);

static void naawg_rxq_wake(void *napi)
{
	__napi_schedule(napi);
}

static void naawg_rxq_defer_work(struct work_struct *work)
{
	struct naawg_rxq *rxq =
		container_of(work, struct naawg_rxq, defer_work);

	local_bh_disable();
	napi_schedule(&rxq->napi);
	local_bh_enable();
}

/**
 * naawg_rxqs_init() - make the queues, closed
 * @dev: the device
 * @poll: the NAPI poll that empties them
 * @workers: may run it, too, on any CPU
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int naawg_rxqs_init(struct naawg_dev *dev,
		    int (*poll)(struct napi_struct *napi, int budget),
		    struct workqueue_struct *workers)
{
	int cpu;

	dev->rxqs = alloc_percpu(struct naawg_rxq);
	if (!dev->rxqs)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct naawg_rxq *rxq = per_cpu_ptr(dev->rxqs, cpu);

		rxq->dev = dev;
		rxq->cpu = cpu;
		skb_queue_head_init(&rxq->queue);
		INIT_CSD(&rxq->wake, naawg_rxq_wake, &rxq->napi);
		rxq->workers = workers;
		rxq->since = jiffies;
		INIT_WORK(&rxq->defer_work, naawg_rxq_defer_work);
		set_bit(NAPI_STATE_NO_BUSY_POLL, &rxq->napi.state);
		netif_napi_add(dev->netdev, &rxq->napi, poll);
	}
	return 0;
}

/**
 * naawg_rxqs_destroy() - free the queues
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
}

/**
 * naawg_rxqs_open() - let datagrams in
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

/**
 * naawg_rxqs_close() - stop polling and drop what waits
 * @dev: the device; its sockets are closed
 *
 * Waits for a grace period. Newer kernels do not before they stop a device without a
 * queue, so whoever still transmits is waited for here.
 *
 * Context: process, may sleep.
 */
void naawg_rxqs_close(struct naawg_dev *dev)
{
	int cpu, i;

	/* who schedules one owns it, so this waits for the wakers, too */
	for_each_possible_cpu(cpu)
		napi_disable(&per_cpu_ptr(dev->rxqs, cpu)->napi);
	/* a poll that is through may still be handing over */
	synchronize_net();
	for_each_possible_cpu(cpu) {
		struct naawg_rxq *rxq = per_cpu_ptr(dev->rxqs, cpu);

		cancel_work_sync(&rxq->defer_work);
		skb_queue_purge(&rxq->queue);
		rxq->waits = 0;
		rxq->bytes = 0;
		rxq->deq_seq = rxq->enq_seq;
		rxq->done_seq = rxq->enq_seq;
		naawg_frag_buf_put(&rxq->buf);
		memset(rxq->steered_taken, 0, sizeof(rxq->steered_taken));
		rxq->has_steered = false;
	}
	for (i = 0; i < NAAWG_STEER_GROUPS; i++)
		atomic_set(&dev->groups[i].steered, 0);
}

/* The poll runs on the CPU the queue belongs to, if that is up. */
static void arrange(struct naawg_rxq *rxq)
{
	if (READ_ONCE(rxq->deferred) &&
	    skb_queue_len_lockless(&rxq->queue) < DEFER_MAX) {
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

/* Whether the group's CPU and this one have been busier than one can be. */
static bool take_two(struct naawg_steer_group *group, int steered)
{
	int home_cpu = smp_processor_id();
	unsigned int sum;

	/* others are at it as well, where peers share a number */
	if (READ_ONCE(group->home_cpu) != home_cpu)
		return false;
	sum = naawg_load_since(&group->loads[0], home_cpu) +
	      naawg_load_since(&group->loads[1], steered);
	if (sum <= ENOUGH_FOR_ONE)
		return false;
	naawg_load_look(&group->loads[0], home_cpu);
	naawg_load_look(&group->loads[1], steered);
	WRITE_ONCE(group->until, jiffies + STEER_MIN);
	return true;
}

static bool may_return_home(struct naawg_steer_group *group, int steered)
{
	return !(steered & STEER_COUNT) &&
	       time_after(jiffies, READ_ONCE(group->until)) &&
	       !take_two(group, (steered >> NAAWG_STEER_SHIFT) - 1);
}

/* The CPU to follow the group to, counted there, or -1 if it is at home. */
static int follow(struct naawg_steer_group *group)
{
	int old = atomic_read(&group->steered), new;

	do {
		if (likely(!old))
			return -1;
		new = may_return_home(group, old) ? 0 : old + 1;
	} while (!atomic_try_cmpxchg(&group->steered, &old, new));
	return (new >> NAAWG_STEER_SHIFT) - 1;
}

/* Where what came before is, if not all of that is through. */
static struct naawg_rxq *not_through(const struct naawg_peer *peer, int cpu)
{
	struct naawg_rxq *there = per_cpu_ptr(peer->dev->rxqs, cpu);

	/* pairs with the release in note_done() */
	if ((s32)(smp_load_acquire(&there->done_seq) -
		  READ_ONCE(peer->rx_seq)) >= 0)
		return NULL;
	WRITE_ONCE(there->has_foreign, true);
	return there;
}

/* Where what came before is, or else this CPU's. */
static struct naawg_rxq *behind_the_last(const struct naawg_peer *peer)
{
	struct naawg_rxq *here = this_cpu_ptr(peer->dev->rxqs);
	int cpu = READ_ONCE(peer->rx_cpu);

	if (likely(cpu == here->cpu))
		return here;
	return not_through(peer, cpu) ?: here;
}

/*
 * What came to the group's home CPU was handed over with it. What came elsewhere was not,
 * of a peer with the same number, or that was received there before.
 */
static struct naawg_rxq *left_behind(const struct naawg_peer *peer,
				     const struct naawg_steer_group *group)
{
	int cpu = READ_ONCE(peer->rx_cpu);

	return cpu == READ_ONCE(group->home_cpu) ? NULL : not_through(peer, cpu);
}

/**
 * naawg_dispatch_put() - queue a datagram, on this CPU if nothing speaks against
 * @peer: whose it is
 * @skb: a data message or several; consumed if true is returned
 *
 * Context: softirq or bottom halves off.
 * Return: false when the queue is full.
 */
bool naawg_dispatch_put(struct naawg_peer *peer, struct sk_buff *skb)
{
	u8 number = hash_ptr(peer, ilog2(NAAWG_STEER_GROUPS));
	struct naawg_dev *dev = peer->dev;
	struct naawg_steer_group *group = &dev->groups[number];
	struct naawg_rxq *rxq;
	int cpu = follow(group);
	u32 seq;

	rxq = cpu < 0 ? behind_the_last(peer) : left_behind(peer, group);
	if (!rxq) {
		rxq = per_cpu_ptr(dev->rxqs, cpu);
	} else if (cpu >= 0) {
		atomic_dec(&group->steered);
		cpu = -1;
	}
	naawg_cb(skb)->group = number;
	naawg_cb(skb)->steered = cpu >= 0;
	if (unlikely(!naawg_rxq_put(rxq, skb, &seq))) {
		if (cpu >= 0)
			atomic_dec(&group->steered);
		return false;
	}
	if (cpu >= 0)
		naawg_counter_add(dev, NAAWG_C_BATCHES_MOVED, 1);
	/* what followed its group is waited for there, not by its number */
	if (cpu < 0) {
		WRITE_ONCE(peer->rx_seq, seq);
		WRITE_ONCE(peer->rx_cpu, rxq->cpu);
	}
	arrange(rxq);
	return true;
}

/* Does it pay to let some come together, or did it? */
static void update_defer(struct naawg_rxq *rxq, int done)
{
	if (!done)
		return;
	if (done > 1 || (!rxq->deferred &&
			 (!rxq->bulk || time_before(jiffies, rxq->since)))) {
		rxq->lone_polls = 0;
		return;
	}
	if (!rxq->lone_polls++)
		rxq->since = jiffies;
	if (rxq->lone_polls < STREAM_MIN)
		return;
	rxq->lone_polls = 0;
	if (rxq->deferred) {
		WRITE_ONCE(rxq->deferred, false);
		rxq->since = jiffies + DEFER_PAUSE;
	} else if (time_before(jiffies, rxq->since + 2)) {
		WRITE_ONCE(rxq->deferred, true);
	}
}

/* All that was taken is delivered when this returns. */
static void deliver_polled(struct naawg_rxq *rxq, int done)
{
	/* whatever the device's timeouts say */
	napi_gro_flush(&rxq->napi, false);
	napi_complete_done(&rxq->napi, done);
}

/* Only what was delivered counts no more. */
static void deliver_steered(struct naawg_rxq *rxq, int done)
{
	struct naawg_steer_group *groups = rxq->dev->groups;
	u16 steered_taken[NAAWG_STEER_GROUPS];
	unsigned int i;

	/* from then on another poll may begin */
	memcpy(steered_taken, rxq->steered_taken, sizeof(steered_taken));
	memset(rxq->steered_taken, 0, sizeof(rxq->steered_taken));
	rxq->has_steered = false;
	deliver_polled(rxq, done);
	/* who sees that none is left sees them delivered */
	smp_mb__before_atomic();
	for (i = 0; i < NAAWG_STEER_GROUPS; i++) {
		if (steered_taken[i])
			atomic_sub(steered_taken[i], &groups[i].steered);
	}
}

/* Another poll may be as far already. */
static void note_done(struct naawg_rxq *rxq, u32 seq)
{
	if ((s32)(seq - READ_ONCE(rxq->done_seq)) > 0)
		/* pairs with the acquire in behind_the_last() */
		smp_store_release(&rxq->done_seq, seq);
}

static void finish_poll(struct naawg_rxq *rxq, int done)
{
	u32 seq = READ_ONCE(rxq->deq_seq);

	rxq->unsettled = 0;
	if (unlikely(rxq->has_steered))
		deliver_steered(rxq, done);
	else
		deliver_polled(rxq, done);
	note_done(rxq, seq);
}

/* Hands over what waits of the newest group, if that is at home. */
static void hand_over(struct naawg_rxq *from, struct naawg_rxq *to)
{
	struct naawg_steer_group *group = &from->dev->groups[from->last];
	int n, home_cpu = 0;

	/* one batch too many, so that it cannot come home meanwhile */
	if (!atomic_try_cmpxchg(&group->steered, &home_cpu,
				(to->cpu + 1) << NAAWG_STEER_SHIFT | 1))
		return;
	WRITE_ONCE(group->home_cpu, from->cpu);
	naawg_load_look(&group->loads[0], from->cpu);
	naawg_load_look(&group->loads[1], to->cpu);
	WRITE_ONCE(group->until, jiffies + STEER_MIN);
	n = naawg_rxq_move(from, to, &group->steered);
	if (n)
		arrange(to);
}

/**
 * naawg_dispatch_done() - end a poll
 * @rxq: the queue
 * @done: messages opened
 * @budget: how many it might have been
 *
 * Context: the queue's NAPI poll.
 * Return: what the poll has to return.
 */
int naawg_dispatch_done(struct naawg_rxq *rxq, int done, int budget)
{
	struct naawg_rxq *to = naawg_steer_find_idle(rxq, done);
	bool settle;

	update_defer(rxq, done);
	rxq->bulk = false;
	if (done < budget) {
		finish_poll(rxq, done);
		if (to)
			hand_over(rxq, to);
		return done;
	}
	settle = (rxq->has_steered || READ_ONCE(rxq->has_foreign)) &&
		 ++rxq->unsettled >= SETTLE_POLLS;
	if (!to && !settle)
		return budget;
	finish_poll(rxq, done);
	if (to)
		hand_over(rxq, to);
	if (!skb_queue_empty_lockless(&rxq->queue))
		arrange(rxq);
	return budget - 1;
}
