/* SPDX-License-Identifier: GPL-2.0 */
/* A link that commands of a file move to another network namespace. */

#ifndef NAAWG_MOVED_H
#define NAAWG_MOVED_H

#include <libmnl/libmnl.h>

struct moved {
	struct mnl_socket *sock;
	int index;		/* of the link, here */
	enum moved_to {
		MOVED_NOT,	/* as far as is known */
		MOVED_AWAY,	/* to @nsid, where its index is @there */
		MOVED_DELETED,
	} to;
	int nsid;
	int there;
};

/* Watches the link from here on: the kernel tells only listeners where it went. */
void moved_watch(struct moved *moved, int index);
void moved_end(struct moved *moved);

/* Where the link is by now. */
enum moved_to moved_where(struct moved *moved);

/* Deletes it where it is: 0 or a negative errno. */
int moved_delete(const struct moved *moved);

#endif
