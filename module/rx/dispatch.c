// SPDX-License-Identifier: GPL-2.0
/*
 * Dispatch: into which rx queue a batch goes, and what follows a poll.
 *
 * A batch goes to the queue of this CPU, unless the order of its peer's batches or
 * steering forbids that:
 *
 *   group is   earlier batches of the peer     the batch goes to  order is kept by
 *   --------   -----------------------------   -----------------  ----------------
 *   at home    delivered, or queued here       this CPU           the FIFO
 *   at home    not delivered on another CPU    that CPU           sequence number
 *   steered    delivered, or queued at home    the steered CPU    the group's count
 *   steered    not delivered on a third CPU    that CPU           sequence number
 *   returning  as at home; all steered batches are delivered (naawg_steer_follow())
 *
 * Moving a group cannot reorder packets. The CPU that receives the group's messages
 * moves it at the end of a poll. All batches that it dequeued have been delivered then,
 * all that are queued move along, and no other one can arrive meanwhile.
 *
 * RPS and RFS cannot do this. RPS chooses a CPU by a fixed hash of the outer flow,
 * without regard to load. RFS follows the task that reads the socket, and no task reads
 * a tunnel's socket. Both act before UDP. Decryption and delivery come after it, and
 * their order must be kept too.
 */
#include <linux/hash.h>
#include <linux/sched/isolation.h>
#include <net/gro.h>

#include "../outer/packet.h"
#include "dispatch.h"

/* Polls without rest after which delivery is reported to CPUs that wait for it. */
#define BUSY_POLLS_MAX	32

static_assert(NAAWG_STEER_COUNT_MAX > 2 * NAAWG_RXQ_MAX +
				      BUSY_POLLS_MAX * NAPI_POLL_WEIGHT);

/* The queue on @cpu, if it holds earlier batches of the peer, or NULL. */
static struct naawg_rxq *undelivered_at(const struct naawg_peer *peer, int cpu)
{
	struct naawg_rxq *rxq = per_cpu_ptr(peer->dev->rxqs, cpu);

	return naawg_rxq_is_done(rxq, READ_ONCE(peer->rx_seq)) ? NULL : rxq;
}

/* The queue for a peer whose group is at home. */
static struct naawg_rxq *home_rxq(const struct naawg_peer *peer)
{
	struct naawg_rxq *here = this_cpu_ptr(peer->dev->rxqs);
	int cpu = READ_ONCE(peer->rx_cpu);

	if (likely(cpu == here->cpu))
		return here;
	return undelivered_at(peer, cpu) ?: here;
}

/*
 * The queue of a third CPU that still has batches of this peer, or NULL. Batches on the
 * home CPU moved with the group. Batches elsewhere did not, and must be delivered first.
 */
static struct naawg_rxq *left_behind(const struct naawg_peer *peer,
				     const struct naawg_steer_group *group)
{
	int cpu = READ_ONCE(peer->rx_cpu);

	return cpu == READ_ONCE(group->home_cpu) ? NULL :
						   undelivered_at(peer, cpu);
}

/* Chooses the queue; @steered tells whether @group counts the batch. */
static struct naawg_rxq *choose_rxq(const struct naawg_peer *peer,
				    struct naawg_steer_group *group,
				    bool *steered)
{
	int target = naawg_steer_follow(group, smp_processor_id());
	struct naawg_rxq *rxq;

	*steered = false;
	if (likely(target < 0))
		return home_rxq(peer);
	rxq = left_behind(peer, group);
	if (unlikely(rxq)) {
		naawg_steer_count(group, -1);
		return rxq;
	}
	*steered = true;
	return per_cpu_ptr(peer->dev->rxqs, target);
}

/**
 * naawg_dispatch_put() - queue a batch in the order of its peer
 * @peer: the peer, borrowed
 * @skb: a data message or several; consumed if true is returned
 *
 * Context: softirq or bottom halves off.
 * Return: false if the queue is full.
 */
bool naawg_dispatch_put(struct naawg_peer *peer, struct sk_buff *skb)
{
	u8 number = hash_ptr(peer, ilog2(NAAWG_STEER_GROUPS));
	struct naawg_dev *dev = peer->dev;
	struct naawg_steer_group *group = &dev->steer_groups[number];
	struct naawg_rxq *rxq;
	bool steered;
	u32 seq;

	rxq = choose_rxq(peer, group, &steered);
	naawg_cb(skb)->group = number;
	naawg_cb(skb)->steered = steered;
	if (unlikely(!naawg_rxq_put(rxq, skb, &seq))) {
		if (steered)
			naawg_steer_count(group, -1);
		return false;
	}
	if (steered) {
		naawg_counter_add(dev, NAAWG_C_BATCHES_MOVED, 1);
	} else {
		WRITE_ONCE(peer->rx_seq, seq);
		WRITE_ONCE(peer->rx_cpu, rxq->cpu);
	}
	naawg_rxq_schedule(rxq);
	return true;
}

