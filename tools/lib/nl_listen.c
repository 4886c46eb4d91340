// SPDX-License-Identifier: GPL-2.0
/* What the module tells of itself, until nobody wants to hear more. */

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>

#include "lib/codec.h"
#include "lib/forward_codec.h"
#include "lib/genl.h"
#include "lib/nl_listen.h"

/* What may happen while whoever reads the events does something else. */
#define EVENTS_ROOM	(1024 * 1024)

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
	struct genl_family family = { 0 };
	int ret;

	if (genl->cmd != CTRL_CMD_NEWFAMILY)
		return 0;
	genl_take_family(nlh, &family);
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
	int ret = genl_start(&asked, &events);

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

	ret = genl_start(&talk, &events);
	if (!ret)
		ret = begin_hearing(&talk, events);
	if (!ret)
		hearing.over = !hear(0, NULL, arg);
	while (!ret && !hearing.over)
		ret = hear_next(&hearing, &missed);
	talk_end(&talk);
	return ret;
}
