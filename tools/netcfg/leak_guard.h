/* SPDX-License-Identifier: GPL-2.0 */
/* What a tunnel needs of the host around it, besides routes. */

#ifndef NAAWG_LEAK_GUARD_H
#define NAAWG_LEAK_GUARD_H

#include "conf/quick_conf.h"

/* What a default route needs besides rules. Warns where it cannot. */
void leak_guard_add(const char *name, uint32_t mark, const struct quick *quick);
void leak_guard_remove(const char *name);

#endif
