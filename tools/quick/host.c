// SPDX-License-Identifier: GPL-2.0
/* Addresses, routes and rules of a link: as they are, and as they shall be. */

#include <errno.h>
#include <string.h>

#include "advice.h"
#include "nl.h"
#include "prog.h"
#include "quick/host.h"

/*
 * First what is more specific than a default route, so that local networks stay
 * reachable; then, for all but the link's own outer packets, the tunnel.
 */
#define PRIORITY_SPECIFIC	31820
#define PRIORITY_TUNNEL		31821
#define FIRST_MARK		51820

/* Which families have a default route through the tunnel: bits 0 and 1. */
static unsigned int defaults(const struct device *dev, const struct quick *quick)
{
	unsigned int found = 0;
	size_t i, k;

	if (quick->table_kind != TABLE_AUTO)
		return 0;
	for (i = 0; i < dev->n_peers; i++)
		for (k = 0; k < dev->peers[i].n_ips; k++)
			if (!dev->peers[i].ips[k].prefix_len)
				found |= dev->peers[i].ips[k].family == AF_INET ? 1 : 2;
	return found;
}

bool host_needs_mark(const struct device *dev, const struct quick *quick)
{
	return defaults(dev, quick);
}

uint32_t host_free_mark(void)
{
	struct rt_list used = { 0 };
	uint32_t mark;
	size_t i = 0;

	if (rt_dump(&used, RT_ROUTE) || rt_dump(&used, RT_RULE)) {
		rt_list_destroy(&used);
		return 0;
	}
	for (mark = FIRST_MARK; mark < FIRST_MARK + 10000; mark++) {
		for (i = 0; i < used.n; i++)
			if (used.items[i].table == mark || used.items[i].mark == mark)
				break;
		if (i == used.n)
			break;
	}
	i = i == used.n;
	rt_list_destroy(&used);
	return i ? mark : 0;
}

static int want_addresses(struct rt_list *want, const struct quick *quick, int index)
{
	struct rt_item *item;
	size_t i;

	for (i = 0; i < quick->addresses.n; i++) {
		item = rt_list_add(want);
		if (!item)
			return -ENOMEM;
		item->kind = RT_ADDRESS;
		item->net = quick->addresses.list[i];
		item->index = index;
	}
	return 0;
}

/* The route an address brings along. */
static bool is_connected(const struct quick *quick, const struct allowed_ip *ip)
{
	size_t i;

	for (i = 0; i < quick->addresses.n; i++)
		if (prefix_contains(&quick->addresses.list[i], ip))
			return true;
	return false;
}

static int want_route(struct rt_list *want, const struct allowed_ip *ip, int index,
		      uint32_t table)
{
	struct rt_item *item;
	size_t i;

	for (i = 0; i < want->n; i++)
		if (want->items[i].kind == RT_ROUTE && want->items[i].table == table &&
		    allowed_ip_equal(&want->items[i].net, ip))
			return 0;
	item = rt_list_add(want);
	if (!item)
		return -ENOMEM;
	item->kind = RT_ROUTE;
	item->net = *ip;
	item->index = index;
	item->table = table;
	return 0;
}

static int want_routes(struct rt_list *want, const struct device *dev,
		       const struct quick *quick, int index, uint32_t mark)
{
	struct allowed_ip ip;
	size_t i, k;
	int ret = 0;

	for (i = 0; i < dev->n_peers; i++) {
		for (k = 0; !ret && k < dev->peers[i].n_ips; k++) {
			ip = prefix_masked(&dev->peers[i].ips[k]);
			if (quick->table_kind == TABLE_GIVEN)
				ret = want_route(want, &ip, index, quick->table);
			else if (!ip.prefix_len)
				ret = want_route(want, &ip, index, mark);
			else if (!is_connected(quick, &ip))
				ret = want_route(want, &ip, index, TABLE_MAIN);
		}
	}
	return ret;
}

static int want_rules(struct rt_list *want, unsigned int families, uint32_t mark)
{
	struct rt_item *item;
	int family, second;

	for (family = 0; family < 2; family++) {
		for (second = 0; families & (1 << family) && second < 2; second++) {
			item = rt_list_add(want);
			if (!item)
				return -ENOMEM;
			item->kind = RT_RULE;
			item->net.family = family ? AF_INET6 : AF_INET;
			item->priority = second ? PRIORITY_TUNNEL : PRIORITY_SPECIFIC;
			item->table = second ? mark : TABLE_MAIN;
			item->specific = !second;
			item->invert = second;
			item->mark = second ? mark : 0;
		}
	}
	return 0;
}

int host_wanted(struct rt_list *want, const struct device *dev, const struct quick *quick,
		int index, uint32_t mark, bool up)
{
	int ret = want_addresses(want, quick, index);

	/* Routes need a link that is up. */
	if (!ret && up && quick->table_kind != TABLE_OFF)
		ret = want_routes(want, dev, quick, index, mark);
	if (!ret)
		ret = want_rules(want, defaults(dev, quick), mark);
	return ret;
}

