// SPDX-License-Identifier: GPL-2.0
/* The routes of a network namespace while links of it are away. */

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/prog.h"
#include "saved/route_form.h"
#include "saved/routes.h"

#define HEADER		sizeof(struct rtmsg)

/* The worst metric: any other route to the same network comes first. */
#define METRIC_LAST	UINT32_MAX

/* Marks our blackhole routes, so that nobody else's are deleted. */
#define PROTOCOL_HOLD	79

/* A gateway may only be reachable over a route that is added later. */
#define ROUNDS		3

/* The kernel owns table 255, and a routing daemon owns routes over nexthop objects. */
static int keep_route(struct records *records, const struct nlmsghdr *msg, void *arg)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(msg);

	(void)arg;
	if (route_table(msg) == RT_TABLE_LOCAL || route->rtm_flags & RTM_F_CLONED ||
	    route->rtm_protocol == PROTOCOL_HOLD || route_nexthop_id(msg))
		return 0;
	return route_keep(records, msg) ? 0 : -ENOMEM;
}

static int dump(struct records *records)
{
	int ret = records_dump(records, RTM_GETROUTE, AF_INET, HEADER, keep_route, NULL);

	return ret ? ret : records_dump(records, RTM_GETROUTE, AF_INET6, HEADER, keep_route,
					NULL);
}

static bool is_link_local(const struct rtmsg *route, const struct nlattr *to)
{
	const uint8_t *bytes = to ? mnl_attr_get_payload(to) : NULL;

	return route->rtm_family == AF_INET6 && to && bytes[0] == 0xfe && bytes[1] == 0x80;
}

/* Adds the blackhole route to the network of the route @msg. */
static int add_hole(struct records *records, const struct nlmsghdr *msg)
{
	const struct nlattr *to = record_attr(msg, HEADER, RTA_DST);
	const struct rtmsg *route = mnl_nlmsg_get_payload(msg);
	struct rtmsg hole = { .rtm_family = route->rtm_family, .rtm_dst_len = route->rtm_dst_len,
			      .rtm_tos = route->rtm_tos, .rtm_protocol = PROTOCOL_HOLD,
			      .rtm_type = RTN_BLACKHOLE };
	char request[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);

	memset(request + sizeof(*nlh), 0, sizeof(request) - sizeof(*nlh));
	memcpy(mnl_nlmsg_put_extra_header(nlh, HEADER), &hole, HEADER);
	if (to)
		mnl_attr_put(nlh, RTA_DST, mnl_attr_get_payload_len(to),
			     mnl_attr_get_payload(to));
	mnl_attr_put_u32(nlh, RTA_PRIORITY, METRIC_LAST);
	mnl_attr_put_u32(nlh, RTA_TABLE, route_table(msg));
	return records_add(records, SAVED_HOLD, SAVED_ALL, mnl_nlmsg_get_payload(nlh),
			   mnl_nlmsg_get_payload_len(nlh)) ? 0 : -ENOMEM;
}

/* A blackhole route takes the place of each route over a saved link. */
static int keep_hold(struct records *records, const struct nlmsghdr *msg, void *arg)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(msg);

	if (route_table(msg) == RT_TABLE_LOCAL || route->rtm_flags & RTM_F_CLONED ||
	    route->rtm_type != RTN_UNICAST ||
	    is_link_local(route, record_attr(msg, HEADER, RTA_DST)) ||
	    !route_is_over(msg, arg, false))
		return 0;
	return add_hole(records, msg);
}

static int keep_hole(struct records *records, const struct nlmsghdr *msg, void *arg)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(msg);

	(void)arg;
	if (route->rtm_protocol != PROTOCOL_HOLD || route->rtm_type != RTN_BLACKHOLE ||
	    record_u32(msg, HEADER, RTA_PRIORITY) != METRIC_LAST)
		return 0;
	return add_hole(records, msg);
}

int routes_save(struct saved *saved)
{
	int ret = dump(&saved->records);

	if (!ret)
		ret = records_dump(&saved->records, RTM_GETROUTE, AF_INET, HEADER, keep_hold,
				   saved);
	return ret ? ret : records_dump(&saved->records, RTM_GETROUTE, AF_INET6, HEADER,
					keep_hold, saved);
}

static bool complain(const char *what, const struct nlmsghdr *msg, int error)
{
	fprintf(stderr, "%s: %s: ", prog_name, what);
	route_print(stderr, msg);
	fprintf(stderr, ": %s\n", error ? strerror(-error) : "it is not what it was");
	return false;
}

static bool cannot(const char *verb, int error)
{
	fprintf(stderr, "%s: cannot %s the routes: %s\n", prog_name, verb, strerror(-error));
	return false;
}

