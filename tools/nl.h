/* SPDX-License-Identifier: GPL-2.0 */
/* Conversations with the kernel over netlink sockets. */

#ifndef NAAWG_NL_H
#define NAAWG_NL_H

#include "model.h"

struct link_name {
	char name[IFNAMSIZ];
	char kind[32];		/* empty for links of no kind */
};

struct link_list {
	struct link_name *links;
	size_t n, room;
};

/*
 * All of these return 0 or a negative errno, and leave the sentence the
 * kernel gave with a refusal in nl_kernel_says.
 *
 * -EPROTONOSUPPORT: the kernel does not know naawg, and did not find a module
 * to load either.
 */
int nl_get_device(const char *name, struct device *dev);
int nl_get_stats(const char *name, struct device *dev);

/* *@parts tells how many of the messages were accepted. */
int nl_set_device(const struct device *dev, unsigned int *parts);

/* Every link of this network namespace; only naawg ones with @naawg_only. */
int nl_list_links(struct link_list *list, bool naawg_only);
void link_list_destroy(struct link_list *list);

/* Empty if the kernel said nothing. */
extern char nl_kernel_says[256];

#endif
