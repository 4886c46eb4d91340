// SPDX-License-Identifier: GPL-2.0
/* Reads and changes addresses, routes and rules of this network namespace. */

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nlsock.h"
#include "netcfg/rt.h"

/* The metric of an IPv6 route without one. */
#define METRIC_IPV6	1024

struct rt_item *rt_list_add(struct rt_list *list)
{
	struct rt_item *moved;
	size_t room;

	if (list->n == list->room) {
		room = list->room ? 2 * list->room : 16;
		moved = realloc(list->items, room * sizeof(*moved));
		if (!moved)
			return NULL;
		list->items = moved;
		list->room = room;
	}
	memset(&list->items[list->n], 0, sizeof(*list->items));
	return &list->items[list->n++];
}

void rt_list_destroy(struct rt_list *list)
{
	free(list->items);
	memset(list, 0, sizeof(*list));
}

bool rt_same(const struct rt_item *a, const struct rt_item *b)
{
	if (a->kind != b->kind || a->net.family != b->net.family || a->table != b->table)
		return false;
	if (a->kind == RT_RULE)
		return a->priority == b->priority && a->mark == b->mark &&
		       a->invert == b->invert && a->specific == b->specific;
	return a->index == b->index && allowed_ip_equal(&a->net, &b->net);
}

static size_t address_len(const struct allowed_ip *ip)
{
	return ip->family == AF_INET ? sizeof(ip->ip4) : sizeof(ip->ip6);
}

/* A request that adds or removes an entry; @type is the RTM_NEW* number of its kind. */
static struct nlmsghdr *change_request(struct nlsock *nls, uint16_t type, bool add,
				       size_t header_len)
{
	uint16_t flags = NLM_F_ACK | (add ? NLM_F_CREATE | NLM_F_EXCL : 0);

	/* Each RTM_DEL* follows its RTM_NEW*. */
	return nlsock_request(nls, add ? type : type + 1, flags, header_len);
}

static struct nlmsghdr *address_request(struct nlsock *nls, const struct rt_item *item, bool add)
{
	struct nlmsghdr *nlh = change_request(nls, RTM_NEWADDR, add, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *msg = mnl_nlmsg_get_payload(nlh);

	msg->ifa_family = item->net.family;
	msg->ifa_prefixlen = item->net.prefix_len;
	msg->ifa_index = item->index;
	mnl_attr_put(nlh, IFA_LOCAL, address_len(&item->net), &item->net.ip6);
	mnl_attr_put(nlh, IFA_ADDRESS, address_len(&item->net), &item->net.ip6);
	if (add)
		mnl_attr_put_u8(nlh, IFA_PROTO, RT_OURS);
	return nlh;
}

/* The part that is the same for every type of route. */
static struct nlmsghdr *any_route_request(struct nlsock *nls, const struct rt_item *item,
					  bool add, uint8_t type)
{
	struct nlmsghdr *nlh = change_request(nls, RTM_NEWROUTE, add, sizeof(struct rtmsg));
	struct rtmsg *msg = mnl_nlmsg_get_payload(nlh);

	msg->rtm_family = item->net.family;
	msg->rtm_dst_len = item->net.prefix_len;
	msg->rtm_protocol = RT_OURS;
	msg->rtm_type = type;
	if (item->net.prefix_len)
		mnl_attr_put(nlh, RTA_DST, address_len(&item->net), &item->net.ip6);
	mnl_attr_put_u32(nlh, RTA_TABLE, item->table);
	return nlh;
}

static struct nlmsghdr *route_request(struct nlsock *nls, const struct rt_item *item, bool add)
{
	struct nlmsghdr *nlh = any_route_request(nls, item, add, RTN_UNICAST);
	struct rtmsg *msg = mnl_nlmsg_get_payload(nlh);

