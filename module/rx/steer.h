/* SPDX-License-Identifier: GPL-2.0 */
/* Steering: which CPU decrypts the messages of which peers. */
#ifndef _NAAWG_STEER_H
#define _NAAWG_STEER_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "cpu_load.h"

/* Peers with the same hash value are steered together. */
#define NAAWG_STEER_GROUPS	64

/* Steered batches of one group that can be counted. */
#define NAAWG_STEER_COUNT_MAX	((1 << 16) - 1)

/**
 * struct naawg_steer_group - where the messages of a group of peers are decrypted
 * @state: 0 if the group is at home. Otherwise the upper bits are the CPU that it is
 *	steered to, plus one. The lower 16 bits count the batches that were queued
 *	there and are not delivered yet.
 * @home_cpu: the CPU that receives the group's messages (racy on purpose)
 * @until: the group is steered until then at least, in jiffies (racy on purpose)
 * @loads: samples of the home CPU and of the steered CPU (racy on purpose)
 */
struct naawg_steer_group {
	atomic_t state;
	int home_cpu;
	unsigned long until;
	struct naawg_cpu_load loads[2];
};

/**
 * struct naawg_steer_cpu - what one CPU knows for its decision to steer a group
 * @own: sample of its own load, at the start of this period (poll only)
 * @messages: messages decrypted in this period (poll only)
 * @was_saturated: it was saturated in the period before, and could have moved a
 *	group (poll only)
 * @seen: sample of its load that other CPUs take (racy on purpose)
 * @last_group: group of the newest batch that was dequeued (poll only)
 * @has_taken: an entry of @taken is not 0 (poll only)
 * @taken: per group, steered batches that were dequeued and are perhaps not
 *	delivered yet (poll only)
 */
struct naawg_steer_cpu {
	struct naawg_cpu_load own;
	unsigned int messages;
	bool was_saturated;
	struct naawg_cpu_load seen;
	u8 last_group;
	bool has_taken;
	u16 taken[NAAWG_STEER_GROUPS];
};

/**
 * enum naawg_steer_step - what a CPU has to do after a poll
 * @NAAWG_STEER_WAIT: nothing, as its period is not over
 * @NAAWG_STEER_NONE: nothing, as it was not saturated in the period that ended, or
 *	may not move a group
 * @NAAWG_STEER_OBSERVE: take samples of all CPUs, as it was saturated
 * @NAAWG_STEER_MOVE: steer a group to an idle CPU, as it was saturated twice; take
 *	samples of all CPUs again
 */
enum naawg_steer_step {
	NAAWG_STEER_WAIT,
	NAAWG_STEER_NONE,
	NAAWG_STEER_OBSERVE,
	NAAWG_STEER_MOVE,
};

/* Notes the group of a batch that was dequeued. */
static inline void naawg_steer_take(struct naawg_steer_cpu *s, u8 group,
				    bool steered)
{
	s->last_group = group;
	if (unlikely(steered)) {
		s->taken[group]++;
		s->has_taken = true;
	}
}

/* Counts @n batches that are steered, before they are queued. */
static inline void naawg_steer_count(struct naawg_steer_group *group, int n)
{
	atomic_add(n, &group->state);
}

enum naawg_steer_step naawg_steer_period(struct naawg_steer_cpu *s, int cpu,
					 unsigned int done, bool can_move);
bool naawg_steer_is_idle(const struct naawg_steer_cpu *s, int cpu,
			 unsigned int *least);
int naawg_steer_follow(struct naawg_steer_group *group, int here);
bool naawg_steer_begin(struct naawg_steer_group *group, int home, int target);
void naawg_steer_delivered(struct naawg_steer_group *groups, const u16 *taken);

#endif
