/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family of the module: its numbers, and requests to it. */

#ifndef NAAWG_GENL_H
#define NAAWG_GENL_H

#include <linux/genetlink.h>

#include "lib/nlsock.h"

#define GENL_HEADER	sizeof(struct genlmsghdr)

struct genl_family {
	uint16_t id;
	uint32_t events;	/* number of its multicast group */
	bool ours;
};

/* Of what the kernel tells of families. A nlsock_cb. */
int genl_parse_family(const struct nlmsghdr *nlh, void *family);

/*
 * Begins a conversation with the module, which the kernel loads if there is one.
 * *@events (may be NULL) gets the number of its group. Ends with nlsock_close(),
 * whatever it returned; 0 or a negative errno as in nl.h.
 */
int genl_start(struct nlsock *nls, uint32_t *events);

/* An empty request in the buffer. */
struct nlmsghdr *genl_request(struct nlsock *nls, uint16_t type, uint8_t cmd, uint8_t version,
			      uint16_t flags);

#endif
