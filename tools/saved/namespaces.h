/* SPDX-License-Identifier: GPL-2.0 */
/* The network namespaces of this machine. */

#ifndef NAAWG_NAMESPACES_H
#define NAAWG_NAMESPACES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct namespace {
	ino_t inode;
	int fd;
	char where[80];		/* for people */
};

struct namespaces {
	struct namespace *list;
	size_t n, room;
};

/*
 * Finds each network namespace that a process, a thread, a mount or a file descriptor
 * keeps. If @wanted is not NULL, stops when these @n_wanted were found. 0 or a negative
 * errno; namespaces_close() is needed in any case.
 */
int namespaces_find(struct namespaces *all, const ino_t *wanted, size_t n_wanted);
void namespaces_close(struct namespaces *all);

/* From now on this program is in that network namespace. False: it was said why not. */
bool namespace_enter(const struct namespace *ns);

#endif
