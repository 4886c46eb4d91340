/* SPDX-License-Identifier: GPL-2.0 */
/* Finds the generic netlink family of the module and starts requests to it. */

#ifndef NAAWG_GENL_H
#define NAAWG_GENL_H

#include <linux/genetlink.h>

#include "lib/nlsock.h"

#define GENL_HEADER	sizeof(struct genlmsghdr)

struct genl_family {
	char name[GENL_NAMSIZ];
	uint16_t id;
	uint32_t events;	/* number of its multicast group */
};

/* Parses a description of a family. An nlsock_cb. */
int genl_parse_family(const struct nlmsghdr *nlh, void *family);

/*
 * Opens a socket and finds the family; the kernel loads the module if it is not loaded.
 * *@events (may be NULL) gets the number of the multicast group. The caller calls
 * nlsock_close() in any case. Returns 0 or a negative errno as in nl.h.
 */
int genl_start(struct nlsock *nls, uint32_t *events);

/* Starts a request in the buffer. */
struct nlmsghdr *genl_request(struct nlsock *nls, uint16_t type, uint8_t cmd, uint8_t version,
			      uint16_t flags);

#endif
