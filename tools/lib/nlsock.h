/* SPDX-License-Identifier: GPL-2.0 */
/* A netlink socket: sends a request, receives the answer and its extended ack. */

#ifndef NAAWG_NLSOCK_H
#define NAAWG_NLSOCK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Requests stay below 64 KB, the largest length of a nested attribute. The kernel sends
 * answers in messages of up to 32 KB.
 */
#define REQUEST_ROOM	(60 * 1024)
#define BUFFER_ROOM	(64 * 1024)

struct nlsock {
	struct mnl_socket *sock;
	unsigned int portid;
	uint32_t seq;
	uint16_t family;
	unsigned int retries; /* dumps that were interrupted by a change */
	char *buf;		/* may hold keys, so nlsock_close() wipes it */
	size_t room;
};

/* Parses one message of an answer. Returns 0 or a negative errno. */
typedef int (*nlsock_cb)(const struct nlmsghdr *nlh, void *arg);

/* The caller calls nlsock_close() in any case, even after an error of nlsock_open(). */
int nlsock_open(struct nlsock *nls, int bus);
void nlsock_close(struct nlsock *nls);

/* Starts a request in the buffer. */
struct nlmsghdr *nlsock_request(struct nlsock *nls, uint16_t type, uint16_t flags,
				size_t header_len);

/*
 * Sends the request in the buffer and receives the whole answer. Returns 0 or a negative
 * errno; -EINTR: a change interrupted the dump.
 */
int nlsock_exchange(struct nlsock *nls, const struct nlmsghdr *nlh, nlsock_cb cb, void *arg);

/* Whether to repeat a dump that returned @ret; the number of tries is limited. */
bool nlsock_retry(struct nlsock *nls, int ret);

/* Waits for messages without a request, and parses them. Returns as above. */
int nlsock_recv(struct nlsock *nls, nlsock_cb cb, void *arg);

/* The message of the last answer; "" if there was none. */
extern char nlsock_extack_msg[256];

/* The offset in the request of the attribute the kernel refused; 0: not reported. */
extern uint32_t nlsock_extack_offset;

#endif
