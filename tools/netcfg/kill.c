// SPDX-License-Identifier: GPL-2.0
/*
 * "Kill = yes": blackhole routes for the networks of a tunnel, so that packets for its
 * peers do not leave this host in the clear while the tunnel is down.
 *
 * The blackholes also exist while the link is up; the routes of the link have a better
 * metric. So nothing leaks when another program deletes the link, or when this program is
 * killed. A hash of the link's name is the metric, and so tells whose they are. They have
 * our protocol number. They last until Kill is removed from the file and the file is
 * applied, until down --lift, or until this host boots.
 *
 * While the link is up, a default route has its own table. When the link is down, no rule
 * leads there, so two halves in the main table block all addresses. These are more
 * specific than any default route. They would block the tunnel, too, so they are removed
 * when it is up.
 */

#include <errno.h>
#include <string.h>

#include "lib/prog.h"
#include "netcfg/kill.h"
#include "netcfg/netcfg.h"
#include "netcfg/rt.h"

#define TAG	0x40000000u	/* above usual metrics */

/* FNV-1a */
static uint32_t tag_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return TAG | (hash & (TAG - 1));
}

bool kill_made(const struct rt_item *item, const char *name)
{
	return item->proto == RT_OURS && item->priority & TAG &&
	       (!name || item->priority == tag_of(name));
}

static bool contains(const struct rt_list *list, const struct rt_item *item)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->items[i].table == item->table &&
		    allowed_ip_equal(&list->items[i].net, &item->net))
			return true;
	return false;
}

static bool want_blackhole(struct rt_list *list, const struct allowed_ip *net, uint32_t table,
			   uint32_t tag)
{
	struct rt_item item = { .kind = RT_BLACKHOLE, .table = table, .priority = tag };
	struct rt_item *to;

	item.net = prefix_masked(net);
	item.net.remove = false;
	if (contains(list, &item))
		return true;
	to = rt_list_add(list);
	if (to)
		*to = item;
	return to;
}

static bool want_halves(struct rt_list *list, uint16_t family, uint32_t tag)
{
	struct allowed_ip half = { .family = family, .prefix_len = 1 };

	if (!want_blackhole(list, &half, TABLE_MAIN, tag))
		return false;
	((uint8_t *)&half.ip6)[0] = 0x80;
	return want_blackhole(list, &half, TABLE_MAIN, tag);
}

/* Such a network has no own route, so its blackhole would win over the wider route. */
static bool is_connected(const struct quick *quick, const struct allowed_ip *net)
{
	size_t i;

	for (i = 0; quick->table_kind == TABLE_AUTO && i < quick->addresses.n; i++)
		if (prefix_contains(&quick->addresses.list[i], net))
			return true;
	return false;
}

/* Adds the blackhole for one network of the file. */
static bool want_net(struct rt_list *list, const struct quick *quick,
		     const struct allowed_ip *net, bool up, uint32_t mark, uint32_t tag)
{
	if (quick->table_kind == TABLE_GIVEN)
		return want_blackhole(list, net, quick->table, tag);
	/* With Table = off, the user decides which packets take the default route. */
	if (quick->table_kind == TABLE_OFF)
		return up || !net->prefix_len || want_blackhole(list, net, TABLE_MAIN, tag);
	if (net->prefix_len)
		return want_blackhole(list, net, TABLE_MAIN, tag);
	return up ? want_blackhole(list, net, mark, tag) : want_halves(list, net->family, tag);
}

static bool want_all(struct rt_list *list, const struct device *dev,
		     const struct quick *quick, bool up, uint32_t mark)
{
	uint32_t tag = tag_of(dev->name);
	const struct allowed_ip *net;
	bool ok = true;
	size_t i, k;

	for (i = 0; ok && i < dev->n_peers; i++) {
		for (k = 0; ok && k < dev->peers[i].n_ips; k++) {
			net = &dev->peers[i].ips[k];
			ok = is_connected(quick, net) ||
			     want_net(list, quick, net, up, mark, tag);
		}
	}
	/* Packets to our own address never leave this host; those to its network may. */
	for (i = 0; ok && i < quick->addresses.n; i++)
		if (quick->addresses.list[i].prefix_len < prefix_max(&quick->addresses.list[i]))
			ok = want_net(list, quick, &quick->addresses.list[i], up, mark, tag);
	return ok;
}