	msg->rtm_scope = RT_SCOPE_LINK;
	mnl_attr_put_u32(nlh, RTA_OIF, item->index);
	return nlh;
}

static struct nlmsghdr *blackhole_request(struct nlsock *nls, const struct rt_item *item,
					  bool add)
{
	struct nlmsghdr *nlh = any_route_request(nls, item, add, RTN_BLACKHOLE);

	mnl_attr_put_u32(nlh, RTA_PRIORITY, item->priority);
	return nlh;
}

static struct nlmsghdr *rule_request(struct nlsock *nls, const struct rt_item *item, bool add)
{
	struct nlmsghdr *nlh = change_request(nls, RTM_NEWRULE, add, sizeof(struct fib_rule_hdr));
	struct fib_rule_hdr *msg = mnl_nlmsg_get_payload(nlh);

	msg->family = item->net.family;
	msg->action = FR_ACT_TO_TBL;
	msg->flags = item->invert ? FIB_RULE_INVERT : 0;
	mnl_attr_put_u32(nlh, FRA_TABLE, item->table);
	mnl_attr_put_u32(nlh, FRA_PRIORITY, item->priority);
	mnl_attr_put_u8(nlh, FRA_PROTOCOL, RT_OURS);
	if (item->mark)
		mnl_attr_put_u32(nlh, FRA_FWMARK, item->mark);
	if (item->specific)
		mnl_attr_put_u32(nlh, FRA_SUPPRESS_PREFIXLEN, 0);
	return nlh;
}

int rt_change(const struct rt_item *item, bool add)
{
	struct nlmsghdr *(* const make[])(struct nlsock *nls, const struct rt_item *item,
					  bool add) = {
		[RT_ADDRESS] = address_request,
		[RT_ROUTE] = route_request,
		[RT_RULE] = rule_request,
		[RT_BLACKHOLE] = blackhole_request,
	};
	struct nlsock nls;
	int ret = nlsock_open(&nls, NETLINK_ROUTE);

	if (!ret)
		ret = nlsock_exchange(&nls, make[item->kind](&nls, item, add), NULL, NULL);
	nlsock_close(&nls);
	return ret;
}

static void parse_net(struct rt_item *item, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len <= sizeof(item->net.ip6))
		memcpy(&item->net.ip6, mnl_attr_get_payload(attr), len);
}

static int parse_address(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *msg = mnl_nlmsg_get_payload(nlh);
	struct rt_item *item = rt_list_add(arg);
	const struct nlattr *attr;
	bool local = false;

	if (!item)
		return -ENOMEM;
	item->kind = RT_ADDRESS;
	item->net.family = msg->ifa_family;
	item->net.prefix_len = msg->ifa_prefixlen;
	item->index = msg->ifa_index;
	mnl_attr_for_each(attr, nlh, sizeof(*msg)) {
		if (mnl_attr_get_type(attr) == IFA_LOCAL) {
			parse_net(item, attr);
			local = true;
		} else if (mnl_attr_get_type(attr) == IFA_ADDRESS && !local) {
			parse_net(item, attr);
		} else if (mnl_attr_get_type(attr) == IFA_PROTO) {
			item->proto = mnl_attr_get_u8(attr);
		}
	}
	return 0;
}

static bool is_of_kind(const struct rtmsg *msg, enum rt_kind kind)
{
	switch (kind) {
	case RT_BLACKHOLE:
		return msg->rtm_type == RTN_BLACKHOLE;
	case RT_LOCAL:
		return msg->rtm_type == RTN_LOCAL || msg->rtm_type == RTN_ANYCAST;
	default:
		return msg->rtm_type == RTN_UNICAST;
	}
}

static int parse_route_of(const struct nlmsghdr *nlh, struct rt_list *list, enum rt_kind kind)
{
	const struct rtmsg *msg = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct rt_item *item;

	if (!is_of_kind(msg, kind) || msg->rtm_flags & RTM_F_CLONED)
		return 0;
	item = rt_list_add(list);
	if (!item)
		return -ENOMEM;
	item->kind = kind;
	item->net.family = msg->rtm_family;
	item->net.prefix_len = msg->rtm_dst_len;
	item->proto = msg->rtm_protocol;
	item->table = msg->rtm_table;
	mnl_attr_for_each(attr, nlh, sizeof(*msg)) {
		if (mnl_attr_get_type(attr) == RTA_DST)
			parse_net(item, attr);
		else if (mnl_attr_get_type(attr) == RTA_OIF)
			item->index = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == RTA_TABLE)
			item->table = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == RTA_PRIORITY)
			item->priority = mnl_attr_get_u32(attr);
	}
	return 0;
}

