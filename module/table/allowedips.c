// SPDX-License-Identifier: GPL-2.0
/*
 * Table of allowed IPs: a binary tree per address family, one node per prefix.
 *
 * All prefixes below a node are covered by it, and the bit after the node's own
 * length decides which child they are under. A node with one child and no peer
 * does not exist, so the tree has fewer than two nodes per prefix. A node with two
 * children and no peer is called a fork.
 *
 * Addresses of both families are two 64-bit numbers, high bits first. IPv4 uses
 * the upper half of the first number only.
 *
 * Readers walk down without any lock. A node is complete before it is published,
 * and its prefix never changes. A removed node keeps its children until the grace
 * period is over, so a reader that stands on it still reaches the nodes below.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#include "allowedips.h"

/**
 * struct key - an address, or a prefix with its host bits zero
 * @high: first 64 bits
 * @low: last 64 bits
 */
struct key {
	u64 high;
	u64 low;
};

/**
 * struct naawg_prefix_node - a prefix of the tree
 * @key: the prefix; never changes
 * @child: the halves below it (RCU)
 * @peer: the peer that has this prefix, NULL for a fork (RCU)
 * @parent: node above, NULL at the root (writer's lock)
 * @owned: link in the peer's list, not linked for a fork (writer's lock)
 * @rcu: for freeing
 * @len: length of the prefix; never changes
 * @family: AF_INET or AF_INET6; never changes
 */
struct naawg_prefix_node {
	struct key key;
	struct naawg_prefix_node __rcu *child[2];
	struct naawg_peer __rcu *peer;
	u8 len;
	u8 family;
	struct naawg_prefix_node *parent;
	struct list_head owned;
	struct rcu_head rcu;
};

#define locked(table, pointer) \
	rcu_dereference_protected(pointer, lockdep_is_held((table)->lock))

/* Number of leading bits that both keys share. */
static unsigned int common_bits(const struct key *a, const struct key *b)
{
	if (a->high != b->high)
		return 64 - fls64(a->high ^ b->high);
	return 128 - fls64(a->low ^ b->low);
}

/* Bit number @n, from 0 to 127; bit 0 is the first. */
static unsigned int bit(const struct key *key, unsigned int n)
{
	return n < 64 ? key->high >> (63 - n) & 1 : key->low >> (127 - n) & 1;
}

static bool covers(const struct naawg_prefix_node *node, const struct key *key)
{
	return common_bits(&node->key, key) >= node->len;
}

static struct key key4(__be32 addr)
{
	return (struct key){ .high = (u64)be32_to_cpu(addr) << 32 };
}

static struct key key6(const struct in6_addr *addr)
{
	const __be32 *word = addr->s6_addr32;

	/* inner headers are aligned to four bytes only, not to eight */
	return (struct key){
		.high = (u64)be32_to_cpu(word[0]) << 32 | be32_to_cpu(word[1]),
		.low = (u64)be32_to_cpu(word[2]) << 32 | be32_to_cpu(word[3]),
	};
}

/* The first @len bits of a key; shifting by all 64 would be undefined. */
static struct key shortened(struct key key, unsigned int len)
{
	if (len < 64) {
		key.high &= ~(~0ULL >> len);
		key.low = 0;
	} else if (len < 128) {
		key.low &= ~(~0ULL >> (len - 64));
	}
	return key;
}

static struct key prefix_key(const struct naawg_prefix *prefix)
{
	struct in6_addr addr6;
	struct key key;
	__be32 addr4;

	if (prefix->family == AF_INET) {
		memcpy(&addr4, prefix->addr, sizeof(addr4));
		key = key4(addr4);
	} else {
		memcpy(&addr6, prefix->addr, sizeof(addr6));
		key = key6(&addr6);
	}

	return shortened(key, prefix->len);
}

static void node_prefix(const struct naawg_prefix_node *node,
			struct naawg_prefix *prefix)
{
	__be64 half[2] = { cpu_to_be64(node->key.high),
			   cpu_to_be64(node->key.low) };

	memset(prefix, 0, sizeof(*prefix));
	memcpy(prefix->addr, half, sizeof(half));
	prefix->len = node->len;
	prefix->family = node->family;
}

static struct naawg_prefix_node __rcu **
root_of(struct naawg_allowedips *table, u8 family)
{
	return family == AF_INET ? &table->root4 : &table->root6;
}

/* The pointer from @parent, or from the root, to the node towards @key. */
static struct naawg_prefix_node __rcu **
child_slot(struct naawg_allowedips *table, struct naawg_prefix_node *parent,
	   u8 family, const struct key *key)
{
	return parent ? &parent->child[bit(key, parent->len)] :
			root_of(table, family);
}

/*
 * Walks down as long as a node covers the prefix. @parent becomes the last node
 * that covers it and is shorter. Returns the node below @parent: the prefix itself,
 * a prefix that it covers, one that it branches off from, or NULL.
 */
