/* SPDX-License-Identifier: GPL-2.0 */
/* Asks the kernel which way a packet takes. */

#ifndef NAAWG_RT_WAY_H
#define NAAWG_RT_WAY_H

#include "lib/model.h"

struct rt_way {
	uint32_t mtu;		/* of the route; 0: that of its interface */
	int index;		/* of the interface */
	bool local;		/* to an address of this host */
};

/*
 * Asks the kernel for the way to @to; @oif (an interface or a VRF) and @mark may be 0.
 * Returns 0 or a negative errno.
 */
int rt_way_find(struct rt_way *way, const struct allowed_ip *to, uint32_t oif, uint32_t mark);
/* The same for the outer packets to an endpoint. */
int rt_way_out(struct rt_way *way, const union endpoint *to, uint32_t mark);

/*
 * Gets the MTU of the way to @to. *@mtu is 0 if there is no way, or if @to is an address of
 * this host: a proxy may send the packets on over an unknown way. Returns 0 or a negative
 * errno.
 */
int rt_path_mtu(const union endpoint *to, uint32_t mark, uint32_t *mtu);

/* Returns 0 if there is a way to @to, in VRF @vrf if that is not 0; @local: to this host. */
int rt_way(const struct allowed_ip *to, int vrf, bool *local);

#endif
