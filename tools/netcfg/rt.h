/* SPDX-License-Identifier: GPL-2.0 */
/* Reads and changes addresses, routes and rules of this network namespace. */

#ifndef NAAWG_RT_H
#define NAAWG_RT_H

#include "lib/prefix.h"

/*
 * The protocol number of our entries. Entries of other programs and users have other
 * numbers, and are never removed.
 */
#define RT_OURS		78

#define TABLE_MAIN		254

enum rt_kind { RT_ADDRESS, RT_ROUTE, RT_RULE, RT_BLACKHOLE, RT_LOCAL };

struct rt_item {
	enum rt_kind kind;
	struct allowed_ip net;		/* a rule has only a family */
	uint32_t table;
	int index;			/* of the interface; rules have none */
	uint8_t proto;
	uint32_t priority;		/* of rules; the metric of routes */
	/* rules only: */
	uint32_t mark;
	bool invert;			/* match packets without this fwmark */
	bool specific;			/* ignore default routes of the table */
};

struct rt_list {
	struct rt_item *items;
	size_t n, room;
};

struct rt_item *rt_list_add(struct rt_list *list);
void rt_list_destroy(struct rt_list *list);

/* Whether both are the same entry; protocols are not compared. */
bool rt_same(const struct rt_item *a, const struct rt_item *b);

/*
 * Adds or removes one entry. Returns 0 or a negative errno, with the kernel's sentence
 * in nlsock_extack_msg. To add an entry that exists is -EEXIST.
 */
int rt_change(const struct rt_item *item, bool add);

/*
 * Finds the route in @all for which the kernel would refuse @route with -EEXIST. Returns
 * the index of its interface, or 0 if there is no such route or no interface.
 */
int rt_find_conflict(const struct rt_item *route, const struct rt_list *all);

/* Adds all entries of a kind, for both families. Returns 0 or a negative errno. */
int rt_dump(struct rt_list *list, enum rt_kind kind);

#endif
