/* SPDX-License-Identifier: GPL-2.0 */
/* A growing list of netlink messages, kept as the kernel sent them. */

#ifndef NAAWG_RECORDS_H
#define NAAWG_RECORDS_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/nlsock.h"

#define RECORD_KIND_ROOM	32

/* One message follows the other, each padded to four bytes. */
struct records {
	char *buf;		/* may hold keys: wiped when it is freed */
	size_t len, room;
};

/* An invalid message ends the list. */
#define records_for_each(msg, records)						\
	for (const struct nlmsghdr *msg = records_first(records); msg;		\
	     msg = records_next(records, msg))

const struct nlmsghdr *records_first(const struct records *records);
const struct nlmsghdr *records_next(const struct records *records, const struct nlmsghdr *msg);

/*
 * Adds a message with this payload. The sequence number of its header is @tag. The
 * result is valid until the next addition. NULL: no memory.
 */
struct nlmsghdr *records_add(struct records *records, uint16_t type, uint32_t tag,
			     const void *payload, size_t len);
void records_destroy(struct records *records);

/* The messages of a list, which must not change meanwhile. */
struct record_index {
	const struct nlmsghdr **list;
	size_t n;
};

/* In the order of the list, or sorted, for record_index_has(). False: no memory. */
bool record_index_init(struct record_index *index, const struct records *records, bool sorted);
void record_index_destroy(struct record_index *index);

/* Whether there is a message with the type and the payload of @msg. */
bool record_index_has(const struct record_index *index, const struct nlmsghdr *msg);

/* Adds what is to be kept of a message of a dump. 0 or a negative errno. */
typedef int (*keep_fn)(struct records *records, const struct nlmsghdr *msg, void *arg);

/*
 * Dumps all of @type of an address family. The header of a request has @header bytes.
 * A kernel without the family has none. 0 or a negative errno.
 */
int records_dump(struct records *records, uint16_t type, uint8_t family, size_t header,
		 keep_fn keep, void *arg);

/* Sends the payload of @msg as a request. Returns 0 or a negative errno. */
int records_send(struct nlsock *nls, const struct nlmsghdr *msg, uint16_t type,
		 uint16_t flags);

/* The attribute of this type after a header of @header bytes; NULL: there is none. */
const struct nlattr *record_attr(const struct nlmsghdr *msg, size_t header, uint16_t type);

/* The kind of the link that an RTM_NEWLINK message describes; "": it has none. */
void record_kind(const struct nlmsghdr *msg, char kind[static RECORD_KIND_ROOM]);
bool record_is_kind(const struct nlmsghdr *msg, const char *kind);

/* The value of a 32-bit attribute; 0: there is none. */
uint32_t record_u32(const struct nlmsghdr *msg, size_t header, uint16_t type);

#endif