/* The first rule of the pair serves all links that have the second. */
static bool is_shared(const struct rt_list *all, const struct rt_item *rule, uint32_t mark,
		      uint32_t other_mark)
{
	const struct rt_item *item;
	size_t i;

	for (i = 0; i < all->n; i++) {
		item = &all->items[i];
		if (item->kind == RT_RULE && item->proto == RT_OURS && item->invert &&
		    item->net.family == rule->net.family && item->mark != mark &&
		    item->mark != other_mark)
			return true;
	}
	return false;
}

static bool belongs(const struct rt_item *item, int index, uint32_t mark, uint32_t other_mark)
{
	if (item->kind != RT_RULE)
		return item->index == index && (item->kind == RT_ADDRESS ||
						item->proto == RT_OURS);
	if (item->proto != RT_OURS)
		return false;
	if (item->specific)
		return item->priority == PRIORITY_SPECIFIC;
	return item->mark && (item->mark == mark || item->mark == other_mark);
}

int host_present(struct rt_list *now, int index, uint32_t mark, uint32_t other_mark)
{
	struct rt_list all = { 0 };
	struct rt_item *item;
	size_t i;
	int ret;

	ret = rt_dump(&all, RT_ADDRESS);
	if (!ret)
		ret = rt_dump(&all, RT_ROUTE);
	if (!ret)
		ret = rt_dump(&all, RT_RULE);
	for (i = 0; !ret && i < all.n; i++) {
		if (!belongs(&all.items[i], index, mark, other_mark))
			continue;
		item = rt_list_add(now);
		if (!item) {
			ret = -ENOMEM;
			break;
		}
		*item = all.items[i];
		/* Somebody else's to remove, whatever this link wants. */
		if (item->kind == RT_RULE && item->specific &&
		    is_shared(&all, item, mark, other_mark))
			item->proto = 0;
	}
	rt_list_destroy(&all);
	return ret;
}

static void item_text(FILE *out, char sign, const struct rt_item *item)
{
	char text[PREFIX_TEXT_LEN];

	if (item->kind == RT_ADDRESS)
		fprintf(out, "%c address %s\n", sign, prefix_text(text, &item->net));
	else if (item->kind == RT_ROUTE)
		fprintf(out, "%c route %s table %u\n", sign, prefix_text(text, &item->net),
			item->table);
	else if (item->specific)
		fprintf(out, "%c rule IPv%c: all but default routes of table %u\n", sign,
			item->net.family == AF_INET ? '4' : '6', item->table);
	else
		fprintf(out, "%c rule IPv%c: what is not marked 0x%x uses table %u\n", sign,
			item->net.family == AF_INET ? '4' : '6', item->mark, item->table);
}

static bool contains(const struct rt_list *list, const struct rt_item *item)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (rt_same(&list->items[i], item))
			return true;
	return false;
}

static int step(const struct rt_item *item, bool add, struct rt_list *undo)
{
	struct rt_item *done;
	int ret = rt_change(item, add);

	/* Gone with what was removed before, or there already. */
	if ((add && ret == -EEXIST) || (!add && (ret == -ESRCH || ret == -EADDRNOTAVAIL ||
						 ret == -ENOENT)))
		return 0;
	if (ret) {
		fprintf(stderr, "%s: the kernel refuses: ", prog_name);
		item_text(stderr, add ? '+' : '-', item);
		fprintf(stderr, "%s: %s\n", prog_name, strerror(-ret));
		advise(ret, NULL);
		return ret;
	}
	done = rt_list_add(undo);
	if (!done)
		return -ENOMEM;
	*done = *item;
	/* In what is to be undone the protocol says which way it went. */
	done->proto = add;
	return 0;
}

int host_diff(const struct rt_list *want, const struct rt_list *now, FILE *out,
	      struct rt_list *undo)
{
	const struct rt_item *item;
	int n = 0, ret = 0;
	size_t i;

	for (i = 0; !ret && i < want->n; i++) {
		item = &want->items[i];
		if (contains(now, item))
			continue;
		if (out)
			item_text(out, '+', item);
		if (undo)
			ret = step(item, true, undo);
		n++;
	}
	/* Rules before routes before addresses. */
	for (i = now->n; !ret && i-- > 0;) {
		item = &now->items[i];
		if (item->proto != RT_OURS || contains(want, item))
			continue;
		if (out)
			item_text(out, '-', item);
		if (undo)
			ret = step(item, false, undo);
		n++;
	}
	return ret ? ret : n;
}

void host_undo(struct rt_list *undo)
{
	while (undo->n) {
		undo->n--;
		rt_change(&undo->items[undo->n], !undo->items[undo->n].proto);
	}
	rt_list_destroy(undo);
}

void host_drop_rules(uint32_t mark)
{
	struct rt_list now = { 0 }, none = { 0 }, undo = { 0 };

	/* No link has index 0, so these are the rules alone. */
	if (mark && !host_present(&now, 0, mark, 0))
		host_diff(&none, &now, NULL, &undo);
	rt_list_destroy(&now);
	rt_list_destroy(&undo);
}
