// SPDX-License-Identifier: GPL-2.0
/*
 * Forbidden networks: a tree like that of allowed IPs.
 *
 * All networks have the same peer in this tree. Callers only ask whether some
 * network covers an address, so this peer only has to differ from NULL. Nothing
 * ever dereferences it.
 */
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/slab.h>
#include <linux/socket.h>

#include "forbidden.h"

static struct naawg_peer *dummy_peer(struct naawg_forbidden *forbidden)
{
	return (struct naawg_peer *)forbidden;
}

/**
 * naawg_forbidden_new() - allocate a set without networks
 * @lock: the lock that writers of the set hold
 *
 * Context: process.
 * Return: the set, or NULL without memory.
 */
struct naawg_forbidden *naawg_forbidden_new(struct mutex *lock)
{
	struct naawg_forbidden *forbidden;

	forbidden = kzalloc(sizeof(*forbidden), GFP_KERNEL_ACCOUNT);
	if (!forbidden)
		return NULL;
	naawg_allowedips_init(&forbidden->nets, lock);
	INIT_LIST_HEAD(&forbidden->list);
	return forbidden;
}

/**
 * naawg_forbidden_add() - add a network to a set
 * @forbidden: the set, not published yet
 * @prefix: the network
 *
 * Context: process, writers' lock held.
 * Return: 0 or -ENOMEM.
 */
int naawg_forbidden_add(struct naawg_forbidden *forbidden,
			const struct naawg_prefix *prefix)
{
	return naawg_allowedips_add(&forbidden->nets, prefix,
				    dummy_peer(forbidden), &forbidden->list);
}

/**
 * naawg_forbidden_free() - free a set that no reader uses any more
 * @forbidden: the set, or NULL
 *
 * Context: process, writers' lock held.
 */
void naawg_forbidden_free(struct naawg_forbidden *forbidden)
{
	if (!forbidden)
		return;
	naawg_allowedips_destroy(&forbidden->nets);
	kfree(forbidden);
}

/**
 * naawg_forbidden_has4() - tell if an IPv4 address is in a forbidden network
 * @forbidden: the set
 * @addr: address
 *
 * Context: any, under rcu_read_lock().
 * Return: whether it is.
 */
bool naawg_forbidden_has4(const struct naawg_forbidden *forbidden, __be32 addr)
{
	return naawg_allowedips_lookup4(&forbidden->nets, addr);
}

/**
 * naawg_forbidden_has6() - tell if an IPv6 address is in a forbidden network
 * @forbidden: the set
 * @addr: address
 *
 * Context: any, under rcu_read_lock().
 * Return: whether it is.
 */
bool naawg_forbidden_has6(const struct naawg_forbidden *forbidden,
			  const struct in6_addr *addr)
{
	return naawg_allowedips_lookup6(&forbidden->nets, addr);
}

/**
 * naawg_forbidden_destination() - tell if a packet goes into a forbidden network
 * @forbidden: the set
 * @packet: its IP header, complete and in memory that nobody else writes
 *
 * Context: any, under rcu_read_lock().
 * Return: whether its destination is in a forbidden network.
 */
bool naawg_forbidden_destination(const struct naawg_forbidden *forbidden,
				 const void *packet)
{
	const struct ipv6hdr *ip6 = packet;
	const struct iphdr *ip4 = packet;

	if (ip4->version == 4)
		return naawg_forbidden_has4(forbidden, ip4->daddr);
	return naawg_forbidden_has6(forbidden, &ip6->daddr);
}
