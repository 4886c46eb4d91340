/* SPDX-License-Identifier: GPL-2.0 */
/* Links, addresses, routes and rules of this network namespace. */

#ifndef NAAWG_RT_H
#define NAAWG_RT_H

#include "lib/prefix.h"

/*
 * What is added carries this number as its protocol, and only what carries it
 * is ever taken away: what others added by hand stays theirs.
 */
#define RT_OURS		78

#define TABLE_MAIN		254

enum rt_kind { RT_ADDRESS, RT_ROUTE, RT_RULE, RT_BLACKHOLE, RT_LOCAL };

struct rt_item {
	enum rt_kind kind;
	struct allowed_ip net;		/* of a rule the family only */
	uint32_t table;
	int index;			/* of the interface; not of rules */
	uint8_t proto;
	uint32_t priority;		/* of rules and routes, where it is the metric */
	/* of rules */
	uint32_t mark;
	bool invert;			/* all but this mark */
	bool specific;			/* default routes do not count */
};

struct rt_list {
	struct rt_item *items;
	size_t n, room;
};

struct rt_item *rt_list_add(struct rt_list *list);
void rt_list_destroy(struct rt_list *list);

/* The protocol does not count. */
bool rt_same(const struct rt_item *a, const struct rt_item *b);

/*
 * Adds or removes one entry. Returns 0 or a negative errno, with the kernel's sentence
 * in nlsock_extack_msg. To add an entry that exists is -EEXIST.
 */
int rt_change(const struct rt_item *item, bool add);

/*
 * The interface of the route among @all that makes it -EEXIST to add @route; 0 if
 * there is none, or it is not one to an interface.
 */
int rt_in_the_way(const struct rt_item *route, const struct rt_list *all);

/* Adds all entries of a kind, of both families; of routes, those to an interface. */
int rt_dump(struct rt_list *list, enum rt_kind kind);

#endif
