// SPDX-License-Identifier: GPL-2.0
/* Table of the peers' static public keys: a hash with a secret seed. */
#include <linux/errno.h>
#include <linux/rhashtable.h>

#include "pubkeys.h"

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct naawg_pubkey, node),
	.key_offset = offsetof(struct naawg_pubkey, key),
	.key_len = sizeof_field(struct naawg_pubkey, key),
	.automatic_shrinking = true,
};

/**
 * naawg_pubkeys_init() - initialise an empty table
 * @pubkeys: table
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int naawg_pubkeys_init(struct naawg_pubkeys *pubkeys)
{
	return rhashtable_init(&pubkeys->table, &params);
}

/**
 * naawg_pubkeys_destroy() - free an empty table
 * @pubkeys: table, empty
 *
 * Context: process; the table is not in use any more.
 */
void naawg_pubkeys_destroy(struct naawg_pubkeys *pubkeys)
{
	rhashtable_destroy(&pubkeys->table);
}

/**
 * naawg_pubkeys_add() - add a peer under its key
 * @pubkeys: table
 * @entry: entry with its key set
 *
 * Context: process.
 * Return: 0, -EEXIST if the key is in the table already, or another error.
 */
int naawg_pubkeys_add(struct naawg_pubkeys *pubkeys, struct naawg_pubkey *entry)
{
	return rhashtable_lookup_insert_fast(&pubkeys->table, &entry->node,
					     params);
}

/**
 * naawg_pubkeys_remove() - remove a peer
 * @pubkeys: table
 * @entry: entry, in the table or not
 *
 * Context: process. Readers may hold @entry until a grace period has passed.
 */
void naawg_pubkeys_remove(struct naawg_pubkeys *pubkeys,
			  struct naawg_pubkey *entry)
{
	rhashtable_remove_fast(&pubkeys->table, &entry->node, params);
}

/**
 * naawg_pubkeys_lookup() - find the peer with a key
 * @pubkeys: table
 * @key: public key
 *
 * Context: any, under rcu_read_lock() or a lock that keeps entries in the table.
 * Return: the entry, borrowed as long as that lock is held, or NULL.
 */
struct naawg_pubkey *naawg_pubkeys_lookup(struct naawg_pubkeys *pubkeys,
					  const u8 key[NAAWG_PUBKEY_SIZE])
{
	return rhashtable_lookup_fast(&pubkeys->table, key, params);
}
