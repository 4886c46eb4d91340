/* SPDX-License-Identifier: GPL-2.0 */
/* Asks the network whether endpoints can be reached, with one empty datagram for each. */

#ifndef NAAWG_REACH_H
#define NAAWG_REACH_H

#include <stddef.h>

#include "lib/model.h"

enum reach_report {
	REACH_NOTHING,			/* nobody reported an error */
	REACH_NO_ROUTE,			/* this host has no way */
	REACH_NO_NEIGHBOUR,		/* no host answers to the address on the link */
	REACH_FIREWALL_HERE,		/* this host refuses to send */
	REACH_UNREACHABLE,		/* a router says so */
	REACH_REJECTED,			/* a firewall on the way says so */
	REACH_CLOSED,			/* the host says that nothing listens on the port */
};

struct reach {
	union endpoint to;
	enum reach_report report;
	union endpoint by;		/* the reporter; family 0: this host */
	int fd;
};

/* Sends to all at once, and waits up to @ms for reports. */
void reach_ask(struct reach *list, size_t n, uint32_t mark, int ms);

#endif