static int present(struct rt_list *list, const char *name)
{
	int ret = rt_dump(list, RT_BLACKHOLE);
	size_t i, n = 0;

	for (i = 0; i < list->n; i++)
		if (kill_made(&list->items[i], name))
			list->items[n++] = list->items[i];
	list->n = n;
	return ret;
}

static int change_one(const struct rt_item *item, bool add, FILE *out, bool doit)
{
	char text[PREFIX_TEXT_LEN];
	int ret = 0;

	prefix_text(text, &item->net);
	if (out)
		fprintf(out, "%c blackhole %s table %u\n", add ? '+' : '-', text, item->table);
	if (doit)
		ret = rt_change(item, add);
	if (!ret || (add && ret == -EEXIST) || (!add && ret == -ESRCH))
		return 0;
	fprintf(stderr, "%s: cannot %s the blackhole route %s table %u: %s\n", prog_name,
		add ? "add" : "remove", text, item->table, strerror(-ret));
	return ret;
}

/* Add first, so that in between more is blocked, not less. */
static int change_to(const struct rt_list *wanted, const char *name, FILE *out, bool doit)
{
	struct rt_list now = { 0 };
	int n = 0, ret = present(&now, name);
	size_t i;

	if (ret)
		fprintf(stderr, "%s: cannot read the routes: %s\n", prog_name, strerror(-ret));
	for (i = 0; !ret && i < wanted->n; i++) {
		if (contains(&now, &wanted->items[i]))
			continue;
		ret = change_one(&wanted->items[i], true, out, doit);
		n++;
	}
	for (i = 0; !ret && i < now.n; i++) {
		if (contains(wanted, &now.items[i]))
			continue;
		ret = change_one(&now.items[i], false, out, doit);
		n++;
	}
	rt_list_destroy(&now);
	return ret ? ret : n;
}

int kill_up(const struct device *dev, const struct quick *quick, uint32_t mark, FILE *out,
	    bool doit)
{
	struct rt_list wanted = { 0 };
	int ret = -ENOMEM;

	if (!quick->kill || want_all(&wanted, dev, quick, true, mark))
		ret = change_to(&wanted, dev->name, out, doit);
	else
		fprintf(stderr, "%s: %s\n", prog_name, strerror(-ret));
	rt_list_destroy(&wanted);
	return ret;
}

/* Keeps the present blackholes, with two halves for a default route. */
static int keep_present(struct rt_list *wanted, const char *name)
{
	struct rt_list now = { 0 };
	int ret = present(&now, name);
	size_t i;

	for (i = 0; !ret && i < now.n; i++)
		if (!(now.items[i].net.prefix_len ?
			      want_blackhole(wanted, &now.items[i].net, now.items[i].table,
					     now.items[i].priority) :
			      want_halves(wanted, now.items[i].net.family,
					  now.items[i].priority)))
			ret = -ENOMEM;
	rt_list_destroy(&now);
	return ret;
}

bool kill_down(const struct device *dev, const struct quick *quick)
{
	struct rt_list wanted = { 0 };
	int ret = 0;

	if (!quick)
		ret = keep_present(&wanted, dev->name);
	else if (quick->kill && !want_all(&wanted, dev, quick, false, 0))
		ret = -ENOMEM;
	if (!ret)
		ret = change_to(&wanted, dev->name, NULL, true);
	rt_list_destroy(&wanted);
	if (ret < 0)
		fprintf(stderr, "%s: %s stays as it is: Kill = yes demands to block its networks, and that failed\n",
			prog_name, dev->name);
	return ret >= 0;
}

bool kill_is_on(const char *name)
{
	struct rt_list now = { 0 };
	bool on = !present(&now, name) && now.n;

	rt_list_destroy(&now);
	return on;
}

void kill_lift(const char *name)
{
	struct rt_list none = { 0 };

	change_to(&none, name, NULL, true);
}