/* Delivers all packets of this poll and ends it. Another poll may begin. */
static void complete_poll(struct naawg_rxq *rxq, int done)
{
	/* GRO must not hold packets, whatever timeout the device has. */
	napi_gro_flush(&rxq->napi, false);
	napi_complete_done(&rxq->napi, done);
}

/* Steered batches are counted until they are delivered. */
static void complete_steered(struct naawg_rxq *rxq, int done)
{
	u16 taken[NAAWG_STEER_GROUPS];

	/* Once the poll has ended, another one may change the counts. */
	memcpy(taken, rxq->steer.taken, sizeof(taken));
	memset(rxq->steer.taken, 0, sizeof(rxq->steer.taken));
	rxq->steer.has_taken = false;
	complete_poll(rxq, done);
	naawg_steer_delivered(rxq->dev->steer_groups, taken);
}

static void finish_poll(struct naawg_rxq *rxq, int done)
{
	u32 seq = READ_ONCE(rxq->order.deq_seq);

	rxq->busy_polls = 0;
	if (unlikely(rxq->steer.has_taken))
		complete_steered(rxq, done);
	else
		complete_poll(rxq, done);
	naawg_rxq_set_done(rxq, seq);
}

/* Steers the newest group and moves the batches of it that are queued here. */
static void hand_over(struct naawg_rxq *from, struct naawg_rxq *to)
{
	u8 number = from->steer.last_group;
	struct naawg_steer_group *group = &from->dev->steer_groups[number];
	struct naawg_rxq_moved moved;
	int n;

	if (!naawg_steer_begin(group, from->cpu, to->cpu))
		return;
	naawg_rxq_move_out(from, number, &moved);
	n = skb_queue_len(&moved.batches);
	/* less the one that naawg_steer_begin() counted in advance */
	naawg_steer_count(group, n - 1);
	if (!n)
		return;
	naawg_counter_add(from->dev, NAAWG_C_BATCHES_MOVED, n);
	naawg_rxq_move_in(to, &moved);
	naawg_rxq_schedule(to);
}

static struct naawg_rxq *find_idle(const struct naawg_rxq *from)
{
	struct naawg_rxq *idle = NULL;
	unsigned int least = 100;
	int cpu;

	for_each_online_cpu(cpu) {
		struct naawg_rxq *rxq = per_cpu_ptr(from->dev->rxqs, cpu);

		if (rxq != from && naawg_rxq_is_empty(rxq) &&
		    housekeeping_test_cpu(cpu, HK_TYPE_DOMAIN) &&
		    naawg_steer_is_idle(&rxq->steer, cpu, &least))
			idle = rxq;
	}
	return idle;
}

static void sample_all(const struct naawg_rxq *from)
{
	int cpu;

	/* Other queues may take samples as well. That only shortens a period. */
	for_each_online_cpu(cpu)
		naawg_cpu_load_sample(&per_cpu_ptr(from->dev->rxqs, cpu)->steer.seen,
				      cpu);
}

/* The queue of an idle CPU that this CPU hands a group to, or NULL. */
static struct naawg_rxq *find_target(struct naawg_rxq *rxq, int done)
{
	struct naawg_rxq *target = NULL;
	enum naawg_steer_step step;
	bool can_move;

	/*
	 * Only on the CPU that receives the messages can no batch arrive during a
	 * move. A deferred poll runs on any CPU.
	 */
	can_move = rxq->cpu == smp_processor_id() && !rxq->defer.on &&
		   !READ_ONCE(rxq->order.awaited);
	step = naawg_steer_period(&rxq->steer, rxq->cpu, done, can_move);
	if (likely(step == NAAWG_STEER_WAIT))
		return NULL;
	if (step == NAAWG_STEER_MOVE)
		target = find_idle(rxq);
	if (step != NAAWG_STEER_NONE)
		sample_all(rxq);
	WRITE_ONCE(rxq->order.awaited, false);
	return target;
}

/* Whether other CPUs have waited for delivery for too many polls. */
static bool must_report(struct naawg_rxq *rxq)
{
	return (rxq->steer.has_taken || READ_ONCE(rxq->order.awaited)) &&
	       ++rxq->busy_polls >= BUSY_POLLS_MAX;
}

/**
 * naawg_dispatch_done() - end a poll
 * @rxq: the queue
 * @done: messages decrypted
 * @budget: messages allowed
 *
 * Context: the queue's NAPI poll.
 * Return: the value that the poll returns.
 */
int naawg_dispatch_done(struct naawg_rxq *rxq, int done, int budget)
{
	struct naawg_rxq *target = find_target(rxq, done);
	bool all = done < budget;

	naawg_defer_update(&rxq->defer, done);
	if (!all && !must_report(rxq) && !target)
		return budget;
	finish_poll(rxq, done);
	if (target)
		hand_over(rxq, target);
	if (all)
		return done;
	/* The poll has ended, but batches are left. */
	if (!naawg_rxq_is_empty(rxq))
		naawg_rxq_schedule(rxq);
	return budget - 1;
}
