// SPDX-License-Identifier: GPL-2.0
/*
 * Removes the rest of a link that was deleted or moved without naawg-quick.
 *
 * "ip link del" removes addresses and routes as well, and so does a move to another
 * network namespace. Rules, the nft table, name servers and files in /run stay.
 */

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "apply/gone.h"
#include "apply/hook_wg.h"
#include "apply/lock.h"
#include "lib/nl_links.h"
#include "lib/nlsock.h"
#include "netcfg/fwmarks.h"
#include "netcfg/leak_guard.h"
#include "netcfg/netcfg.h"
#include "netcfg/state.h"

/* Looks for the name or, if the link was renamed, for its index. */
static bool is_there(const char *name, int index)
{
	struct link_list list;
	bool there = false;
	size_t i;

	if (nl_list_links(&list, false))
		return true;
	for (i = 0; i < list.n; i++)
		there |= !strcmp(list.links[i].name, name) ||
			 (list.links[i].index == index && list.links[i].ours);
	link_list_destroy(&list);
	return there;
}

bool gone_is_another(const char *name)
{
	unsigned int index = state_index(name);

	return index && index != if_nametoindex(name);
}

bool gone_is(const char *name)
{
	unsigned int index = state_index(name);

	return index && !is_there(name, index);
}

static bool leads_to_tunnel(const struct rt_item *rule)
{
	return rule->kind == RT_RULE && rule->proto == RT_OURS && rule->invert &&
	       rule->mark && rule->table == rule->mark;
}

static void take_out(struct rt_list *list, size_t i)
{
	list->items[i] = list->items[--list->n];
}

/* Drops rules from the list whose table has any route: they are in use. */
static int parse_used(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *msg = mnl_nlmsg_get_payload(nlh);
	uint32_t table = msg->rtm_table;
	struct rt_list *rules = arg;
	const struct nlattr *attr;
	size_t i;

	mnl_attr_for_each(attr, nlh, sizeof(*msg))
		if (mnl_attr_get_type(attr) == RTA_TABLE)
			table = mnl_attr_get_u32(attr);
	for (i = rules->n; i-- > 0;)
		if (rules->items[i].table == table &&
		    rules->items[i].net.family == msg->rtm_family)
			take_out(rules, i);
	return 0;
}

static int leave_used(struct rt_list *rules, uint8_t family)
{
	struct nlsock nls;
	struct nlmsghdr *nlh;
	int ret;

	ret = nlsock_open(&nls, NETLINK_ROUTE);
	if (ret)
		goto out;
	do {
		nlh = nlsock_request(&nls, RTM_GETROUTE, NLM_F_DUMP, sizeof(struct rtmsg));
		((struct rtmsg *)mnl_nlmsg_get_payload(nlh))->rtm_family = family;
		ret = nlsock_exchange(&nls, nlh, parse_used, rules);
	} while (nlsock_retry(&nls, ret));
out:
	nlsock_close(&nls);
	return ret == -EAFNOSUPPORT || ret == -EOPNOTSUPP ? 0 : ret;
}

/* A rule is also in use if its link is down: setting it down removed the routes. */
static int leave_marked(struct rt_list *rules)
{
	struct fwmarks marks;
	int ret = fwmarks_read(&marks, 0);
	size_t i;

	if (ret)
		return ret;
	for (i = rules->n; i-- > 0;)
		if (fwmarks_routes(&marks, rules->items[i].mark, rules->items[i].net.family))
			take_out(rules, i);
	fwmarks_destroy(&marks);
	return 0;
}

static int take_tunnels(struct rt_list *rules)
{
	int ret = rt_dump(rules, RT_RULE);
	size_t i;

	for (i = rules->n; i-- > 0;)
		if (!leads_to_tunnel(&rules->items[i]))
			take_out(rules, i);
	return ret;
}

static bool has_tunnel(const struct rt_list *rules, uint16_t family)
{
	size_t i;

	for (i = 0; i < rules->n; i++)
		if (rules->items[i].net.family == family && leads_to_tunnel(&rules->items[i]))
			return true;
	return false;
}

/* The first rule of the pair serves all tunnels; remove it with the last tunnel. */
static void drop_first(void)
{
	struct rt_list rules = { 0 };
	size_t i;

	if (!rt_dump(&rules, RT_RULE))
		for (i = 0; i < rules.n; i++)
			if (netcfg_is_first_rule(&rules.items[i]) &&
			    !has_tunnel(&rules, rules.items[i].net.family))
				rt_change(&rules.items[i], false);
	rt_list_destroy(&rules);
}

static void drop_rules(void)
{
	struct rt_list rules = { 0 };
	size_t i;

	if (take_tunnels(&rules) || (rules.n && (leave_used(&rules, AF_INET) ||
						  leave_used(&rules, AF_INET6) ||
						  leave_marked(&rules))))
		goto out;
	for (i = 0; i < rules.n; i++)
		rt_change(&rules.items[i], false);
	drop_first();
out:
	rt_list_destroy(&rules);
}

static void drop_table(const char *name)
{
	if (gone_is(name))
		leak_guard_remove(name);
}

void gone_sweep(void)
{
	/* Without the lock, another process may be about to make the route of a rule. */
	if (!netcfg_lock())
		return;
	drop_rules();
	state_each(drop_table);
	netcfg_unlock();
}

void gone_clear(const char *name)
{
	gone_sweep();
	hook_wg_remove(name);
	state_remove(name);
}
