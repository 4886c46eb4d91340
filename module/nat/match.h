/* SPDX-License-Identifier: GPL-2.0 */
/* Matching of connections and forwards. */
#ifndef _NAAWG_MATCH_H
#define _NAAWG_MATCH_H

#include <net/netfilter/nf_conntrack.h>

#include "forwards.h"

bool naawg_forward_is_own_address(const struct naawg_dev *dev, u8 family,
				  const union nf_inet_addr *addr);
bool naawg_forward_admits(const struct naawg_forward *forward,
			  const struct naawg_dev *dev, u8 family,
			  const union nf_inet_addr *source);
void naawg_forward_target(const struct naawg_forward *forward,
			  const struct nf_conntrack_tuple *original,
			  union nf_inet_addr *addr, __be16 *port);
struct naawg_forward *
naawg_forward_of(const struct naawg_dev *dev,
		 const struct naawg_forward_table *table,
		 const struct nf_conn *ct);

#endif
