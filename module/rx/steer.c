// SPDX-License-Identifier: GPL-2.0
/* Finds a CPU that rests for one that has no rest from opening messages. */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/sched/isolation.h>

#include "steer.h"

static unsigned int move_after __read_mostly = 5;
module_param(move_after, uint, 0644);
MODULE_PARM_DESC(move_after,
		 "Length in timer ticks of the periods in which the load of a CPU is measured. A CPU that decrypts messages and is at least 95 % busy for two periods in a row steers one of the 64 groups of peers to the least busy CPU, if that CPU was less than 50 % busy. With 0 no peer changes its CPU.");

/* Messages a tick below which opening them is not what a CPU is busy with. */
#define WORTH_MOVING	8

/* Loads in percent: no rest, and time to spare. */
#define SATURATED	95
#define SPARE		50

/* The CPU that has been idle most, if one has been idle enough. */
static struct naawg_rxq *find_idle(struct naawg_rxq *from)
{
	struct naawg_rxq *idle = NULL;
	unsigned int least = SPARE;
	int cpu;

	for_each_online_cpu(cpu) {
		struct naawg_rxq *rxq = per_cpu_ptr(from->dev->rxqs, cpu);
		unsigned int load = naawg_load_since(&rxq->seen, cpu);

		if (load < least && rxq != from &&
		    skb_queue_empty_lockless(&rxq->queue) &&
		    housekeeping_test_cpu(cpu, HK_TYPE_DOMAIN)) {
			idle = rxq;
			least = load;
		}
	}
	return idle;
}

static void look_around(struct naawg_rxq *from)
{
	int cpu;

	for_each_online_cpu(cpu)
		naawg_load_look(&per_cpu_ptr(from->dev->rxqs, cpu)->seen, cpu);
}

/**
 * naawg_steer_find_idle() - who could target this CPU, if it had no rest for a while
 * @rxq: this CPU's
 * @done: messages its poll just opened
 *
 * Looks once every so many ticks, and at the others only while this one has no rest;
 * that rx queues of others look at the same time only shortens what they see.
 *
 * Context: the NAPI poll of @rxq.
 * Return: rx queue of a CPU that rests, or NULL.
 */
struct naawg_rxq *naawg_steer_find_idle(struct naawg_rxq *rxq, int done)
{
	unsigned int ticks = READ_ONCE(move_after);
	struct naawg_rxq *target = NULL;
	bool saturated;

	rxq->messages += done;
	if (!ticks || jiffies - rxq->own.at < ticks)
		return NULL;
	/*
	 * Only where they are received can none be added meanwhile, and only by
	 * those who gather could they be taken.
	 */
	saturated = rxq->cpu == smp_processor_id() && !rxq->deferred &&
		    !READ_ONCE(rxq->has_foreign) &&
		    time_before(jiffies, rxq->own.at + 2 * ticks) &&
		    rxq->messages >= ticks * WORTH_MOVING &&
		    naawg_load_since(&rxq->own, rxq->cpu) >= SATURATED;
	if (saturated && rxq->looked)
		target = find_idle(rxq);
	if (saturated)
		look_around(rxq);
	rxq->looked = saturated;
	WRITE_ONCE(rxq->has_foreign, false);
	rxq->messages = 0;
	naawg_load_look(&rxq->own, rxq->cpu);
	return target;
}
