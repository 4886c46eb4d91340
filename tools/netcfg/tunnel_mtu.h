/* SPDX-License-Identifier: GPL-2.0 */
/* The MTU of a new tunnel. */

#ifndef NAAWG_TUNNEL_MTU_H
#define NAAWG_TUNNEL_MTU_H

#include "lib/model.h"

/* The least MTU of the ways to the endpoints of @dev, less the overhead of a packet. */
uint32_t tunnel_mtu(const struct device *dev, uint32_t mark);

#endif
