/* SPDX-License-Identifier: GPL-2.0 */
/* Sends pings of a given size through an interface. */

#ifndef NAAWG_PING_H
#define NAAWG_PING_H

#include <stddef.h>

#include "lib/model.h"

struct ping {
	int fd;
	bool raw;			/* the socket shows IPv4 headers */
	struct allowed_ip to;
	uint16_t sequence;
	int wait_ms;			/* how long to wait for an answer */
};

/* Returns 0 or a negative errno: -EPERM or -EACCES without a privilege. */
int ping_open(struct ping *ping, const struct allowed_ip *to, const char *interface);

/*
 * Sends a packet of @size bytes, IP header included, which routers may not fragment.
 * Returns 1 if it was answered, 0 if not, or a negative errno.
 */
int ping_send(struct ping *ping, size_t size);
void ping_close(struct ping *ping);

#endif
