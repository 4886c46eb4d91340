/* SPDX-License-Identifier: GPL-2.0 */
/* Conversations with the kernel over netlink sockets. */

#ifndef NAAWG_NL_H
#define NAAWG_NL_H

#include "lib/model.h"

struct link_name {
	char name[IFNAMSIZ];
	char kind[32];		/* empty for links of no kind */
	int index;
	unsigned int flags;	/* IFF_UP and the like */
	uint32_t mtu;
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

/* Adds to @dev, which device_init() or nl_get_device() prepared. */
int nl_get_forwards(struct device *dev);

/*
 * One request with all forwards of @dev: to add, to remove, or with
 * FORWARDS_REPLACE all there shall be. *@refused tells which of them the kernel
 * did not like, or their number. A success may leave a warning in
 * nl_kernel_says.
 */
enum forwards_flags {
	FORWARDS_REMOVE		= 1 << 0,
	FORWARDS_REPLACE	= 1 << 1,
	FORWARDS_KILL		= 1 << 2,
};

int nl_set_forwards(const struct device *dev, unsigned int flags, size_t *refused);

/*
 * Hears what happens to the naawg links of this network namespace. @hear gets
 * the NAAWG_CMD_*_NTF and what it says; 0 and NULL once all that happens is
 * heard of, which is so again when the module was exchanged; -ENOBUFS and NULL
 * if something was missed, but nothing is from then on. Ends when it returns
 * false, or with a negative errno.
 */
typedef bool (*hear_fn)(int event, const struct device *dev, void *arg);

int nl_listen(hear_fn hear, void *arg);

/* Every link of this network namespace; only naawg ones with @naawg_only. */
int nl_list_links(struct link_list *list, bool naawg_only);
void link_list_destroy(struct link_list *list);

/* Empty if the kernel said nothing. */
extern char nl_kernel_says[256];

#endif
