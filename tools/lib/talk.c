// SPDX-License-Identifier: GPL-2.0
/* One netlink socket: a request, its answer, and what the kernel says of it. */

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/talk.h"

char nl_kernel_says[256];
uint32_t talk_refused_at;

#define DUMP_TRIES	64

int talk_start(struct conversation *talk, int bus)
{
	int on = 1;

	memset(talk, 0, sizeof(*talk));
	nl_kernel_says[0] = '\0';
	talk->room = BUFFER_ROOM;
	talk->buf = malloc(talk->room);
	if (!talk->buf)
		return -ENOMEM;
	talk->sock = mnl_socket_open(bus);
	if (!talk->sock)
		return -errno;
	/* Older kernels know neither; then there is just no sentence. */
	mnl_socket_setsockopt(talk->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(talk->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	if (mnl_socket_bind(talk->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	talk->portid = mnl_socket_get_portid(talk->sock);
	talk->seq = time(NULL);
	return 0;
}

void talk_end(struct conversation *talk)
{
	if (talk->sock)
		mnl_socket_close(talk->sock);
	if (talk->buf) {
		explicit_bzero(talk->buf, talk->room);
		free(talk->buf);
	}
}

struct nlmsghdr *talk_request(struct conversation *talk, uint16_t type, uint16_t flags,
			      size_t header_len)
{
	struct nlmsghdr *nlh;

	/* libmnl does not clear the bytes that pad attributes. */
	memset(talk->buf, 0, talk->room);
	nlh = mnl_nlmsg_put_header(talk->buf);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++talk->seq;
	mnl_nlmsg_put_extra_header(nlh, header_len);
	return nlh;
}

/* Keeps the sentence that stands in the attributes from @offset on. */
static void hear_kernel(const struct nlmsghdr *nlh, size_t offset)
{
	const struct nlattr *attr;
	size_t len;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || mnl_nlmsg_get_payload_len(nlh) < offset)
		return;
	mnl_attr_for_each(attr, nlh, offset) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS &&
		    mnl_attr_get_payload_len(attr) >= sizeof(talk_refused_at))
			talk_refused_at = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_MSG)
			continue;
		len = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
		snprintf(nl_kernel_says, sizeof(nl_kernel_says), "%.*s", (int)len,
			 (const char *)mnl_attr_get_payload(attr));
	}
}

/* An acknowledgment or a refusal. */
static int take_error(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*e);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return -EBADMSG;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len > sizeof(e->msg))
		offset += MNL_ALIGN(e->msg.nlmsg_len - sizeof(e->msg));
	hear_kernel(nlh, offset);
	return e->error;
}

static int take_done(const struct nlmsghdr *nlh)
{
	int error = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	hear_kernel(nlh, sizeof(error));
	return error < 0 ? error : 0;
}

/* Messages of one datagram. Returns 1 while the answer goes on. */
static int take_datagram(struct conversation *talk, int len, take_fn take, void *arg,
			 bool *changed)
{
	const struct nlmsghdr *nlh = (const void *)talk->buf;
	int ret;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != talk->seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			*changed = true;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return take_error(nlh);
		if (nlh->nlmsg_type == NLMSG_DONE)
			return take_done(nlh);
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE || !take)
			continue;
		ret = take(nlh, arg);
		if (ret)
			return ret;
	}
	return 1;
}

int talk_hear(struct conversation *talk, take_fn take, void *arg)
{
	const struct nlmsghdr *nlh = (const void *)talk->buf;
	int len = mnl_socket_recvfrom(talk->sock, talk->buf, talk->room), ret = 0;

	if (len < 0)
		return -errno;
	for (; !ret && mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		ret = take(nlh, arg);
	return ret;
}

bool talk_again(struct conversation *talk, int ret)
{
	return ret == -EINTR && ++talk->begun < DUMP_TRIES;
}

int talk_exchange(struct conversation *talk, const struct nlmsghdr *nlh, take_fn take,
		  void *arg)
{
	bool changed = false;
	int ret;

	if (mnl_socket_sendto(talk->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		ret = mnl_socket_recvfrom(talk->sock, talk->buf, talk->room);
		if (ret < 0)
			return -errno;
		ret = take_datagram(talk, ret, take, arg, &changed);
	} while (ret > 0);
	return ret ? ret : changed ? -EINTR : 0;
}