static struct naawg_prefix_node *
descend(struct naawg_allowedips *table, const struct key *key, u8 len,
	u8 family, struct naawg_prefix_node **parent)
{
	struct naawg_prefix_node *node;

	*parent = NULL;
	node = locked(table, *root_of(table, family));
	while (node && node->len < len && covers(node, key)) {
		*parent = node;
		node = locked(table, node->child[bit(key, node->len)]);
	}
	return node;
}

static bool is_prefix(const struct naawg_prefix_node *node,
		      const struct key *key, u8 len)
{
	return node && node->len == len && node->key.high == key->high &&
	       node->key.low == key->low;
}

static struct naawg_prefix_node *node_new(const struct key *key, u8 len,
					  u8 family)
{
	struct naawg_prefix_node *node;

	/* an unprivileged user can own a device: charge the memory to that user */
	node = kzalloc(sizeof(*node), GFP_KERNEL_ACCOUNT);
	if (!node)
		return NULL;
	node->key = *key;
	node->len = len;
	node->family = family;
	INIT_LIST_HEAD(&node->owned);
	return node;
}

/* Puts @child below @parent, which is not published yet. */
static void adopt(struct naawg_prefix_node *parent,
		  struct naawg_prefix_node *child)
{
	RCU_INIT_POINTER(parent->child[bit(&child->key, parent->len)], child);
	child->parent = parent;
}

/* Inserts a node for the prefix between @parent and @below; NULL without memory. */
static struct naawg_prefix_node *
node_insert(struct naawg_allowedips *table, const struct key *key, u8 len,
	    u8 family, struct naawg_prefix_node *parent,
	    struct naawg_prefix_node *below)
{
	struct naawg_prefix_node *fork = NULL;
	struct naawg_prefix_node *node;
	unsigned int common = len;
	struct key fork_key;

	node = node_new(key, len, family);
	if (!node)
		return NULL;

	if (below)
		common = min_t(unsigned int, common_bits(key, &below->key),
			       len);
	if (common < len) {
		fork_key = shortened(*key, common);
		fork = node_new(&fork_key, common, family);
		if (!fork) {
			kfree(node);
			return NULL;
		}
		adopt(fork, node);
		adopt(fork, below);
		fork->parent = parent;
	} else {
		if (below)
			adopt(node, below);
		node->parent = parent;
	}

	rcu_assign_pointer(*child_slot(table, parent, family, key), fork ?: node);
	return node;
}

/* Removes @node if it has no peer and is no fork, then its parent likewise. */
static void prune(struct naawg_allowedips *table,
		  struct naawg_prefix_node *node)
{
	struct naawg_prefix_node *parent;
	struct naawg_prefix_node *child;
	struct naawg_prefix_node *zero;
	struct naawg_prefix_node *one;

	while (node && !rcu_access_pointer(node->peer)) {
		zero = locked(table, node->child[0]);
		one = locked(table, node->child[1]);
		if (zero && one)
			return;

		child = zero ?: one;
		parent = node->parent;
		if (child)
			child->parent = parent;
		rcu_assign_pointer(*child_slot(table, parent, node->family,
					       &node->key), child);
		kfree_rcu(node, rcu);
		if (child)
			return;
		node = parent;
	}
}

static void remove_peer(struct naawg_allowedips *table,
			struct naawg_prefix_node *node)
{
	RCU_INIT_POINTER(node->peer, NULL);
	list_del_init(&node->owned);
	prune(table, node);
	table->seq++;
}

/**
 * naawg_allowedips_init() - initialise an empty table
 * @table: table
 * @lock: the lock that writers of the table hold
 *
 * Context: any.
 */
void naawg_allowedips_init(struct naawg_allowedips *table, struct mutex *lock)
{
	RCU_INIT_POINTER(table->root4, NULL);
	RCU_INIT_POINTER(table->root6, NULL);
	table->lock = lock;
	table->seq = 0;
}

/* Frees leaves first. It does not recurse, as a tree can be 128 nodes deep. */
static void destroy_tree(struct naawg_allowedips *table, u8 family)
{
	struct naawg_prefix_node *parent;
	struct naawg_prefix_node *node;
	struct naawg_prefix_node *down;

	node = locked(table, *root_of(table, family));
	while (node) {
		down = locked(table, node->child[0]);
		if (!down)
			down = locked(table, node->child[1]);
		if (down) {
			node = down;
			continue;
		}
		parent = node->parent;
		RCU_INIT_POINTER(*child_slot(table, parent, family, &node->key),
				 NULL);
		list_del_init(&node->owned);
		kfree_rcu(node, rcu);
		node = parent;
	}
}

/**
 * naawg_allowedips_destroy() - remove all prefixes from a table
 * @table: table, which stays usable
 *
 * The lists of all peers are empty afterwards, too.
 *
 * Context: process, writer's lock held.
 */
void naawg_allowedips_destroy(struct naawg_allowedips *table)
{
	lockdep_assert_held(table->lock);
	destroy_tree(table, AF_INET);
	destroy_tree(table, AF_INET6);
	table->seq++;
}

