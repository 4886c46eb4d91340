// SPDX-License-Identifier: GPL-2.0
/* As much of netlink as it takes to ask for something and hear the answer. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "nl.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

static struct nlmsghdr *header(struct message *m)
{
	return (struct nlmsghdr *)m->bytes;
}

int nl_open(int protocol)
{
	struct sockaddr_nl self = { .nl_family = AF_NETLINK };
	struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return bind(fd, (struct sockaddr *)&self, sizeof(self)) ? -errno : fd;
}

void nl_begin(struct message *m, int type, int flags, const void *head,
	      int head_len)
{
	memset(m, 0, sizeof(*m));
	header(m)->nlmsg_type = type;
	header(m)->nlmsg_flags = NLM_F_REQUEST | flags;
	header(m)->nlmsg_len = NLMSG_LENGTH(head_len);
	memcpy(NLMSG_DATA(header(m)), head, head_len);
}

void nl_put(struct message *m, int type, const void *bytes, int len)
{
	int at = NLMSG_ALIGN(header(m)->nlmsg_len);
	struct nlattr *attr = (struct nlattr *)(m->bytes + at);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((char *)attr + NLA_HDRLEN, bytes, len);
	header(m)->nlmsg_len = at + NLA_ALIGN(attr->nla_len);
}

int nl_nest(struct message *m, int type)
{
	int at = NLMSG_ALIGN(header(m)->nlmsg_len);

	nl_put(m, type | NLA_F_NESTED, NULL, 0);
	return at;
}

void nl_nest_end(struct message *m, int nest)
{
	struct nlattr *attr = (struct nlattr *)(m->bytes + nest);

	attr->nla_len = header(m)->nlmsg_len - nest;
}

static void add_up(uint64_t *sum, const struct nlmsghdr *h)
{
	const unsigned char *byte = (const unsigned char *)h + NLMSG_HDRLEN;
	const unsigned char *end = (const unsigned char *)h + h->nlmsg_len;

	for (; sum && byte < end; byte++)
		*sum = (*sum ^ *byte) * 0x100000001b3ULL;
}

int nl_talk(int fd, struct message *m, int *answered, uint64_t *sum)
{
	static unsigned int seq;
	static char buffer[1 << 16];
	struct nlmsghdr *h;
	int len;

	*answered = 0;
	header(m)->nlmsg_seq = ++seq;
	header(m)->nlmsg_flags |= NLM_F_ACK;
	if (send(fd, m->bytes, header(m)->nlmsg_len, 0) < 0)
		return -errno;
	for (;;) {
		len = recv(fd, buffer, sizeof(buffer), 0);
		if (len < 0)
			return -errno;
		for (h = (struct nlmsghdr *)buffer; NLMSG_OK(h, len);
		     h = NLMSG_NEXT(h, len)) {
			if (h->nlmsg_seq != seq)
				continue;
			if (h->nlmsg_type == NLMSG_ERROR ||
			    h->nlmsg_type == NLMSG_DONE) {
				*answered = 1;
				return *(int *)NLMSG_DATA(h);
			}
			add_up(sum, h);
		}
	}
}

void nl_drain(int fd)
{
	char buffer[256];

	/* an error that was kept for the socket comes first, once */
	while (recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) >= 0 ||
	       errno == ENOBUFS || errno == EFAULT || errno == ENOMEM)
		;
}

/* The attribute of a type among others that end at @end; NULL if there is none. */
static char *find(char *at, const char *end, int type)
{
	struct nlattr *attr = (struct nlattr *)at;

	while (at + NLA_HDRLEN <= end && attr->nla_len) {
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return at;
		at += NLA_ALIGN(attr->nla_len);
		attr = (struct nlattr *)at;
	}
	return NULL;
}

/* The number of the first group in the attributes of a family; 0 if there is none. */
static int first_group(char *at, const char *end)
{
	/* a list of groups, numbered from 1, each with attributes of its own */
	int types[] = { CTRL_ATTR_MCAST_GROUPS, 1, CTRL_ATTR_MCAST_GRP_ID };
	int i;

	for (i = 0; i < 3; i++) {
		if (i)
			end = at + ((struct nlattr *)at)->nla_len;
		at = find(i ? at + NLA_HDRLEN : at, end, types[i]);
		if (!at)
			return 0;
	}
	return *(uint32_t *)(at + NLA_HDRLEN);
}

int nl_join(int fd, int group)
{
	return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			  sizeof(group)) ? -errno : 0;
}

int nl_family(int fd, const char *name, int *group)
{
	struct genlmsghdr head = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	char buffer[8192], *begin, *id;
	struct message m;
	struct nlmsghdr *h = (struct nlmsghdr *)buffer;
	int len;

	nl_begin(&m, GENL_ID_CTRL, 0, &head, sizeof(head));
	nl_put(&m, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	if (send(fd, m.bytes, header(&m)->nlmsg_len, 0) < 0)
		return -errno;
	len = recv(fd, buffer, sizeof(buffer), 0);
	if (len < (int)NLMSG_LENGTH(sizeof(head)))
		return len < 0 ? -errno : -EBADMSG;
	if (h->nlmsg_type == NLMSG_ERROR)
		return *(int *)NLMSG_DATA(h);
	begin = (char *)NLMSG_DATA(h) + GENL_HDRLEN;
	*group = first_group(begin, buffer + len);
	id = find(begin, buffer + len, CTRL_ATTR_FAMILY_ID);
	return id ? *(uint16_t *)(id + NLA_HDRLEN) : -ENOENT;
}
