/* SPDX-License-Identifier: GPL-2.0 */
/* One netlink socket: a request, its answer, and what the kernel says of it. */

#ifndef NAAWG_TALK_H
#define NAAWG_TALK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


/*
 * Requests stay below 64 KB, within which every nest can tell its length;
 * answers come in whatever the kernel finds room for, up to 32 KB.
 */
#define REQUEST_ROOM	(60 * 1024)
#define BUFFER_ROOM	(64 * 1024)

struct conversation {
	struct mnl_socket *sock;
	unsigned int portid;
	uint32_t seq;
	uint16_t family;
	unsigned int begun;	/* dumps that changed under our eyes */
	char *buf;		/* holds keys at times: wiped at the end */
	size_t room;
};

/* Takes one message of an answer. Returns 0 or a negative errno. */
typedef int (*take_fn)(const struct nlmsghdr *nlh, void *arg);

/* Both end with talk_end(), whatever talk_start() returned. */
int talk_start(struct conversation *talk, int bus);
void talk_end(struct conversation *talk);

/* An empty request in the buffer. */
struct nlmsghdr *talk_request(struct conversation *talk, uint16_t type, uint16_t flags,
			      size_t header_len);

/*
 * Sends the request in the buffer and takes the answer to its end. Returns 0
 * or a negative errno; -EINTR: a dump changed while it was taken.
 */
int talk_exchange(struct conversation *talk, const struct nlmsghdr *nlh, take_fn take,
		  void *arg);

/* Whether a dump that ended with @ret is to be begun again, which is not for ever so. */
bool talk_again(struct conversation *talk, int ret);

/* Waits for messages nobody asked for, and takes them. Returns as above. */
int talk_hear(struct conversation *talk, take_fn take, void *arg);

/* Empty if the kernel said nothing. */
extern char nl_kernel_says[256];

/* Where in a request the kernel found what it refused; 0 if it did not say. */
extern uint32_t talk_refused_at;

#endif