bool routes_hold(const struct saved *saved)
{
	struct nlsock nls;
	int ret = nlsock_open(&nls, NETLINK_ROUTE);
	bool ok = !ret || cannot("hold", ret);

	records_for_each(msg, &saved->records) {
		if (ret || msg->nlmsg_type != SAVED_HOLD)
			continue;
		ret = records_send(&nls, msg, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
		/* A blackhole route of somebody else holds packets as well. */
		if (ret == -EEXIST)
			ret = 0;
		if (ret)
			ok = complain("a route cannot be held back", msg, ret);
	}
	nlsock_close(&nls);
	return ok;
}

/*
 * The saved records do not name all of these routes: if a route over a link was deleted
 * between two calls of routes_hold(), only the first call knew it.
 */
bool routes_release(void)
{
	struct records holes = { 0 };
	struct nlsock nls;
	int ret = nlsock_open(&nls, NETLINK_ROUTE);

	if (!ret)
		ret = records_dump(&holes, RTM_GETROUTE, AF_INET, HEADER, keep_hole, NULL);
	if (!ret)
		ret = records_dump(&holes, RTM_GETROUTE, AF_INET6, HEADER, keep_hole, NULL);
	records_for_each(msg, &holes) {
		if (!ret)
			records_send(&nls, msg, RTM_DELROUTE, 0);
	}
	nlsock_close(&nls);
	records_destroy(&holes);
	return !ret || cannot("release", ret);
}

/*
 * Copies the saved routes, with the indices that the links have now. It leaves out routes
 * over a link that could not be made: another interface may have that index.
 */
static int translated(struct records *want, const struct saved *saved)
{
	records_for_each(msg, &saved->records) {
		struct nlmsghdr *copy;

		if (msg->nlmsg_type != RTM_NEWROUTE || route_is_away(msg, saved))
			continue;
		copy = records_add(want, RTM_NEWROUTE, SAVED_ALL, mnl_nlmsg_get_payload(msg),
				   mnl_nlmsg_get_payload_len(msg));
		if (!copy)
			return -ENOMEM;
		copy->nlmsg_pid = msg->nlmsg_pid;
		route_translate(copy, saved);
	}
	return 0;
}

/* Routes to a gateway come last, as another route has to lead there. */
static void add_all(const struct records *routes, const struct saved *saved,
		    const struct record_index *there, bool ours)
{
	struct nlsock nls;
	int ret = nlsock_open(&nls, NETLINK_ROUTE), gateway;

	for (gateway = 0; gateway < 2 && !ret; gateway++)
		records_for_each(msg, routes)
			if (route_has_gateway(msg) == gateway &&
			    !(there && record_index_has(there, msg)) &&
			    (!ours || route_is_over(msg, saved, true)))
				route_add(&nls, msg, saved_age(saved));
	nlsock_close(&nls);
}

void routes_first(const struct saved *saved)
{
	struct records want = { 0 };

	if (!translated(&want, saved))
		add_all(&want, saved, NULL, true);
	records_destroy(&want);
}

static int index_now(struct records *now, struct record_index *index)
{
	int ret;

	record_index_destroy(index);
	records_destroy(now);
	ret = dump(now);
	return ret || record_index_init(index, now, true) ? ret : -ENOMEM;
}

static size_t count_missing(const struct records *want, const struct record_index *there)
{
	size_t n = 0;

	records_for_each(msg, want)
		n += !record_index_has(there, msg);
	return n;
}

/* Adds each missing route once more. @errors gets a value for each route of @want. */
static int try_missing(const struct records *want, const struct record_index *there,
		       const struct saved *saved, int *errors)
{
	struct nlsock nls;
	int ret = nlsock_open(&nls, NETLINK_ROUTE);

	records_for_each(msg, want) {
		if (!ret && !record_index_has(there, msg))
			*errors = route_add(&nls, msg, saved_age(saved));
		errors++;
	}
	nlsock_close(&nls);
	return ret;
}

/*
 * Tries once more, for the error that the kernel gives, and names the routes that are still
 * missing then. @missing gets their number. 0 or a negative errno.
 */
static int name_missing(const struct records *want, struct records *now,
			struct record_index *there, const struct saved *saved, size_t *missing)
{
	/* Each route of @want has a header. */
	int *errors = calloc(want->len / sizeof(struct nlmsghdr) + 1, sizeof(*errors));
	const int *error = errors;
	int ret = errors ? try_missing(want, there, saved, errors) : -ENOMEM;

	*missing = 0;
	if (!ret)
		ret = index_now(now, there);
	records_for_each(msg, want) {
		if (!ret && !record_index_has(there, msg)) {
			complain("a route could not be set back", msg, *error);
			(*missing)++;
		}
		error++;
	}
	free(errors);
	return ret;
}

static int delete_new(const struct records *want, const struct records *now,
		      const struct saved *saved)
{
	struct record_index before = { 0 };
	struct nlsock nls;
	int ret = nlsock_open(&nls, NETLINK_ROUTE);

	if (!ret && !record_index_init(&before, want, true))
		ret = -ENOMEM;
	records_for_each(msg, now) {
		if (!ret && route_is_over(msg, saved, true) && !record_index_has(&before, msg))
			records_send(&nls, msg, RTM_DELROUTE, 0);
	}
	nlsock_close(&nls);
	record_index_destroy(&before);
	return ret;
}

bool routes_restore(const struct saved *saved)
{
	struct records want = { 0 }, now = { 0 };
	struct record_index there = { 0 };
	size_t missing = 0;
	int ret, round;

	ret = translated(&want, saved);
	for (round = 0; !ret; round++) {
		ret = index_now(&now, &there);
		missing = ret ? 0 : count_missing(&want, &there);
		if (!missing || round == ROUNDS)
			break;
		add_all(&want, saved, &there, false);
	}
	if (missing)
		ret = name_missing(&want, &now, &there, saved, &missing);
	if (!ret)
		ret = delete_new(&want, &now, saved);
	record_index_destroy(&there);
	records_destroy(&now);
	records_destroy(&want);
	return ret ? cannot("read", ret) : !missing;
}
