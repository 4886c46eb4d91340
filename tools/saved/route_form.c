// SPDX-License-Identifier: GPL-2.0
/* A route of the kernel in a form that can be compared and sent back. */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "saved/route_form.h"

#define HEADER		sizeof(struct rtmsg)
#define HOPS_MAX	1024

/* The nexthops of a multipath route, up to one that is cut off. */
static size_t hops_of(const struct nlmsghdr *msg, struct rtnexthop *hops[static HOPS_MAX])
{
	const struct nlattr *attr = record_attr(msg, HEADER, RTA_MULTIPATH);
	struct rtnexthop *hop = attr ? mnl_attr_get_payload(attr) : NULL;
	int left = attr ? mnl_attr_get_payload_len(attr) : 0;
	size_t n = 0;

	for (; n < HOPS_MAX && left >= (int)sizeof(*hop) && RTNH_OK(hop, left);
	     hop = RTNH_NEXT(hop)) {
		hops[n++] = hop;
		left -= RTNH_ALIGN(hop->rtnh_len);
	}
	return n;
}

static int by_hop(const void *a, const void *b)
{
	const struct rtnexthop *one = *(struct rtnexthop * const *)a;
	const struct rtnexthop *two = *(struct rtnexthop * const *)b;

	if (one->rtnh_len != two->rtnh_len)
		return one->rtnh_len < two->rtnh_len ? -1 : 1;
	return memcmp(one, two, one->rtnh_len);
}

/*
 * The kernel lists the nexthops of an IPv6 route in the order in which they were added, but
 * does not use that order. They are sorted so that two dumps can be compared.
 */
static void sort_hops(struct nlmsghdr *msg)
{
	const struct nlattr *attr = record_attr(msg, HEADER, RTA_MULTIPATH);
	const struct rtmsg *route = mnl_nlmsg_get_payload(msg);
	struct rtnexthop *hops[HOPS_MAX];
	size_t n = hops_of(msg, hops), i, at = 0, len;
	char *copy;

	if (route->rtm_family != AF_INET6 || n < 2)
		return;
	len = mnl_attr_get_payload_len(attr);
	copy = calloc(1, len + RTNH_ALIGNTO);
	if (!copy)
		return;
	qsort(hops, n, sizeof(*hops), by_hop);
	for (i = 0; i < n; i++) {
		memcpy(copy + at, hops[i], hops[i]->rtnh_len);
		at += RTNH_ALIGN(hops[i]->rtnh_len);
	}
	memcpy(mnl_attr_get_payload(attr), copy, at < len ? at : len);
	free(copy);
}

/* False for attributes by which the kernel only reports. */
static bool is_kept(const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case RTA_CACHEINFO:
	case RTA_EXPIRES:
	case RTA_IIF:
	case RTA_UID:
	case RTA_MARK:
	case RTA_SESSION:
	case RTA_MP_ALGO:
	case RTA_MFC_STATS:
	case RTA_PROTOINFO:
		return false;
	}
	return true;
}

/* Returns the seconds until the route expires, at least 1, or 0: it never expires. */
static uint32_t expires_in(const struct nlmsghdr *msg)
{
	const struct nlattr *attr = record_attr(msg, HEADER, RTA_CACHEINFO);
	struct rta_cacheinfo info;
	long ticks = sysconf(_SC_CLK_TCK);

	if (!attr || mnl_attr_get_payload_len(attr) < sizeof(info) || ticks <= 0)
		return 0;
	memcpy(&info, mnl_attr_get_payload(attr), sizeof(info));
	if (!info.rta_expires)
		return 0;
	/* The kernel reports an expired route, until it deletes it, with a negative time. */
	return info.rta_expires > 0 ? (info.rta_expires + ticks - 1) / ticks : 1;
}

struct nlmsghdr *route_keep(struct records *records, const struct nlmsghdr *msg)
{
	struct rtnexthop *hops[HOPS_MAX];
	const struct nlattr *attr;
	struct nlmsghdr *kept;
	struct rtmsg *route;
	size_t n;

