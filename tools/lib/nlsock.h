/* SPDX-License-Identifier: GPL-2.0 */
/* One netlink socket: a request, its answer, and what the kernel says of it. */

#ifndef NAAWG_NLSOCK_H
#define NAAWG_NLSOCK_H

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

struct nlsock {
	struct mnl_socket *sock;
	unsigned int portid;
	uint32_t seq;
	uint16_t family;
	unsigned int retries; /* dumps that changed under our eyes */
	char *buf;		/* holds keys at times: wiped at the end */
	size_t room;
};

/* Takes one message of an answer. Returns 0 or a negative errno. */
typedef int (*nlsock_cb)(const struct nlmsghdr *nlh, void *arg);

/* Both end with nlsock_close(), whatever nlsock_open() returned. */
int nlsock_open(struct nlsock *nls, int bus);
void nlsock_close(struct nlsock *nls);

/* An empty request in the buffer. */
struct nlmsghdr *nlsock_request(struct nlsock *nls, uint16_t type, uint16_t flags,
				size_t header_len);

/*
 * Sends the request in the buffer and takes the answer to its end. Returns 0
 * or a negative errno; -EINTR: a dump changed while it was taken.
 */
int nlsock_exchange(struct nlsock *nls, const struct nlmsghdr *nlh, nlsock_cb cb, void *arg);

/* Whether a dump that ended with @ret is to be begun again, which is not for ever so. */
bool nlsock_retry(struct nlsock *nls, int ret);

/* Waits for messages nobody asked for, and takes them. Returns as above. */
int nlsock_recv(struct nlsock *nls, nlsock_cb cb, void *arg);

/* Empty if the kernel said nothing. */
extern char nlsock_extack_msg[256];

/* Where in a request the kernel found what it refused; 0 if it did not say. */
extern uint32_t nlsock_extack_offset;

#endif
