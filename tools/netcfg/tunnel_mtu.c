// SPDX-License-Identifier: GPL-2.0
/* The MTU of a new tunnel. */

#include "netcfg/rt.h"
#include "netcfg/rt_link.h"
#include "netcfg/rt_way.h"
#include "netcfg/tunnel_mtu.h"

/* Outer IPv6 and UDP headers, and header and tag of a message. */
#define OVERHEAD	80
#define MTU_DEFAULT	1420
#define MTU_LEAST	1280

/* If no peer has an endpoint, peers come by a default route. */
static uint32_t default_mtu(void)
{
	struct rt_list all = { 0 };
	uint32_t least = 0, mtu;
	size_t i;

	if (!rt_dump(&all, RT_ROUTE)) {
		for (i = 0; i < all.n; i++) {
			if (all.items[i].net.prefix_len || all.items[i].table != TABLE_MAIN)
				continue;
			mtu = rt_mtu_of(all.items[i].index);
			if (mtu && (!least || mtu < least))
				least = mtu;
		}
	}
	rt_list_destroy(&all);
	return least;
}

uint32_t tunnel_mtu(const struct device *dev, uint32_t mark)
{
	uint32_t least = 0, mtu;
	size_t i;

	for (i = 0; i < dev->n_peers; i++) {
		if (!(dev->peers[i].bits & PEER_HAS_ENDPOINT))
			continue;
		if (!rt_path_mtu(&dev->peers[i].endpoint, mark, &mtu) && mtu &&
		    (!least || mtu < least))
			least = mtu;
	}
	if (!least)
		least = default_mtu();
	if (!least)
		return MTU_DEFAULT;
	if (least > 65535)
		least = 65535;
	return least < MTU_LEAST + OVERHEAD ? MTU_LEAST : least - OVERHEAD;
}
