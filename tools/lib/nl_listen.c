// SPDX-License-Identifier: GPL-2.0
/* Receives the events of the module. */

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <string.h>

#include "lib/codec.h"
#include "lib/event_codec.h"
#include "lib/forward_codec.h"
#include "lib/genl.h"
#include "lib/nl_listen.h"

/* Room for events that arrive while the caller handles one. */
#define EVENTS_ROOM	(1024 * 1024)

struct listener {
	struct nlsock *nls;
	nl_listen_cb cb;
	void *arg;
	bool over;
};

static int join(struct nlsock *nls, uint32_t group)
{
	if (mnl_socket_setsockopt(nls->sock, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return 0;
}

/* A module that was loaded again has other numbers of family and group. */
static int parse_comeback(const struct nlmsghdr *nlh, struct listener *listener)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct genl_family family = { 0 };
	int ret;

	if (genl->cmd != CTRL_CMD_NEWFAMILY)
		return 0;
	genl_parse_family(nlh, &family);
	if (strcmp(family.name, NAAWG_FAMILY_NAME) || !family.id || !family.events)
		return 0;
	listener->nls->family = family.id;
	ret = join(listener->nls, family.events);
	if (!ret)
		listener->over = !listener->cb(0, NULL, listener->arg);
	return ret;
}

static int parse_event(const struct nlmsghdr *nlh, void *arg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct listener *listener = arg;
	struct device dev;
	int ret;

	if (mnl_nlmsg_get_payload_len(nlh) < GENL_HEADER)
		return 0;
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		return parse_comeback(nlh, listener);
	if (nlh->nlmsg_type != listener->nls->family)
		return 0;
	device_init(&dev, "");
	ret = codec_get(&dev, nlh, GENL_HEADER);
	if (!ret)
		ret = forward_get(&dev, nlh, GENL_HEADER);
	if (!ret)
		ret = event_codec_get(&dev, nlh, GENL_HEADER);
	if (!ret)
		listener->over = !listener->cb(genl->cmd, &dev, listener->arg);
	device_destroy(&dev);
	return ret;
}

static int subscribe(struct nlsock *nls, uint32_t events)
{
	int fd = mnl_socket_get_fd(nls->sock), size = EVENTS_ROOM, ret;

	/* programs that run for events must not have it */
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	/* a privileged process may exceed net.core.rmem_max */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	/* The controller sends events of families to the group with its own number. */
	ret = join(nls, GENL_ID_CTRL);
	if (ret)
		return ret;
	return events ? join(nls, events) : -EOPNOTSUPP;
}

static void wait_for_more(struct nlsock *nls, bool wait)
{
	int fd = mnl_socket_get_fd(nls->sock), flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, wait ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

/* The lost events may include the one about a module that was loaded again. */
static int join_again(struct nlsock *nls)
{
	struct nlsock asked;
	uint32_t events = 0;
	int ret = genl_start(&asked, &events);

	if (!ret && events) {
		nls->family = asked.family;
		ret = join(nls, events);
	}
	nlsock_close(&asked);
	/* An event will come when the module is loaded again. */
	return ret == -EPROTONOSUPPORT ? 0 : ret;
}

/*
 * The kernel reports an overflow once, and then drops events silently until the socket is
 * empty. So report the loss to the caller only after everything was read.
 */
static int receive(struct listener *listener, bool *missed)
{
	int ret = nlsock_recv(listener->nls, parse_event, listener);

	if (ret == -ENOBUFS) {
		*missed = true;
		wait_for_more(listener->nls, false);
		return 0;
	}
	if (ret != -EAGAIN || !*missed)
		return ret;
	*missed = false;
	wait_for_more(listener->nls, true);
	ret = join_again(listener->nls);
	if (!ret)
		listener->over = !listener->cb(-ENOBUFS, NULL, listener->arg);
	return ret;
}

int nl_listen(nl_listen_cb cb, nl_listen_wait wait, void *arg)
{
	struct nlsock nls;
	struct listener listener = { &nls, cb, arg };
	uint32_t events = 0;
	bool missed = false;
	int ret;

	ret = genl_start(&nls, &events);
	if (!ret)
		ret = subscribe(&nls, events);
	if (!ret)
		listener.over = !cb(0, NULL, arg);
	while (!ret && !listener.over) {
		if (!missed)
			wait(mnl_socket_get_fd(nls.sock), arg);
		ret = receive(&listener, &missed);
	}
	nlsock_close(&nls);
	return ret;
}
