/* SPDX-License-Identifier: GPL-2.0 */
/* Table from receiver indices, which are unpredictable 32-bit numbers, to sessions. */
#ifndef _NAAWG_INDICES_H
#define _NAAWG_INDICES_H

#include <linux/rhashtable.h>
#include <linux/types.h>

/**
 * struct naawg_index - table entry, embedded in the object that has the index
 * @node: table linkage
 * @value: the index, host order; 0 while not in a table
 */
struct naawg_index {
	struct rhash_head node;
	u32 value;
};

/**
 * struct naawg_indices - table of one device
 * @table: the hash
 */
struct naawg_indices {
	struct rhashtable table;
};

int naawg_indices_init(struct naawg_indices *indices);
/* the table must be empty */
void naawg_indices_destroy(struct naawg_indices *indices);

/* process context; picks a free random index; an entry is added only once in its life */
int naawg_indices_add(struct naawg_indices *indices, struct naawg_index *entry);
/* may be repeated; the caller frees the object after a grace period */
void naawg_indices_remove(struct naawg_indices *indices, struct naawg_index *entry);
/* under rcu_read_lock(); the entry is borrowed, NULL if the index is unknown */
struct naawg_index *naawg_indices_lookup(struct naawg_indices *indices, u32 value);

#endif
