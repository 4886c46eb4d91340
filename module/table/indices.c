// SPDX-License-Identifier: GPL-2.0
/* Receiver indices: a hash keyed with the index itself. */
#include <linux/errno.h>
#include <linux/random.h>
#include <linux/rhashtable.h>

#include "indices.h"

/* One number in 2^32 is taken or zero: more misses than this are a bug. */
#define TRIES	64

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct naawg_index, node),
	.key_offset = offsetof(struct naawg_index, value),
	.key_len = sizeof_field(struct naawg_index, value),
	.automatic_shrinking = true,
};

/**
 * naawg_indices_init() - an empty table
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
 * naawg_indices_destroy() - end a table
 * @indices: table, empty
 *
 * Context: process; nobody uses @indices any more.
 */
void naawg_indices_destroy(struct naawg_indices *indices)
{
	rhashtable_destroy(&indices->table);
}

/**
 * naawg_indices_add() - give something an index that nobody can guess
 * @indices: table
 * @entry: entry that never was in a table before; its value is set
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
 * naawg_indices_remove() - take an index back
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
 * naawg_indices_lookup() - whose index is this?
 * @indices: table
 * @value: index, host order
 *
 * Context: any, under rcu_read_lock().
 * Return: the entry, borrowed as long as that is held, or NULL.
 */
struct naawg_index *naawg_indices_lookup(struct naawg_indices *indices,
					 u32 value)
{
	return rhashtable_lookup(&indices->table, &value, params);
}
