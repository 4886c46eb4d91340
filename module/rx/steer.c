// SPDX-License-Identifier: GPL-2.0
/*
 * Steering: which CPU decrypts the messages of which peers.
 *
 * A group of peers is at home on the CPU that receives its messages. A CPU that was
 * saturated for two periods in a row, and decrypted WORTH_MOVING messages per tick,
 * steers the group of its newest batch to the CPU with the least load. The group
 * returns when none of its batches is left there, it was steered for STEERED_MIN, and
 * the loads of both CPUs add up to ENOUGH_FOR_ONE percent at most.
 *
 * This file knows CPU loads, jiffies and an atomic counter only. Tests in user space
 * run it.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>

#include "steer.h"

static unsigned int move_after __read_mostly = 5;
module_param(move_after, uint, 0644);
MODULE_PARM_DESC(move_after,
		 "Length in timer ticks of the periods in which the load of a CPU is measured. A CPU that decrypts messages and is at least 95 % busy for two periods in a row steers one of the 64 groups of peers to the least busy CPU, if that CPU was less than 50 % busy. With 0 no peer changes its CPU.");

/* A CPU that decrypts fewer messages per tick is busy with other work. */
#define WORTH_MOVING	8

/* Loads in percent: a saturated CPU, and one with time to spare. */
#define SATURATED	95
#define SPARE		50

/* Sum of the loads of two CPUs, in percent, that one CPU can bear. */
#define ENOUGH_FOR_ONE	90

/* A group stays steered for this long at least, as a move costs time as well. */
#define STEERED_MIN	(HZ / 10)

#define COUNT_SHIFT	16

static_assert(NAAWG_STEER_COUNT_MAX == (1 << COUNT_SHIFT) - 1);

/**
 * naawg_steer_period() - count a poll, and end the period if its time is over
 * @s: state of the CPU
 * @cpu: its number
 * @done: messages that the poll decrypted
 * @can_move: the CPU may steer a group now
 *
 * Context: NAPI poll of the CPU's rx queue.
 * Return: the step that the CPU has to take.
 */
enum naawg_steer_step naawg_steer_period(struct naawg_steer_cpu *s, int cpu,
					 unsigned int done, bool can_move)
{
	unsigned int ticks = READ_ONCE(move_after);
	bool saturated, twice;

	s->messages += done;
	if (!ticks || jiffies - s->own.at < ticks)
		return NAAWG_STEER_WAIT;
	saturated = can_move && time_before(jiffies, s->own.at + 2 * ticks) &&
		    s->messages >= ticks * WORTH_MOVING &&
		    naawg_cpu_load_since(&s->own, cpu) >= SATURATED;
	twice = saturated && s->was_saturated;
	s->was_saturated = saturated;
	s->messages = 0;
	naawg_cpu_load_sample(&s->own, cpu);
	if (!saturated)
		return NAAWG_STEER_NONE;
	return twice ? NAAWG_STEER_MOVE : NAAWG_STEER_OBSERVE;
}

/**
 * naawg_steer_is_idle() - does a CPU have time to spare, and more than others?
 * @s: state of the CPU
 * @cpu: its number
 * @least: the least load found so far, 100 at first; updated if the answer is yes
 *
 * Context: any.
 * Return: whether a group can be steered to it.
 */
bool naawg_steer_is_idle(const struct naawg_steer_cpu *s, int cpu,
			 unsigned int *least)
{
	unsigned int load = naawg_cpu_load_since(&s->seen, cpu);

	if (load >= SPARE || load >= *least)
		return false;
	*least = load;
	return true;
}

static void begin_round(struct naawg_steer_group *group, int home, int target)
{
	naawg_cpu_load_sample(&group->loads[0], home);
	naawg_cpu_load_sample(&group->loads[1], target);
	WRITE_ONCE(group->until, jiffies + STEERED_MIN);
}

/* Whether both CPUs together have been busier than one CPU can be. */
static bool needs_two(struct naawg_steer_group *group, int here, int target)
{
	/* Peers of one group may be received on several CPUs. */
	if (READ_ONCE(group->home_cpu) != here)
		return false;
	if (naawg_cpu_load_since(&group->loads[0], here) +
	    naawg_cpu_load_since(&group->loads[1], target) <= ENOUGH_FOR_ONE)
		return false;
	begin_round(group, here, target);
	return true;
}

static bool may_return(struct naawg_steer_group *group, int state, int here)
{
	return !(state & NAAWG_STEER_COUNT_MAX) &&
	       time_after(jiffies, READ_ONCE(group->until)) &&
	       !needs_two(group, here, (state >> COUNT_SHIFT) - 1);
}

/**
 * naawg_steer_follow() - find the CPU that a received batch is steered to
 * @group: group of the batch
 * @here: this CPU, which received it
 *
 * Context: softirq or bottom halves off.
 * Return: the CPU, with the batch counted in @group, or -1 if the group is at home.
 */
int naawg_steer_follow(struct naawg_steer_group *group, int here)
{
	int old = atomic_read(&group->state), new;

	do {
		if (likely(!old))
			return -1;
		new = may_return(group, old, here) ? 0 : old + 1;
	} while (!atomic_try_cmpxchg(&group->state, &old, new));
	return (new >> COUNT_SHIFT) - 1;
}

/**
 * naawg_steer_begin() - steer a group to another CPU
 * @group: the group
 * @home: this CPU, which receives its messages
 * @target: the other CPU
 *
 * The group counts one batch too many afterwards, so that it does not return before the
 * caller has moved and counted the batches that are queued here.
 *
 * Context: NAPI poll of this CPU's rx queue.
 * Return: false if the group is steered already.
 */
bool naawg_steer_begin(struct naawg_steer_group *group, int home, int target)
{
	int at_home = 0;

	if (!atomic_try_cmpxchg(&group->state, &at_home,
				(target + 1) << COUNT_SHIFT | 1))
		return false;
	WRITE_ONCE(group->home_cpu, home);
	begin_round(group, home, target);
	return true;
}

/**
 * naawg_steer_delivered() - steered batches have been delivered
 * @groups: all groups of the device
 * @taken: the number of batches per group
 *
 * Context: softirq.
 */
void naawg_steer_delivered(struct naawg_steer_group *groups, const u16 *taken)
{
	unsigned int i;

	/* A CPU that reads a count of 0 must see the batches as delivered. */
	smp_mb__before_atomic();
	for (i = 0; i < NAAWG_STEER_GROUPS; i++) {
		if (taken[i])
			atomic_sub(taken[i], &groups[i].state);
	}
}
