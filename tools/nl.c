// SPDX-License-Identifier: GPL-2.0
/* Conversations with the kernel over netlink sockets. */

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "forward.h"
#include "nl.h"
#include "talk.h"

#define GENL_HEADER	sizeof(struct genlmsghdr)

/* What may happen while whoever reads the events does something else. */
#define EVENTS_ROOM	(1024 * 1024)

static struct nlmsghdr *genl_request(struct conversation *talk, uint16_t type, uint8_t cmd,
				     uint8_t version, uint16_t flags)
{
	struct nlmsghdr *nlh = talk_request(talk, type, flags, GENL_HEADER);
	struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

struct family {
	uint16_t id;
	uint32_t events;	/* number of its multicast group */
	bool ours;
};

static void take_group(struct family *family, const struct nlattr *nest)
{
	const struct nlattr *attr;
	bool events = false;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			events = !strncmp(mnl_attr_get_payload(attr), NAAWG_MCGRP_EVENTS,
					  mnl_attr_get_payload_len(attr));
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID &&
			 mnl_attr_get_payload_len(attr) >= sizeof(id))
			id = mnl_attr_get_u32(attr);
	}
	if (events)
		family->events = id;
}

static int take_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr, *group;
	struct family *family = arg;

	mnl_attr_for_each(attr, nlh, GENL_HEADER) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_get_payload_len(attr) >= sizeof(family->id))
			family->id = mnl_attr_get_u16(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_NAME)
			family->ours = !strncmp(mnl_attr_get_payload(attr), NAAWG_FAMILY_NAME,
						mnl_attr_get_payload_len(attr));
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(group, attr)
				take_group(family, group);
	}
	return 0;
}

/* Asking for the family makes the kernel load the module, if there is one. */
static int start(struct conversation *talk, uint32_t *events)
{
	struct family family = { 0 };
	struct nlmsghdr *nlh;
	int ret;

	ret = talk_start(talk, NETLINK_GENERIC);
	if (ret)
		return ret;
	nlh = genl_request(talk, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_ACK);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NAAWG_FAMILY_NAME);
	ret = talk_exchange(talk, nlh, take_family, &family);
	if (ret == -ENOENT || (!ret && !family.id)) {
		nl_kernel_says[0] = '\0';
		return -EPROTONOSUPPORT;
	}
	talk->family = family.id;
	*events = family.events;
	return ret;
}

static int naawg_start(struct conversation *talk)
{
	uint32_t events;

	return start(talk, &events);
}

static int take_device(const struct nlmsghdr *nlh, void *arg)
{
	return codec_get(arg, nlh, GENL_HEADER);
}

static int get(const char *name, struct device *dev, uint8_t cmd)
{
	struct conversation talk;
	struct nlmsghdr *nlh;
	int ret, tries;

	device_init(dev, name);
	ret = naawg_start(&talk);
	for (tries = 0; !ret && tries < DUMP_TRIES; tries++) {
		nlh = genl_request(&talk, talk.family, cmd, NAAWG_FAMILY_VERSION, NLM_F_DUMP);
		mnl_attr_put_strz(nlh, NAAWG_A_DEVICE_IFNAME, name);
		ret = talk_exchange(&talk, nlh, take_device, dev);
		if (ret != -EINTR)
			break;
		device_destroy(dev);
		device_init(dev, name);
		if (tries + 1 < DUMP_TRIES)
			ret = 0;
	}
	talk_end(&talk);
	if (ret)
		device_destroy(dev);
	return ret;
}

int nl_get_device(const char *name, struct device *dev)
{
	return get(name, dev, NAAWG_CMD_GET_DEVICE);
}

int nl_get_stats(const char *name, struct device *dev)
{
	return get(name, dev, NAAWG_CMD_GET_STATS);
}

int nl_set_device(const struct device *dev, unsigned int *parts)
{
	struct codec_cursor cursor = { .dev = dev };
	struct conversation talk;
	struct nlmsghdr *nlh;
	int ret;

	*parts = 0;
	ret = naawg_start(&talk);
	/* wg cuts such a name short, and may hit another interface with it. */
	if (!ret && strlen(dev->name) >= IFNAMSIZ)
		ret = -ENODEV;
	while (!ret) {
		nlh = genl_request(&talk, talk.family, NAAWG_CMD_SET_DEVICE,
				   NAAWG_FAMILY_VERSION, NLM_F_ACK);
		if (!codec_put(&cursor, nlh, REQUEST_ROOM))
			break;
		ret = talk_exchange(&talk, nlh, NULL, NULL);
		if (!ret)
			(*parts)++;
	}
	talk_end(&talk);
	return ret;
}