static int parse_route(const struct nlmsghdr *nlh, void *arg)
{
	return parse_route_of(nlh, arg, RT_ROUTE);
}

static int parse_blackhole(const struct nlmsghdr *nlh, void *arg)
{
	return parse_route_of(nlh, arg, RT_BLACKHOLE);
}

static int parse_local(const struct nlmsghdr *nlh, void *arg)
{
	return parse_route_of(nlh, arg, RT_LOCAL);
}

static int parse_rule(const struct nlmsghdr *nlh, void *arg)
{
	const struct fib_rule_hdr *msg = mnl_nlmsg_get_payload(nlh);
	struct rt_item *item = rt_list_add(arg);
	const struct nlattr *attr;

	if (!item)
		return -ENOMEM;
	item->kind = RT_RULE;
	item->net.family = msg->family;
	item->table = msg->table;
	item->invert = msg->flags & FIB_RULE_INVERT;
	mnl_attr_for_each(attr, nlh, sizeof(*msg)) {
		switch (mnl_attr_get_type(attr)) {
		case FRA_TABLE:
			item->table = mnl_attr_get_u32(attr);
			break;
		case FRA_PRIORITY:
			item->priority = mnl_attr_get_u32(attr);
			break;
		case FRA_FWMARK:
			item->mark = mnl_attr_get_u32(attr);
			break;
		case FRA_PROTOCOL:
			item->proto = mnl_attr_get_u8(attr);
			break;
		case FRA_SUPPRESS_PREFIXLEN:
			item->specific = !mnl_attr_get_u32(attr);
			break;
		}
	}
	return 0;
}

static int dump_family(struct rt_list *list, enum rt_kind kind, uint8_t family)
{
	static const struct {
		uint16_t type;
		size_t header;
		nlsock_cb cb;
	} how[] = {
		[RT_ADDRESS] = { RTM_GETADDR, sizeof(struct ifaddrmsg), parse_address },
		[RT_ROUTE] = { RTM_GETROUTE, sizeof(struct rtmsg), parse_route },
		[RT_BLACKHOLE] = { RTM_GETROUTE, sizeof(struct rtmsg), parse_blackhole },
		[RT_LOCAL] = { RTM_GETROUTE, sizeof(struct rtmsg), parse_local },
		[RT_RULE] = { RTM_GETRULE, sizeof(struct fib_rule_hdr), parse_rule },
	};
	struct nlsock nls;
	struct nlmsghdr *nlh;
	size_t before = list->n;
	int ret;

	ret = nlsock_open(&nls, NETLINK_ROUTE);
	if (ret)
		goto out;
	do {
		list->n = before;
		nlh = nlsock_request(&nls, how[kind].type, NLM_F_DUMP, how[kind].header);
		/* The family is the first byte of all these headers. */
		*(uint8_t *)mnl_nlmsg_get_payload(nlh) = family;
		ret = nlsock_exchange(&nls, nlh, how[kind].cb, list);
	} while (nlsock_retry(&nls, ret));
out:
	nlsock_close(&nls);
	/* A kernel without this family has no such entries. */
	return ret == -EAFNOSUPPORT || ret == -EOPNOTSUPP ? 0 : ret;
}

int rt_dump(struct rt_list *list, enum rt_kind kind)
{
	int ret = dump_family(list, kind, AF_INET);

	return ret ? ret : dump_family(list, kind, AF_INET6);
}

int rt_find_conflict(const struct rt_item *route, const struct rt_list *all)
{
	/* Routes with other metrics do not conflict. */
	uint32_t metric = route->net.family == AF_INET ? 0 : METRIC_IPV6;
	const struct rt_item *item;
	size_t i;

	for (i = 0; i < all->n; i++) {
		item = &all->items[i];
		if (item->kind == RT_ROUTE && item->index && item->table == route->table &&
		    item->priority == metric && allowed_ip_equal(&item->net, &route->net))
			return item->index;
	}
	return 0;
}
