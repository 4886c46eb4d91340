/* SPDX-License-Identifier: GPL-2.0 */
/* Networks that the peers of a device may not reach through it. */
#ifndef _NAAWG_FORBIDDEN_H
#define _NAAWG_FORBIDDEN_H

#include <linux/list.h>

#include "allowedips.h"

/* Networks a device may forbid. */
#define NAAWG_FORBIDDEN_MAX	256

/**
 * struct naawg_forbidden - one set of networks; published whole, then unchanged
 * @nets: the networks; every one of them has the set itself as its peer
 * @list: the networks in the order they were added
 */
struct naawg_forbidden {
	struct naawg_allowedips nets;
	struct list_head list;
};

/* writers: process context, @lock held; @forbidden not published yet */
struct naawg_forbidden *naawg_forbidden_new(struct mutex *lock);
int naawg_forbidden_add(struct naawg_forbidden *forbidden,
			const struct naawg_prefix *prefix);
/* after a grace period, if it was published; the lock held. NULL is fine */
void naawg_forbidden_free(struct naawg_forbidden *forbidden);

/* readers: under rcu_read_lock() */
bool naawg_forbidden_has4(const struct naawg_forbidden *forbidden, __be32 addr);
bool naawg_forbidden_has6(const struct naawg_forbidden *forbidden,
			  const struct in6_addr *addr);
bool naawg_forbidden_destination(const struct naawg_forbidden *forbidden,
				 const void *packet);

/* Most devices forbid nothing, and pay one comparison. */
static inline bool naawg_forbidden_meets(const struct naawg_forbidden *forbidden,
					 const void *packet)
{
	return unlikely(forbidden) &&
	       naawg_forbidden_destination(forbidden, packet);
}

#endif
