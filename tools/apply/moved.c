// SPDX-License-Identifier: GPL-2.0
/*
 * Follows a link that hooks move to another network namespace.
 *
 * After the move, the kernel does not report the link in this namespace any more. During
 * the move it tells listeners here the new namespace and the index there.
 */

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "apply/moved.h"
#include "lib/nlsock.h"
#include "lib/served.h"
#include "uapi/naawg.h"

void moved_watch(struct moved *moved, int index)
{
	memset(moved, 0, sizeof(*moved));
	moved->index = index;
	/* Hooks must not inherit the socket, and no read may block. */
	moved->sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (moved->sock && mnl_socket_bind(moved->sock, RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0)
		moved_end(moved);
}

void moved_end(struct moved *moved)
{
	if (moved->sock)
		mnl_socket_close(moved->sock);
	moved->sock = NULL;
}

static int parse_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	struct moved *moved = arg;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_DELLINK || info->ifi_index != moved->index ||
	    info->ifi_family != AF_UNSPEC)
		return MNL_CB_OK;
	moved->to = MOVED_DELETED;
	moved->there = info->ifi_index;
	mnl_attr_for_each(attr, nlh, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFLA_NEW_NETNSID) {
			moved->to = MOVED_AWAY;
			moved->nsid = (int)mnl_attr_get_u32(attr);
		} else if (mnl_attr_get_type(attr) == IFLA_NEW_IFINDEX) {
			moved->there = (int)mnl_attr_get_u32(attr);
		}
	}
	return MNL_CB_OK;
}

enum moved_to moved_where(struct moved *moved)
{
	char buf[32 * 1024];
	ssize_t n;

	if (!moved->sock)
		return moved->to;
	/* After an overflow, go on with the messages that came later. */
	while ((n = mnl_socket_recvfrom(moved->sock, buf, sizeof(buf))) > 0 ||
	       (n < 0 && errno == ENOBUFS))
		if (n > 0)
			mnl_cb_run(buf, n, 0, 0, parse_link, moved);
	return moved->to;
}

/* The header of a request about the link, in its present namespace. */
static struct nlmsghdr *about(struct nlsock *nls, const struct moved *moved, uint16_t type)
{
	struct nlmsghdr *nlh = nlsock_request(nls, type, NLM_F_ACK, sizeof(struct ifinfomsg));
	struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);

	info->ifi_index = moved->there;
	mnl_attr_put_u32(nlh, IFLA_TARGET_NETNSID, moved->nsid);
	return nlh;
}

/* naawg-quick takes over links of kind `wireguard' as well, while naawg serves them. */
static bool is_ours(const char *kind)
{
	return !strcmp(kind, NAAWG_FAMILY_NAME) ||
	       (!strcmp(kind, SERVED_KIND) && served_by() == SERVED_NAAWG);
}

static int parse_kind(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr, *inner;
	bool *naawg = arg;

	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attr) != IFLA_LINKINFO)
			continue;
		mnl_attr_for_each_nested(inner, attr)
			if (mnl_attr_get_type(inner) == IFLA_INFO_KIND)
				*naawg = is_ours(mnl_attr_get_str(inner));
	}
	return 0;
}

int moved_delete(const struct moved *moved)
{
	struct nlsock nls;
	bool naawg = false;
	int ret;

	ret = nlsock_open(&nls, NETLINK_ROUTE);
	/* If the link was moved again, another link there may have its index. */
	if (!ret)
		ret = nlsock_exchange(&nls, about(&nls, moved, RTM_GETLINK), parse_kind,
				      &naawg);
	if (!ret)
		ret = naawg ? nlsock_exchange(&nls, about(&nls, moved, RTM_DELLINK), NULL,
					      NULL) :
			      -ENODEV;
	nlsock_close(&nls);
	return ret;
}
