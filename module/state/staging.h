/* SPDX-License-Identifier: GPL-2.0 */
/* Staged packets: copies of packets that wait for a session, bounded in bytes. */
#ifndef _NAAWG_STAGING_H
#define _NAAWG_STAGING_H

#include <linux/list.h>
#include <linux/sizes.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>

/* Staged packets of a peer; a GSO packet counts once. */
#define NAAWG_STAGED_MAX	128
/* Staged packets of a peer; a GSO packet counts as the packets it stands for. */
#define NAAWG_STAGED_SEGMENTS	1024
/* Memory of the staged packets of a peer. */
#define NAAWG_STAGED_BYTES	SZ_1M
/* Memory of the staged packets of all peers of a device. */
#define NAAWG_STAGING_BYTES	(16 * SZ_1M)

/**
 * struct naawg_staging - staged packets of all peers of a device
 * @lock: protects this struct, and every struct naawg_staged of the device
 * @packets: the packets, oldest first
 * @count: number of packets
 * @bytes: memory of the packets
 */
struct naawg_staging {
	spinlock_t lock; /* leaf */
	struct list_head packets;
	unsigned int count;
	size_t bytes;
};

/**
 * struct naawg_staged - staged packets of one peer (the device's staging.lock)
 * @packets: the packets, oldest first
 * @segments: number of packets that they stand for
 * @bytes: memory of the packets
 */
struct naawg_staged {
	struct sk_buff_head packets;
	unsigned int segments;
	size_t bytes;
};

void naawg_staging_init(struct naawg_staging *all);
void naawg_staged_init(struct naawg_staged *staged);
struct sk_buff *naawg_staged_copy(const struct sk_buff *skb);
void naawg_staged_add(struct naawg_staging *all, struct naawg_staged *staged,
		      struct sk_buff *skb, unsigned int segments,
		      struct sk_buff_head *of_peer,
		      struct sk_buff_head *of_device);
void naawg_staged_take(struct naawg_staging *all, struct naawg_staged *staged,
		       struct sk_buff_head *into);

static inline bool naawg_staged_is_empty(const struct naawg_staged *staged)
{
	return skb_queue_empty_lockless(&staged->packets);
}

#endif