/**
 * naawg_allowedips_add() - add a prefix to a peer
 * @table: table
 * @prefix: the prefix
 * @peer: the peer; another peer that has the prefix loses it
 * @owned: the peer's list
 *
 * Context: process, writer's lock held.
 * Return: 0, or -ENOMEM with @table unchanged.
 */
int naawg_allowedips_add(struct naawg_allowedips *table,
			 const struct naawg_prefix *prefix,
			 struct naawg_peer *peer, struct list_head *owned)
{
	struct key key = prefix_key(prefix);
	struct naawg_prefix_node *parent;
	struct naawg_prefix_node *node;

	lockdep_assert_held(table->lock);
	table->taken_from = NULL;
	node = descend(table, &key, prefix->len, prefix->family, &parent);
	if (!is_prefix(node, &key, prefix->len)) {
		node = node_insert(table, &key, prefix->len, prefix->family,
				   parent, node);
		if (!node)
			return -ENOMEM;
	} else if (rcu_access_pointer(node->peer) == peer) {
		return 0;
	}

	table->taken_from = locked(table, node->peer);
	rcu_assign_pointer(node->peer, peer);
	list_move_tail(&node->owned, owned);
	table->seq++;
	return 0;
}

/**
 * naawg_allowedips_remove() - remove a prefix from a peer
 * @table: table
 * @prefix: the prefix
 * @peer: the peer; another peer that has the prefix keeps it
 *
 * Context: process, writer's lock held.
 * Return: true if @peer had exactly this prefix.
 */
bool naawg_allowedips_remove(struct naawg_allowedips *table,
			     const struct naawg_prefix *prefix,
			     struct naawg_peer *peer)
{
	struct key key = prefix_key(prefix);
	struct naawg_prefix_node *parent;
	struct naawg_prefix_node *node;

	lockdep_assert_held(table->lock);
	node = descend(table, &key, prefix->len, prefix->family, &parent);
	if (!peer || !is_prefix(node, &key, prefix->len) ||
	    rcu_access_pointer(node->peer) != peer)
		return false;

	remove_peer(table, node);
	return true;
}

/**
 * naawg_allowedips_remove_all() - remove all prefixes from a peer
 * @table: table
 * @owned: the peer's list
 *
 * Context: process, writer's lock held.
 */
void naawg_allowedips_remove_all(struct naawg_allowedips *table,
				 struct list_head *owned)
{
	struct naawg_prefix_node *node;
	struct naawg_prefix_node *next;

	lockdep_assert_held(table->lock);
	/* prune() frees only nodes without a peer, so never @next */
	list_for_each_entry_safe(node, next, owned, owned)
		remove_peer(table, node);
}

static struct naawg_peer *lookup(const struct naawg_prefix_node *node,
				 const struct key *key)
{
	struct naawg_peer *found = NULL;
	struct naawg_peer *peer;

	while (node && covers(node, key)) {
		peer = rcu_dereference(node->peer);
		if (peer)
			found = peer;
		if (node->len == 128)
			break;
		node = rcu_dereference(node->child[bit(key, node->len)]);
	}
	return found;
}

/**
 * naawg_allowedips_lookup4() - find the peer of an IPv4 address
 * @table: table
 * @addr: address
 *
 * Context: any, under rcu_read_lock().
 * Return: the peer with the longest prefix that covers it, borrowed, or NULL.
 */
struct naawg_peer *naawg_allowedips_lookup4(const struct naawg_allowedips *table,
					    __be32 addr)
{
	struct key key = key4(addr);

	return lookup(rcu_dereference(table->root4), &key);
}

/**
 * naawg_allowedips_lookup6() - find the peer of an IPv6 address
 * @table: table
 * @addr: address
 *
 * Context: any, under rcu_read_lock().
 * Return: the peer with the longest prefix that covers it, borrowed, or NULL.
 */
struct naawg_peer *naawg_allowedips_lookup6(const struct naawg_allowedips *table,
					    const struct in6_addr *addr)
{
	struct key key = key6(addr);

	return lookup(rcu_dereference(table->root6), &key);
}

/**
 * naawg_allowedips_walk() - visit the prefixes of a peer
 * @owned: the peer's list
 * @at: position of the walk, or NULL to begin at the first prefix. The walk begins
 *	at *@at, or at the first prefix if that is NULL. On return *@at is the
 *	position at which the walk ended. It is valid until the table's seq changes.
 * @visit: function that is called for each prefix; a non-zero result ends the walk
 * @ctx: second argument of @visit
 *
 * Context: process, writer's lock held.
 * Return: the first non-zero result of @visit, or 0.
 */
int naawg_allowedips_walk(struct list_head *owned, struct list_head **at,
			  int (*visit)(const struct naawg_prefix *prefix, void *ctx),
			  void *ctx)
{
	struct list_head *here = at && *at ? *at : owned->next;
	struct naawg_prefix prefix;
	int ret = 0;

	for (; here != owned; here = here->next) {
		node_prefix(list_entry(here, struct naawg_prefix_node, owned),
			    &prefix);
		ret = visit(&prefix, ctx);
		if (ret)
			break;
	}
	if (at)
		*at = here;
	return ret;
}
