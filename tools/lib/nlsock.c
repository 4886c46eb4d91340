// SPDX-License-Identifier: GPL-2.0
/* A netlink socket: sends a request, receives the answer and its extended ack. */

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/nlsock.h"

char nlsock_extack_msg[256];
uint32_t nlsock_extack_offset;

#define DUMP_TRIES	64

int nlsock_open(struct nlsock *nls, int bus)
{
	int on = 1;

	memset(nls, 0, sizeof(*nls));
	nlsock_extack_msg[0] = '\0';
	nls->room = BUFFER_ROOM;
	nls->buf = malloc(nls->room);
	if (!nls->buf)
		return -ENOMEM;
	nls->sock = mnl_socket_open(bus);
	if (!nls->sock)
		return -errno;
	/* Older kernels know neither option; then there is no message. */
	mnl_socket_setsockopt(nls->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nls->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	if (mnl_socket_bind(nls->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	nls->portid = mnl_socket_get_portid(nls->sock);
	nls->seq = time(NULL);
	return 0;
}

void nlsock_close(struct nlsock *nls)
{
	if (nls->sock)
		mnl_socket_close(nls->sock);
	if (nls->buf) {
		explicit_bzero(nls->buf, nls->room);
		free(nls->buf);
	}
}

struct nlmsghdr *nlsock_request(struct nlsock *nls, uint16_t type, uint16_t flags,
				size_t header_len)
{
	struct nlmsghdr *nlh;

	/* libmnl does not clear the padding of attributes. */
	memset(nls->buf, 0, nls->room);
	nlh = mnl_nlmsg_put_header(nls->buf);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nls->seq;
	mnl_nlmsg_put_extra_header(nlh, header_len);
	return nlh;
}

/* Keeps message and offset from the attributes behind @offset. */
static void parse_extack(const struct nlmsghdr *nlh, size_t offset)
{
	const struct nlattr *attr;
	size_t len;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || mnl_nlmsg_get_payload_len(nlh) < offset)
		return;
	mnl_attr_for_each(attr, nlh, offset) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS &&
		    mnl_attr_get_payload_len(attr) >= sizeof(nlsock_extack_offset))
			nlsock_extack_offset = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_MSG)
			continue;
		len = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
		snprintf(nlsock_extack_msg, sizeof(nlsock_extack_msg), "%.*s", (int)len,
			 (const char *)mnl_attr_get_payload(attr));
	}
}

/* Parses an acknowledgment or an error. */
static int parse_error(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*e);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return -EBADMSG;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len > sizeof(e->msg))
		offset += MNL_ALIGN(e->msg.nlmsg_len - sizeof(e->msg));
	parse_extack(nlh, offset);
	return e->error;
}

static int parse_done(const struct nlmsghdr *nlh)
{
	int error = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	parse_extack(nlh, sizeof(error));
	return error < 0 ? error : 0;
}

/* Parses the messages of one datagram. Returns 1 if more of the answer follows. */
static int parse_datagram(struct nlsock *nls, int len, nlsock_cb cb, void *arg, bool *changed)
{
	const struct nlmsghdr *nlh = (const void *)nls->buf;
	int ret;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != nls->seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			*changed = true;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return parse_error(nlh);
		if (nlh->nlmsg_type == NLMSG_DONE)
			return parse_done(nlh);
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE || !cb)
			continue;
		ret = cb(nlh, arg);
		if (ret)
			return ret;
	}
	return 1;
}

int nlsock_recv(struct nlsock *nls, nlsock_cb cb, void *arg)
{
	const struct nlmsghdr *nlh = (const void *)nls->buf;
	int len = mnl_socket_recvfrom(nls->sock, nls->buf, nls->room), ret = 0;

	if (len < 0)
		return -errno;
	for (; !ret && mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		ret = cb(nlh, arg);
	return ret;
}

bool nlsock_retry(struct nlsock *nls, int ret)
{
	return ret == -EINTR && ++nls->retries < DUMP_TRIES;
}

int nlsock_exchange(struct nlsock *nls, const struct nlmsghdr *nlh, nlsock_cb cb, void *arg)
{
	bool changed = false;
	int ret;

	nlsock_extack_msg[0] = '\0';
	nlsock_extack_offset = 0;
	if (mnl_socket_sendto(nls->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		ret = mnl_socket_recvfrom(nls->sock, nls->buf, nls->room);
		if (ret < 0)
			return -errno;
		ret = parse_datagram(nls, ret, cb, arg, &changed);
	} while (ret > 0);
	return ret ? ret : changed ? -EINTR : 0;
}
