// SPDX-License-Identifier: GPL-2.0
/* Table of receiver indices: a hash keyed with the index itself. */
#include <linux/errno.h>
#include <linux/random.h>
#include <linux/rhashtable.h>

#include "indices.h"

/* Few of the 2^32 numbers are taken, so more failed draws than this are a bug. */
#define TRIES	64

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct naawg_index, node),
	.key_offset = offsetof(struct naawg_index, value),
	.key_len = sizeof_field(struct naawg_index, value),
	.automatic_shrinking = true,
};

/**
 * naawg_indices_init() - initialise an empty table
 * @indices: table
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int naawg_indices_init(struct naawg_indices *indices)
{
	return rhashtable_init(&indices->table, &params);
}

/**
 * naawg_indices_destroy() - free an empty table
 * @indices: table, empty
 *
 * Context: process; the table is not in use any more.
 */
void naawg_indices_destroy(struct naawg_indices *indices)
{
	rhashtable_destroy(&indices->table);
}

/**
 * naawg_indices_add() - add an entry under a random, unpredictable index
 * @indices: table
 * @entry: entry that never was in a table before; receives its index
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int naawg_indices_add(struct naawg_indices *indices, struct naawg_index *entry)
{
	unsigned int tries = TRIES;
	int ret = -ENOSPC;

	while (tries--) {
		entry->value = get_random_u32();
		if (!entry->value)
			continue;
		ret = rhashtable_lookup_insert_fast(&indices->table,
						    &entry->node, params);
		if (ret != -EEXIST)
			break;
		ret = -ENOSPC;
	}
	if (ret)
		entry->value = 0;
	return ret;
}

/**
 * naawg_indices_remove() - remove an entry
 * @indices: table
 * @entry: entry, in the table or not
 *
 * Context: process or softirq. Readers may hold @entry until a grace period
 * has passed.
 */
void naawg_indices_remove(struct naawg_indices *indices,
			  struct naawg_index *entry)
{
	if (!READ_ONCE(entry->value))
		return;
	rhashtable_remove_fast(&indices->table, &entry->node, params);
	WRITE_ONCE(entry->value, 0);
}

/**
 * naawg_indices_lookup() - find the entry of an index
 * @indices: table
 * @value: index, host order
 *
 * Context: any, under rcu_read_lock().
 * Return: the entry, borrowed until rcu_read_unlock(), or NULL.
 */
struct naawg_index *naawg_indices_lookup(struct naawg_indices *indices,
					 u32 value)
{
	return rhashtable_lookup(&indices->table, &value, params);
}
