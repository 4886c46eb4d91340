/* SPDX-License-Identifier: GPL-2.0 */
/* Table from static public keys to peers. */
#ifndef _NAAWG_PUBKEYS_H
#define _NAAWG_PUBKEYS_H

#include <linux/rhashtable.h>
#include <linux/types.h>

/* NAAWG_KEY_SIZE of core/wire.h: files of table/ do not include the protocol's headers */
#define NAAWG_PUBKEY_SIZE	32

/**
 * struct naawg_pubkey - table entry, embedded in a peer
 * @node: table linkage
 * @key: the public key; set once
 */
struct naawg_pubkey {
	struct rhash_head node;
	u8 key[NAAWG_PUBKEY_SIZE];
};

/**
 * struct naawg_pubkeys - table of one device
 * @table: the hash, keyed with a secret seed
 */
struct naawg_pubkeys {
	struct rhashtable table;
};

int naawg_pubkeys_init(struct naawg_pubkeys *pubkeys);
void naawg_pubkeys_destroy(struct naawg_pubkeys *pubkeys);
/* process context; -EEXIST if the key is in the table already */
int naawg_pubkeys_add(struct naawg_pubkeys *pubkeys, struct naawg_pubkey *entry);
void naawg_pubkeys_remove(struct naawg_pubkeys *pubkeys, struct naawg_pubkey *entry);
/* under rcu_read_lock() or the writer's lock; borrowed, NULL if the key is unknown */
struct naawg_pubkey *naawg_pubkeys_lookup(struct naawg_pubkeys *pubkeys,
					  const u8 key[NAAWG_PUBKEY_SIZE]);

#endif
