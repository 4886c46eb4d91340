/* SPDX-License-Identifier: GPL-2.0 */
/* A route of the kernel in a form that can be compared and sent back. */

#ifndef NAAWG_ROUTE_FORM_H
#define NAAWG_ROUTE_FORM_H

#include <stdio.h>

#include "saved/saved.h"

/*
 * Adds @msg of a dump without what the kernel only reports. The seconds after which the
 * route expires are kept in the header (nlmsg_pid, 0: never), as they change between two
 * dumps. NULL: no memory.
 */
struct nlmsghdr *route_keep(struct records *records, const struct nlmsghdr *msg);

/* Whether the route, or one of its nexthops, leads over a link of @saved as it was or is. */
bool route_is_over(const struct nlmsghdr *msg, const struct saved *saved, bool now);

/* Whether it leads over a link of @saved that is not there now. */
bool route_is_away(const struct nlmsghdr *msg, const struct saved *saved);

/* Puts the indices that the links of @saved have now in place of those they had. */
void route_translate(struct nlmsghdr *msg, const struct saved *saved);

/* The index by which a nexthop object is referred to; 0: the route has none. */
uint32_t route_nexthop_id(const struct nlmsghdr *msg);
uint32_t route_table(const struct nlmsghdr *msg);

/* Whether the route goes by a gateway, which another route has to lead to. */
bool route_has_gateway(const struct nlmsghdr *msg);

/* Sends the route as one to add, after @age seconds. 0 or a negative errno. */
int route_add(struct nlsock *nls, const struct nlmsghdr *msg, uint32_t age);

/* "10.0.0.0/8 via 192.0.2.1 dev eth0 table 254" */
void route_print(FILE *out, const struct nlmsghdr *msg);

#endif
