// SPDX-License-Identifier: GPL-2.0
/* The wanted and the present addresses, routes and rules of a link. */

#include <errno.h>
#include <string.h>

#include "lib/hints.h"
#include "lib/prog.h"
#include "netcfg/fwmarks.h"
#include "netcfg/netcfg.h"
#include "netcfg/sysctl.h"

/*
 * The first rule uses the main table without its default routes, so that local networks
 * stay reachable. The second one sends all packets but outer ones into the tunnel.
 */
#define PRIORITY_SPECIFIC	31820
#define PRIORITY_TUNNEL		31821

/* The families with a default route through the tunnel. */
static unsigned int defaults(const struct device *dev, const struct quick *quick)
{
	return quick->table_kind == TABLE_AUTO ? default_families(dev) : 0;
}

bool netcfg_needs_fwmark(const struct device *dev, const struct quick *quick)
{
	return defaults(dev, quick);
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

/* Whether the kernel makes this route with an address. */
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

int netcfg_wanted(struct rt_list *want, const struct device *dev, const struct quick *quick,
		  int index, uint32_t mark, bool up)
{
	int ret = want_addresses(want, quick, index);

	/* Only a link that is up can have routes. */
	if (!ret && up && quick->table_kind != TABLE_OFF)
		ret = want_routes(want, dev, quick, index, mark);
	if (!ret)
		ret = want_rules(want, defaults(dev, quick), mark);
	return ret;
}

/* A link, and the configuration of the whole host. */
struct view {
	struct rt_list all;
	struct fwmarks others;
	int index;
	uint32_t mark, other_mark;
};

static bool is_tunnel_rule(const struct rt_item *item)
{
	return item->kind == RT_RULE && item->proto == RT_OURS && item->invert && item->mark;
}

/*
 * Whether a rule belongs to another link. The fwmark does not tell: several links may
 * have the same one, to keep their outer packets out of this tunnel. The rule belongs to
 * the link of the default route in its table. If that link is down and has no routes, the
 * rule belongs to a link with this fwmark and such an allowed IP.
 */
static bool belongs_to_another(const struct view *view, const struct rt_item *rule)
{
	const struct rt_item *item;
	bool another = false;
	size_t i;

	for (i = 0; i < view->all.n; i++) {
		item = &view->all.items[i];
		if (item->kind != RT_ROUTE || item->proto != RT_OURS || item->net.prefix_len ||
		    item->table != rule->table || item->net.family != rule->net.family)
			continue;
		if (item->index == view->index)
			return false;
		another = true;
	}
	return another || fwmarks_routes(&view->others, rule->mark, rule->net.family);
}

static bool belongs(const struct view *view, const struct rt_item *item)
{
	if (item->kind != RT_RULE)
		return item->index == view->index && (item->kind == RT_ADDRESS ||
						      item->proto == RT_OURS);
	/* A link without a fwmark has no rules; other processes may be changing these. */
	if (item->proto == RT_OURS && item->specific)
		return item->priority == PRIORITY_SPECIFIC && (view->mark || view->other_mark);
	return is_tunnel_rule(item) &&
	       (item->mark == view->mark || item->mark == view->other_mark) &&
	       !belongs_to_another(view, item);
}

bool netcfg_is_first_rule(const struct rt_item *item)
{
	return item->kind == RT_RULE && item->proto == RT_OURS && item->specific &&
	       item->priority == PRIORITY_SPECIFIC;
}

/* The first rule of the pair serves all links with a second rule. */
static bool is_shared(const struct view *view, const struct rt_item *rule)
{
	const struct rt_item *item;
	size_t i;

	for (i = 0; i < view->all.n; i++) {
		item = &view->all.items[i];
		if (is_tunnel_rule(item) && item->net.family == rule->net.family &&
		    !belongs(view, item))
			return true;
	}
	return false;
}

static int read_view(struct view *view)
{
	int ret = 0;

	if (view->mark || view->other_mark)
		ret = fwmarks_read(&view->others, view->index);
	if (!ret)
		ret = rt_dump(&view->all, RT_ADDRESS);
	if (!ret)
		ret = rt_dump(&view->all, RT_ROUTE);
	if (!ret)
		ret = rt_dump(&view->all, RT_RULE);
	return ret;
}

int netcfg_present(struct rt_list *now, int index, uint32_t mark, uint32_t other_mark)
{
	struct view view = { .index = index, .mark = mark, .other_mark = other_mark };
	struct rt_item *item;
	size_t i;
	int ret;

	ret = read_view(&view);
	for (i = 0; !ret && i < view.all.n; i++) {
		if (!belongs(&view, &view.all.items[i]))
			continue;
		item = rt_list_add(now);
		if (!item) {
			ret = -ENOMEM;
			break;
		}
		*item = view.all.items[i];
		/* Another link needs this rule, so this link must not remove it. */
		if (item->kind == RT_RULE && item->specific && is_shared(&view, item))
			item->proto = 0;
	}
	rt_list_destroy(&view.all);
	fwmarks_destroy(&view.others);
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

static void print_conflict(const struct rt_item *route, int index)
{
	char text[PREFIX_TEXT_LEN], name[IFNAMSIZ + sizeof("over ")] = "to no interface";

	if (index) {
		strcpy(name, "over ");
		if (!if_indextoname(index, name + strlen(name)))
			strcat(name, "?");
	}
	fprintf(stderr, "%s: there is already a route %s table %u %s, and packets would take it. %s\n",
		prog_name, prefix_text(text, &route->net), route->table, name,
		route->table == TABLE_MAIN ?
		"Remove it, or give the tunnel another prefix, or Table = off and routes of your own" :
		"Remove it, or give the tunnel another FwMark or Table");
}

/* Whether a present route leads to this link; prints an error if it does not. */
static bool leads_to_link(const struct rt_item *route)
{
	struct rt_list all = { 0 };
	int index = rt_dump(&all, RT_ROUTE) ? 0 : rt_find_conflict(route, &all);

	rt_list_destroy(&all);
	if (index == route->index)
		return true;
	print_conflict(route, index);
	return false;
}

static int step(const struct rt_item *item, bool add, struct rt_list *undo)
{
	struct rt_item *done;
	int ret = rt_change(item, add);

	/* A step before may have removed it, or it may exist already. */
	if (!add && (ret == -ESRCH || ret == -EADDRNOTAVAIL || ret == -ENOENT))
		return 0;
	if (add && ret == -EEXIST) {
		if (item->kind != RT_ROUTE || leads_to_link(item))
			return 0;
		return ret;
	}
	if (ret) {
		fprintf(stderr, "%s: the kernel refuses: ", prog_name);
		item_text(stderr, add ? '+' : '-', item);
		fprintf(stderr, "%s: %s\n", prog_name, strerror(-ret));
		if (!add || !sysctl_ip6_off(item))
			hint(ret, NULL);
		return ret;
	}
	done = rt_list_add(undo);
	if (!done)
		return -ENOMEM;
	*done = *item;
	/* In an undo list, proto tells whether the item was added. */
	done->proto = add;
	return 0;
}

/* Finds a conflict that step() would run into. */
static int find_conflict(const struct rt_item *item, struct rt_list *all)
{
	int index, ret = 0;

	if (item->kind != RT_ROUTE)
		return 0;
	if (!all->n)
		ret = rt_dump(all, RT_ROUTE);
	index = ret ? 0 : rt_find_conflict(item, all);
	if (!index || index == item->index)
		return ret;
	print_conflict(item, index);
	return -EEXIST;
}

int netcfg_diff(const struct rt_list *want, const struct rt_list *now, FILE *out,
		struct rt_list *undo)
{
	struct rt_list all = { 0 };
	const struct rt_item *item;
	int n = 0, ret = 0;
	size_t i;

	for (i = 0; !ret && i < want->n; i++) {
		item = &want->items[i];
		if (contains(now, item))
			continue;
		if (out)
			item_text(out, '+', item);
		ret = undo ? step(item, true, undo) : find_conflict(item, &all);
		n++;
	}
	rt_list_destroy(&all);
	/* Remove rules before routes before addresses. */
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

void netcfg_undo(struct rt_list *undo)
{
	while (undo->n) {
		undo->n--;
		rt_change(&undo->items[undo->n], !undo->items[undo->n].proto);
	}
	rt_list_destroy(undo);
}

int netcfg_rules(struct rt_list *rules, int index, uint32_t mark)
{
	int ret = netcfg_present(rules, index, mark, 0);
	size_t i, n = 0;

	for (i = 0; i < rules->n; i++)
		if (rules->items[i].kind == RT_RULE)
			rules->items[n++] = rules->items[i];
	rules->n = n;
	return ret;
}

void netcfg_drop(struct rt_list *rules)
{
	struct rt_list none = { 0 }, undo = { 0 };

	netcfg_diff(&none, rules, NULL, &undo);
	rt_list_destroy(rules);
	rt_list_destroy(&undo);
}
