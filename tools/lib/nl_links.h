/* SPDX-License-Identifier: GPL-2.0 */
/* Lists the network interfaces. */

#ifndef NAAWG_NL_LINKS_H
#define NAAWG_NL_LINKS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uapi/naawg.h>

struct link_name {
	char name[IFNAMSIZ];
	char kind[32];		/* "" for a link without a kind */
	int index;
	unsigned int flags;	/* IFF_UP and the like */
	uint32_t mtu;
};

struct link_list {
	struct link_name *links;
	size_t n, room;
};

/*
 * Lists all links of this network namespace, with @naawg_only those of naawg. Returns 0 or
 * a negative errno.
 */
int nl_list_links(struct link_list *list, bool naawg_only);
void link_list_destroy(struct link_list *list);

#endif
