// SPDX-License-Identifier: GPL-2.0
/* A growing list of netlink messages, kept as the kernel sent them. */

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "saved/records.h"

static const struct nlmsghdr *message_at(const struct records *records, size_t at)
{
	const struct nlmsghdr *msg = (const void *)(records->buf + at);

	if (at > records->len || records->len - at < sizeof(*msg) ||
	    msg->nlmsg_len < sizeof(*msg) || msg->nlmsg_len > records->len - at)
		return NULL;
	return msg;
}

const struct nlmsghdr *records_first(const struct records *records)
{
	return message_at(records, 0);
}

const struct nlmsghdr *records_next(const struct records *records, const struct nlmsghdr *msg)
{
	size_t at = (const char *)msg - records->buf;

	return message_at(records, at + MNL_ALIGN((size_t)msg->nlmsg_len));
}

/* realloc() would leave a copy of the keys in freed memory. */
static int make_room(struct records *records, size_t len)
{
	size_t room = records->room ? records->room : 4096;
	char *moved;

	while (room - records->len < len)
		room *= 2;
	if (room == records->room)
		return 0;
	moved = calloc(1, room);
	if (!moved)
		return -ENOMEM;
	if (records->len)
		memcpy(moved, records->buf, records->len);
	if (records->buf)
		explicit_bzero(records->buf, records->room);
	free(records->buf);
	records->buf = moved;
	records->room = room;
	return 0;
}

struct nlmsghdr *records_add(struct records *records, uint16_t type, uint32_t tag,
			     const void *payload, size_t len)
{
	size_t whole = MNL_ALIGN(sizeof(struct nlmsghdr) + len);
	struct nlmsghdr *msg;

	if (make_room(records, whole))
		return NULL;
	msg = (void *)(records->buf + records->len);
	memset(msg, 0, whole);
	msg->nlmsg_len = sizeof(*msg) + len;
	msg->nlmsg_type = type;
	msg->nlmsg_seq = tag;
	if (len)
		memcpy(mnl_nlmsg_get_payload(msg), payload, len);
	records->len += whole;
	return msg;
}

void records_destroy(struct records *records)
{
	if (records->buf)
		explicit_bzero(records->buf, records->room);
	free(records->buf);
	memset(records, 0, sizeof(*records));
}

static int by_content(const void *a, const void *b)
{
	const struct nlmsghdr *one = *(const struct nlmsghdr * const *)a;
	const struct nlmsghdr *two = *(const struct nlmsghdr * const *)b;

	if (one->nlmsg_type != two->nlmsg_type)
		return one->nlmsg_type < two->nlmsg_type ? -1 : 1;
	if (one->nlmsg_len != two->nlmsg_len)
		return one->nlmsg_len < two->nlmsg_len ? -1 : 1;
	return memcmp(mnl_nlmsg_get_payload(one), mnl_nlmsg_get_payload(two),
		      mnl_nlmsg_get_payload_len(one));
}

bool record_index_init(struct record_index *index, const struct records *records, bool sorted)
{
	size_t n = 0;

	records_for_each(msg, records)
		n++;
	index->n = n;
	index->list = calloc(n + 1, sizeof(*index->list));
	if (!index->list)
		return false;
	n = 0;
	records_for_each(msg, records)
		index->list[n++] = msg;
	if (sorted)
		qsort(index->list, n, sizeof(*index->list), by_content);
	return true;
}

void record_index_destroy(struct record_index *index)
{
	free(index->list);
	memset(index, 0, sizeof(*index));
}

bool record_index_has(const struct record_index *index, const struct nlmsghdr *msg)
{
	return index->n && bsearch(&msg, index->list, index->n, sizeof(*index->list), by_content);
}

struct dumping {
	struct records *records;
	keep_fn keep;
	void *arg;
	size_t header;
	uint8_t family;
};

static int take_message(const struct nlmsghdr *nlh, void *arg)
{
	struct dumping *dump = arg;

	if (mnl_nlmsg_get_payload_len(nlh) < dump->header)
		return -EBADMSG;
	/* A kernel without the family answers with the objects of other families. */
	if (dump->family && *(const uint8_t *)mnl_nlmsg_get_payload(nlh) != dump->family)
		return 0;
	return dump->keep(dump->records, nlh, dump->arg);
}

int records_dump(struct records *records, uint16_t type, uint8_t family, size_t header,
		 keep_fn keep, void *arg)
{
	struct dumping dump = { records, keep, arg, header, family };
	struct nlsock nls;
	size_t before = records->len;
	struct nlmsghdr *nlh;
	int ret;

	ret = nlsock_open(&nls, NETLINK_ROUTE);
	if (ret)
		goto out;
	do {
		records->len = before;
		nlh = nlsock_request(&nls, type, NLM_F_DUMP, header);
		/* The family is the first byte of all these headers. */
		*(uint8_t *)mnl_nlmsg_get_payload(nlh) = family;
		ret = nlsock_exchange(&nls, nlh, take_message, &dump);
	} while (nlsock_retry(&nls, ret));
out:
	nlsock_close(&nls);
	return ret == -EAFNOSUPPORT || ret == -EOPNOTSUPP ? 0 : ret;
}

int records_send(struct nlsock *nls, const struct nlmsghdr *msg, uint16_t type,
		 uint16_t flags)
{
	size_t len = mnl_nlmsg_get_payload_len(msg);
	struct nlmsghdr *nlh;

	if (len > REQUEST_ROOM)
		return -EMSGSIZE;
	nlh = nlsock_request(nls, type, flags | NLM_F_ACK, len);
	memcpy(mnl_nlmsg_get_payload(nlh), mnl_nlmsg_get_payload(msg), len);
	return nlsock_exchange(nls, nlh, NULL, NULL);
}

const struct nlattr *record_attr(const struct nlmsghdr *msg, size_t header, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, msg, header)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

void record_kind(const struct nlmsghdr *msg, char kind[static RECORD_KIND_ROOM])
{
	const struct nlattr *info = record_attr(msg, sizeof(struct ifinfomsg), IFLA_LINKINFO);
	const struct nlattr *attr;

	kind[0] = '\0';
	if (!info)
		return;
	mnl_attr_for_each_nested(attr, info)
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			snprintf(kind, RECORD_KIND_ROOM, "%.*s", mnl_attr_get_payload_len(attr),
				 (const char *)mnl_attr_get_payload(attr));
}

bool record_is_kind(const struct nlmsghdr *msg, const char *kind)
{
	char got[RECORD_KIND_ROOM];

	record_kind(msg, got);
	return !strcmp(got, kind);
}

uint32_t record_u32(const struct nlmsghdr *msg, size_t header, uint16_t type)
{
	const struct nlattr *attr = record_attr(msg, header, type);

	return attr && mnl_attr_get_payload_len(attr) >= sizeof(uint32_t) ?
	       mnl_attr_get_u32(attr) : 0;
}
