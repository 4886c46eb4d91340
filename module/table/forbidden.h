/* SPDX-License-Identifier: GPL-2.0 */
/* Networks that the peers of a device may not reach through it. */
#ifndef _NAAWG_FORBIDDEN_H
#define _NAAWG_FORBIDDEN_H

#include <linux/list.h>

#include "allowedips.h"

/* Maximum number of networks that a device may forbid. */
#define NAAWG_FORBIDDEN_MAX	256

/**
 * struct naawg_forbidden - a set of networks, constant once it is published
 * @nets: the networks; their peer is a dummy
 * @list: the networks in the order they were added
 */
struct naawg_forbidden {
	struct naawg_allowedips nets;
	struct list_head list;
};

/* Writers: process context, @lock held; @forbidden is not published yet. */
struct naawg_forbidden *naawg_forbidden_new(struct mutex *lock);
int naawg_forbidden_add(struct naawg_forbidden *forbidden,
			const struct naawg_prefix *prefix);
/*
 * The caller holds the lock. If @forbidden was published, a grace period has passed
 * since it was replaced. @forbidden may be NULL.
 */
void naawg_forbidden_free(struct naawg_forbidden *forbidden);

/* Readers: under rcu_read_lock(). */
bool naawg_forbidden_has4(const struct naawg_forbidden *forbidden, __be32 addr);
bool naawg_forbidden_has6(const struct naawg_forbidden *forbidden,
			  const struct in6_addr *addr);
bool naawg_forbidden_destination(const struct naawg_forbidden *forbidden,
				 const void *packet);

/* Most devices forbid nothing: a packet then costs one comparison. */
static inline bool naawg_forbidden_meets(const struct naawg_forbidden *forbidden,
					 const void *packet)
{
	return unlikely(forbidden) &&
	       naawg_forbidden_destination(forbidden, packet);
}

#endif
