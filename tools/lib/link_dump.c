// SPDX-License-Identifier: GPL-2.0
/* Reads the links of a network namespace. */

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/link_dump.h"
#include "lib/nlsock.h"

static void link_kind(char *kind, size_t room, const struct nlattr *info)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info)
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			snprintf(kind, room, "%.*s", mnl_attr_get_payload_len(attr),
				 (const char *)mnl_attr_get_payload(attr));
}

static int parse_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	struct link_name link = { .index = info->ifi_index, .flags = info->ifi_flags };
	struct link_list *list = arg;
	const struct nlattr *attr;
	void *moved;

	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attr) == IFLA_IFNAME)
			snprintf(link.name, sizeof(link.name), "%.*s",
				 mnl_attr_get_payload_len(attr),
				 (const char *)mnl_attr_get_payload(attr));
		else if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			link_kind(link.kind, sizeof(link.kind), attr);
		else if (mnl_attr_get_type(attr) == IFLA_MTU)
			link.mtu = mnl_attr_get_u32(attr);
	}
	if (!link.name[0])
		return 0;
	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		moved = realloc(list->links, list->room * sizeof(*list->links));
		if (!moved)
			return -ENOMEM;
		list->links = moved;
	}
	list->links[list->n++] = link;
	return 0;
}

int link_dump(struct link_list *list)
{
	struct nlsock nls;
	struct nlmsghdr *nlh;
	int ret;

	memset(list, 0, sizeof(*list));
	ret = nlsock_open(&nls, NETLINK_ROUTE);
	if (ret)
		goto out;
	do {
		list->n = 0;
		nlh = nlsock_request(&nls, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
		ret = nlsock_exchange(&nls, nlh, parse_link, list);
	} while (nlsock_retry(&nls, ret));
out:
	nlsock_close(&nls);
	if (ret)
		link_list_destroy(list);
	return ret;
}

void link_list_destroy(struct link_list *list)
{
	free(list->links);
	memset(list, 0, sizeof(*list));
}