static int take_forwards(const struct nlmsghdr *nlh, void *arg)
{
	return forward_get(arg, nlh, GENL_HEADER);
}

int nl_get_forwards(struct device *dev)
{
	struct conversation talk;
	struct nlmsghdr *nlh;
	int ret, tries;

	ret = naawg_start(&talk);
	for (tries = 0; !ret && tries < DUMP_TRIES; tries++) {
		dev->n_forwards = 0;
		nlh = genl_request(&talk, talk.family, NAAWG_CMD_GET_FORWARDS,
				   NAAWG_FAMILY_VERSION, NLM_F_DUMP);
		mnl_attr_put_strz(nlh, NAAWG_A_DEVICE_IFNAME, dev->name);
		ret = talk_exchange(&talk, nlh, take_forwards, dev);
		if (ret != -EINTR)
			break;
		if (tries + 1 < DUMP_TRIES)
			ret = 0;
	}
	talk_end(&talk);
	return ret;
}

/* A buffer, and a socket, for a request with all forwards of @dev. */
static int make_room(struct conversation *talk, const struct device *dev)
{
	size_t room = BUFFER_ROOM + dev->n_forwards * FORWARD_ROOM;
	int size = room;
	char *buf = malloc(room);

	if (!buf)
		return -ENOMEM;
	free(talk->buf);
	talk->buf = buf;
	talk->room = room;
	/* beyond net.core.wmem_max if one may, as 4096 forwards can be */
	if (setsockopt(mnl_socket_get_fd(talk->sock), SOL_SOCKET, SO_SNDBUFFORCE, &size,
		       sizeof(size)))
		setsockopt(mnl_socket_get_fd(talk->sock), SOL_SOCKET, SO_SNDBUF, &size,
			   sizeof(size));
	return 0;
}

static struct nlmsghdr *forwards_request(struct conversation *talk, const struct device *dev,
					 unsigned int flags, uint32_t *begins)
{
	uint32_t request = 0;
	struct nlmsghdr *nlh;
	size_t i;

	if (flags & FORWARDS_REPLACE)
		request |= NAAWG_FORWARD_REQUEST_FLAG_REPLACE;
	if (flags & FORWARDS_KILL)
		request |= NAAWG_FORWARD_REQUEST_FLAG_KILL;
	nlh = genl_request(talk, talk->family, NAAWG_CMD_SET_FORWARDS, NAAWG_FAMILY_VERSION,
			   NLM_F_ACK);
	mnl_attr_put_strz(nlh, NAAWG_A_DEVICE_IFNAME, dev->name);
	mnl_attr_put_u32(nlh, NAAWG_A_DEVICE_FORWARD_FLAGS, request);
	for (i = 0; i < dev->n_forwards; i++) {
		begins[i] = nlh->nlmsg_len;
		forward_put(nlh, &dev->forwards[i], flags & FORWARDS_REMOVE);
	}
	return nlh;
}

int nl_set_forwards(const struct device *dev, unsigned int flags, size_t *refused)
{
	uint32_t *begins = calloc(dev->n_forwards + 1, sizeof(*begins));
	struct conversation talk;
	size_t i;
	int ret;

	*refused = dev->n_forwards;
	if (!begins)
		return -ENOMEM;
	ret = naawg_start(&talk);
	if (!ret)
		ret = make_room(&talk, dev);
	if (!ret) {
		talk_refused_at = 0;
		ret = talk_exchange(&talk, forwards_request(&talk, dev, flags, begins), NULL, NULL);
		for (i = 0; ret && i < dev->n_forwards && begins[i] <= talk_refused_at; i++)
			*refused = i;
	}
	talk_end(&talk);
	free(begins);
	return ret;
}

struct hearing {
	struct conversation *talk;
	hear_fn hear;
	void *arg;
	bool over;
};

