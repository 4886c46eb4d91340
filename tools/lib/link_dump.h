/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the links of a network namespace. */

#ifndef NAAWG_LINK_DUMP_H
#define NAAWG_LINK_DUMP_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link_name {
	char name[IFNAMSIZ];
	char kind[32];		/* "" for a link without a kind */
	int index;
	unsigned int flags;	/* IFF_UP and the like */
	uint32_t mtu;
	bool ours;		/* naawg serves it; set by nl_list_links() */
};

struct link_list {
	struct link_name *links;
	size_t n, room;
};

/* Reads all links, without @ours. Returns 0 or a negative errno. */
int link_dump(struct link_list *list);
void link_list_destroy(struct link_list *list);

#endif
