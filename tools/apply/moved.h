/* SPDX-License-Identifier: GPL-2.0 */
/* Follows a link that hooks move to another network namespace. */

#ifndef NAAWG_MOVED_H
#define NAAWG_MOVED_H

#include <libmnl/libmnl.h>

struct moved {
	struct mnl_socket *sock;
	int index;		/* of the link in this namespace */
	enum moved_to {
		MOVED_NOT,	/* no move was reported */
		MOVED_AWAY,	/* to namespace @nsid, where its index is @there */
		MOVED_DELETED,
	} to;
	int nsid;
	int there;
};

/* Starts to watch the link: the kernel reports moves to listeners only. */
void moved_watch(struct moved *moved, int index);
void moved_end(struct moved *moved);

/* Where the link is now. */
enum moved_to moved_where(struct moved *moved);

/* Deletes the link in its present namespace. Returns 0 or a negative errno. */
int moved_delete(const struct moved *moved);

#endif
