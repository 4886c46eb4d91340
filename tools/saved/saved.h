/* SPDX-License-Identifier: GPL-2.0 */
/* The file that holds the links of a network namespace while they are away. */

#ifndef NAAWG_SAVED_H
#define NAAWG_SAVED_H

#include <net/if.h>

#include "saved/records.h"

/*
 * Messages of rtnetlink keep their own types: RTM_NEWLINK, RTM_NEWADDR, RTM_NEWROUTE and
 * RTM_NEWRULE. The tag of a record is the number of its link, or SAVED_ALL.
 */
enum saved_type {
	SAVED_DEVICE = 0x7000,	/* attributes of a set-device request; several in a row */
	SAVED_FORWARDS,		/* likewise, of set-forwards */
	SAVED_SYSCTL,		/* a path below /proc/sys/net, '\0', the value, '\0' */
	SAVED_AWAKE,		/* public keys of peers with a session and no keepalive */
	SAVED_HOLD,		/* a blackhole route that keeps packets in meanwhile */
	SAVED_BIRTH,		/* identifier of the namespace in which the link was made */
};

#define SAVED_ALL	UINT32_MAX

struct saved_link {
	char name[IFNAMSIZ];
	char kind[RECORD_KIND_ROOM];
	unsigned int index;	/* when it was saved */
	unsigned int index_now;	/* at present; 0: the link does not exist */
	bool up;		/* when it was saved */
	unsigned int port;	/* of a stock link that is up, while it is saved; else 0 */
	uint64_t removed;	/* time of removal, ns since boot; 0: not removed, or back */
};

struct saved {
	uint64_t cookie;	/* of the network namespace, unique until the next boot */
	uint64_t time;		/* ns since boot */
	struct saved_link *links;
	size_t n_links;
	struct records records;
};

/* Nanoseconds since boot. */
uint64_t saved_clock(void);

/* Seconds since @saved was saved, rounded down. */
uint32_t saved_age(const struct saved *saved);

/* Adds the link of an RTM_NEWLINK message that has a name. False: there is no memory. */
bool saved_add_link(struct saved *saved, const struct nlmsghdr *msg);
void saved_destroy(struct saved *saved);

/* The number of the network namespace of the caller. 0 or a negative errno. */
int saved_cookie(uint64_t *cookie);

/*
 * All print to standard error why they return false. saved_write() writes a file of mode
 * 0600, in a file system in memory. With @again it takes the place of the one that is
 * there, whose content is overwritten; else there must be none.
 */
bool saved_write(const struct saved *saved, const char *path, bool again);
bool saved_read(struct saved *saved, const char *path);

/* Writes into the file whether the link of this number is away. */
bool saved_note(const struct saved *saved, const char *path, size_t link);

#endif
