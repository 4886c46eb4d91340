/* SPDX-License-Identifier: GPL-2.0 */
/* Guards the addresses of a tunnel with an nft table, and sets src_valid_mark. */

#ifndef NAAWG_LEAK_GUARD_H
#define NAAWG_LEAK_GUARD_H

#include "conf/quick_conf.h"

/* For a link with a default route. Warns on standard error if a part fails. */
void leak_guard_add(const char *name, uint32_t mark, const struct quick *quick);
void leak_guard_remove(const char *name);

#endif
