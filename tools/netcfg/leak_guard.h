/* SPDX-License-Identifier: GPL-2.0 */
/* What a tunnel needs of the host around it, besides routes. */

#ifndef NAAWG_LEAK_GUARD_H
#define NAAWG_LEAK_GUARD_H

#include "conf/quick_conf.h"
#include "netcfg/rt.h"

/* The MTU for the outer ways there are to the endpoints, 80 bytes taken off. */
uint32_t netcfg_mtu(const struct device *dev, uint32_t mark);

/* Whether IPv6 is switched off. If so, says that, and which line of the file needs it. */
bool netcfg_ip6_off(const struct rt_item *item);

/* What a default route needs besides rules. Warns where it cannot. */
void leak_guard_add(const char *name, uint32_t mark, const struct quick *quick);
void leak_guard_remove(const char *name);

#endif