static int join(struct conversation *talk, uint32_t group)
{
	if (mnl_socket_setsockopt(talk->sock, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return 0;
}

/* The module may be exchanged for another, whose numbers are others. */
static int take_comeback(const struct nlmsghdr *nlh, struct hearing *hearing)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct family family = { 0 };
	int ret;

	if (genl->cmd != CTRL_CMD_NEWFAMILY)
		return 0;
	take_family(nlh, &family);
	if (!family.ours || !family.id || !family.events)
		return 0;
	hearing->talk->family = family.id;
	ret = join(hearing->talk, family.events);
	if (!ret)
		hearing->over = !hearing->hear(0, NULL, hearing->arg);
	return ret;
}

static int take_event(const struct nlmsghdr *nlh, void *arg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct hearing *hearing = arg;
	struct device dev;
	int ret;

	if (mnl_nlmsg_get_payload_len(nlh) < GENL_HEADER)
		return 0;
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		return take_comeback(nlh, hearing);
	if (nlh->nlmsg_type != hearing->talk->family)
		return 0;
	device_init(&dev, "");
	ret = codec_get(&dev, nlh, GENL_HEADER);
	if (!ret)
		ret = forward_get(&dev, nlh, GENL_HEADER);
	if (!ret)
		hearing->over = !hearing->hear(genl->cmd, &dev, hearing->arg);
	device_destroy(&dev);
	return ret;
}

static int begin_hearing(struct conversation *talk, uint32_t events)
{
	int fd = mnl_socket_get_fd(talk->sock), size = EVENTS_ROOM, ret;

	/* beyond net.core.rmem_max if one may */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	/* the group that hears of families has the number of their own */
	ret = join(talk, GENL_ID_CTRL);
	if (ret)
		return ret;
	return events ? join(talk, events) : -EOPNOTSUPP;
}

static void wait_for_more(struct conversation *talk, bool wait)
{
	int fd = mnl_socket_get_fd(talk->sock), flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, wait ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

/* What was missed may be that the module was exchanged. */
static int join_again(struct conversation *talk)
{
	struct conversation asked;
	uint32_t events = 0;
	int ret = start(&asked, &events);

	if (!ret && events) {
		talk->family = asked.family;
		ret = join(talk, events);
	}
	talk_end(&asked);
	/* it will be heard of when it is back */
	return ret == -EPROTONOSUPPORT ? 0 : ret;
}

/*
 * The kernel says at once that something was lost, and then drops without a word
 * until all that waits is read: only from then on is nothing lost any more.
 */
static int hear_next(struct hearing *hearing, bool *missed)
{
	int ret = talk_hear(hearing->talk, take_event, hearing);

	if (ret == -ENOBUFS) {
		*missed = true;
		wait_for_more(hearing->talk, false);
		return 0;
	}
	if (ret != -EAGAIN || !*missed)
		return ret;
	*missed = false;
	wait_for_more(hearing->talk, true);
	ret = join_again(hearing->talk);
	if (!ret)
		hearing->over = !hearing->hear(-ENOBUFS, NULL, hearing->arg);
	return ret;
}

int nl_listen(hear_fn hear, void *arg)
{
	struct conversation talk;
	struct hearing hearing = { &talk, hear, arg };
	uint32_t events = 0;
	bool missed = false;
	int ret;

	ret = start(&talk, &events);
	if (!ret)
		ret = begin_hearing(&talk, events);
	if (!ret)
		hearing.over = !hear(0, NULL, arg);
	while (!ret && !hearing.over)
		ret = hear_next(&hearing, &missed);
	talk_end(&talk);
	return ret;
}

struct listing {
	struct link_list *list;
	bool naawg_only;
};

static void link_kind(char *kind, size_t room, const struct nlattr *info)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info)
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			snprintf(kind, room, "%.*s", mnl_attr_get_payload_len(attr),
				 (const char *)mnl_attr_get_payload(attr));
}

static int take_link(const struct nlmsghdr *nlh, void *arg)
{
	struct listing *listing = arg;
	struct link_list *list = listing->list;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	struct link_name link = { .index = info->ifi_index, .flags = info->ifi_flags };
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
	if (!link.name[0] || (listing->naawg_only && strcmp(link.kind, NAAWG_FAMILY_NAME)))
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

int nl_list_links(struct link_list *list, bool naawg_only)
{
	struct listing listing = { list, naawg_only };
	struct conversation talk;
	struct nlmsghdr *nlh;
	int ret, tries;

	memset(list, 0, sizeof(*list));
	ret = talk_start(&talk, NETLINK_ROUTE);
	for (tries = 0; !ret && tries < DUMP_TRIES; tries++) {
		list->n = 0;
		nlh = talk_request(&talk, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
		ret = talk_exchange(&talk, nlh, take_link, &listing);
		if (ret != -EINTR)
			break;
		if (tries + 1 < DUMP_TRIES)
			ret = 0;
	}
	talk_end(&talk);
	if (ret)
		link_list_destroy(list);
	return ret;
}

void link_list_destroy(struct link_list *list)
{
	free(list->links);
	memset(list, 0, sizeof(*list));
}
