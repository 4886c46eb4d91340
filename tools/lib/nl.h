/* SPDX-License-Identifier: GPL-2.0 */
/* Conversations with the kernel over netlink sockets. */

#ifndef NAAWG_NL_H
#define NAAWG_NL_H

#include "lib/model.h"

/*
 * All of these return 0 or a negative errno, and leave the sentence the
 * kernel gave with a refusal in nlsock_extack_msg.
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
 * nlsock_extack_msg.
 */
enum forwards_flags {
	FORWARDS_REMOVE		= 1 << 0,
	FORWARDS_REPLACE	= 1 << 1,
	FORWARDS_KILL		= 1 << 2,
};

int nl_set_forwards(const struct device *dev, unsigned int flags, size_t *refused);

#endif
