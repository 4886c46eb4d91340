/* SPDX-License-Identifier: GPL-2.0 */
/* Allowed IPs: longest-prefix table from inner addresses to peers. */
#ifndef _NAAWG_ALLOWEDIPS_H
#define _NAAWG_ALLOWEDIPS_H

#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct in6_addr;
struct naawg_peer;
struct naawg_prefix_node;

/**
 * struct naawg_allowedips - table of one device
 * @root4: IPv4 tree (RCU, written under the writer's lock)
 * @root6: IPv6 tree (RCU, written under the writer's lock)
 * @lock: lock that writers hold; set once
 * @seq: number of the newest change (protected by @lock)
 * @taken_from: peer that lost the prefix that was added last, NULL for none (protected
 *	by @lock)
 */
struct naawg_allowedips {
	struct naawg_prefix_node __rcu *root4;
	struct naawg_prefix_node __rcu *root6;
	struct mutex *lock;	/* the writers' */
	u64 seq;
	struct naawg_peer *taken_from;
};

/**
 * struct naawg_prefix - an address prefix, for callers of the table
 * @addr: address in network order, host bits zero
 * @len: prefix length
 * @family: AF_INET or AF_INET6
 */
struct naawg_prefix {
	u8 addr[16] __aligned(8);
	u8 len;
	u8 family;
};

void naawg_allowedips_init(struct naawg_allowedips *table, struct mutex *lock);
/* frees all nodes after a grace period; @table is empty and stays usable */
void naawg_allowedips_destroy(struct naawg_allowedips *table);

/*
 * Writers: process context, the writer's lock held. The host bits of @prefix may
 * be non-zero, but the caller has checked its len and family. @owned is the head of
 * the peer's list of its prefixes, in the order they were added. Adding a prefix
 * that another peer has moves it to @peer.
 */
int naawg_allowedips_add(struct naawg_allowedips *table,
			 const struct naawg_prefix *prefix,
			 struct naawg_peer *peer, struct list_head *owned);
/* returns false, and changes nothing, if @peer does not have exactly this prefix */
bool naawg_allowedips_remove(struct naawg_allowedips *table,
			     const struct naawg_prefix *prefix,
			     struct naawg_peer *peer);
void naawg_allowedips_remove_all(struct naawg_allowedips *table,
				 struct list_head *owned);

/*
 * Readers: under rcu_read_lock(). The peer is borrowed for as long as that is
 * held, and is NULL if no prefix covers the address.
 */
struct naawg_peer *naawg_allowedips_lookup4(const struct naawg_allowedips *table,
					    __be32 addr);
struct naawg_peer *naawg_allowedips_lookup6(const struct naawg_allowedips *table,
					    const struct in6_addr *addr);

/*
 * Walks @owned from @at on under the writer's lock. The walk stops when @visit
 * returns non-zero, and returns that value.
 */
int naawg_allowedips_walk(struct list_head *owned, struct list_head **at,
			  int (*visit)(const struct naawg_prefix *prefix, void *ctx),
			  void *ctx);

#endif
