/* SPDX-License-Identifier: GPL-2.0 */
/* Asks the kernel which way a packet takes. */

#ifndef NAAWG_RT_WAY_H
#define NAAWG_RT_WAY_H

#include "lib/model.h"

/*
 * The MTU of the way to @to. 0 if there is no way, or @to is an address of this
 * host: a proxy may take the packets on from there, over a way that is not known.
 */
int rt_path_mtu(const union endpoint *to, uint32_t mark, uint32_t *mtu);

/* 0: there is a way to @to, in the VRF of this index if it is not 0. */
int rt_way(const struct allowed_ip *to, int vrf, bool *local);

#endif