	/* Reserve room for all of the message. The copy is not longer. */
	kept = records_add(records, RTM_NEWROUTE, SAVED_ALL, mnl_nlmsg_get_payload(msg),
			   mnl_nlmsg_get_payload_len(msg));
	if (!kept)
		return NULL;
	records->len = (char *)kept - records->buf;
	memset(mnl_nlmsg_get_payload(kept), 0, mnl_nlmsg_get_payload_len(kept));
	kept->nlmsg_len = sizeof(*kept);
	route = mnl_nlmsg_put_extra_header(kept, HEADER);
	memcpy(route, mnl_nlmsg_get_payload(msg), HEADER);
	route->rtm_flags &= RTNH_F_ONLINK;
	mnl_attr_for_each(attr, msg, HEADER)
		if (is_kept(attr))
			mnl_attr_put(kept, attr->nla_type, mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	kept->nlmsg_pid = expires_in(msg);
	records->len += MNL_ALIGN(kept->nlmsg_len);
	for (n = hops_of(kept, hops); n; n--)
		hops[n - 1]->rtnh_flags &= RTNH_F_ONLINK;
	sort_hops(kept);
	return kept;
}

static const struct saved_link *link_of(const struct saved *saved, unsigned int index, bool now)
{
	size_t i;

	for (i = 0; i < saved->n_links && index; i++)
		if (index == (now ? saved->links[i].index_now : saved->links[i].index))
			return &saved->links[i];
	return NULL;
}

bool route_is_over(const struct nlmsghdr *msg, const struct saved *saved, bool now)
{
	struct rtnexthop *hops[HOPS_MAX];
	size_t n;

	if (link_of(saved, record_u32(msg, HEADER, RTA_OIF), now))
		return true;
	for (n = hops_of(msg, hops); n; n--)
		if (link_of(saved, hops[n - 1]->rtnh_ifindex, now))
			return true;
	return false;
}

bool route_is_away(const struct nlmsghdr *msg, const struct saved *saved)
{
	const struct saved_link *link = link_of(saved, record_u32(msg, HEADER, RTA_OIF), false);
	struct rtnexthop *hops[HOPS_MAX];
	size_t n;

	if (link && !link->index_now)
		return true;
	for (n = hops_of(msg, hops); n; n--) {
		link = link_of(saved, hops[n - 1]->rtnh_ifindex, false);
		if (link && !link->index_now)
			return true;
	}
	return false;
}

void route_translate(struct nlmsghdr *msg, const struct saved *saved)
{
	const struct nlattr *attr = record_attr(msg, HEADER, RTA_OIF);
	struct rtnexthop *hops[HOPS_MAX];
	const struct saved_link *link;
	size_t n;

	link = link_of(saved, record_u32(msg, HEADER, RTA_OIF), false);
	if (link)
		memcpy(mnl_attr_get_payload(attr), &link->index_now, sizeof(link->index_now));
	for (n = hops_of(msg, hops); n; n--) {
		link = link_of(saved, hops[n - 1]->rtnh_ifindex, false);
		if (link)
			hops[n - 1]->rtnh_ifindex = link->index_now;
	}
	sort_hops(msg);
}

uint32_t route_nexthop_id(const struct nlmsghdr *msg)
{
	return record_u32(msg, HEADER, RTA_NH_ID);
}

uint32_t route_table(const struct nlmsghdr *msg)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(msg);
	uint32_t table = record_u32(msg, HEADER, RTA_TABLE);

	return table ? table : route->rtm_table;
}

bool route_has_gateway(const struct nlmsghdr *msg)
{
	return record_attr(msg, HEADER, RTA_GATEWAY) || record_attr(msg, HEADER, RTA_VIA) ||
	       record_attr(msg, HEADER, RTA_MULTIPATH);
}

static int send_route(struct nlsock *nls, const struct nlmsghdr *msg, uint32_t age,
		      const struct rtnexthop *hop)
{
	uint32_t left = msg->nlmsg_pid > age ? msg->nlmsg_pid - age : 1;
	const struct nlattr *attr;
	struct nlmsghdr *nlh;

	nlh = nlsock_request(nls, RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_APPEND, HEADER);
	memcpy(mnl_nlmsg_get_payload(nlh), mnl_nlmsg_get_payload(msg), HEADER);
	mnl_attr_for_each(attr, msg, HEADER) {
		if (mnl_attr_get_type(attr) == RTA_MULTIPATH && hop)
			mnl_attr_put(nlh, RTA_MULTIPATH, hop->rtnh_len, hop);
		else
			mnl_attr_put(nlh, attr->nla_type, mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	}
	if (msg->nlmsg_pid)
		mnl_attr_put_u32(nlh, RTA_EXPIRES, left);
	return nlsock_exchange(nls, nlh, NULL, NULL);
}

/*
 * When a link goes, the kernel takes its nexthops out of IPv6 multipath routes and keeps the
 * others. So the nexthops are added one by one, and it is no error if one is there.
 */
int route_add(struct nlsock *nls, const struct nlmsghdr *msg, uint32_t age)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(msg);
	struct rtnexthop *hops[HOPS_MAX];
	int ret = 0, error;
	size_t n, i;

	if (mnl_nlmsg_get_payload_len(msg) > REQUEST_ROOM)
		return -EMSGSIZE;
	n = route->rtm_family == AF_INET6 ? hops_of(msg, hops) : 0;
	if (!n)
		return send_route(nls, msg, age, NULL);
	for (i = 0; i < n; i++) {
		error = send_route(nls, msg, age, hops[i]);
		if (error && error != -EEXIST)
			ret = error;
	}
	return ret;
}

static void print_address(FILE *out, const char *before, int family, const struct nlattr *attr)
{
	size_t len = family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
	char text[INET6_ADDRSTRLEN];

	if (attr && mnl_attr_get_payload_len(attr) == len &&
	    inet_ntop(family, mnl_attr_get_payload(attr), text, sizeof(text)))
		fprintf(out, "%s%s", before, text);
}

void route_print(FILE *out, const struct nlmsghdr *msg)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(msg);
	uint32_t index = record_u32(msg, HEADER, RTA_OIF);
	const struct nlattr *to = record_attr(msg, HEADER, RTA_DST);
	char name[IFNAMSIZ];

	if (to) {
		print_address(out, "", route->rtm_family, to);
		fprintf(out, "/%u", route->rtm_dst_len);
	} else {
		fprintf(out, "the IPv%c default route", route->rtm_family == AF_INET ? '4' : '6');
	}
	print_address(out, " via ", route->rtm_family, record_attr(msg, HEADER, RTA_GATEWAY));
	if (index && if_indextoname(index, name))
		fprintf(out, " dev %s", name);
	if (record_attr(msg, HEADER, RTA_MULTIPATH))
		fputs(" by several nexthops", out);
	fprintf(out, " table %u", route_table(msg));
}
