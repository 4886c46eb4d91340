/* SPDX-License-Identifier: GPL-2.0 */
/* Lists the network interfaces, and tells which of them naawg serves. */

#ifndef NAAWG_NL_LINKS_H
#define NAAWG_NL_LINKS_H

#include "lib/link_dump.h"

/*
 * Lists all links of this network namespace, with @naawg_only those that naawg serves: the
 * ones of kind `naawg', and those of kind `wireguard' while naawg has that name. Returns 0
 * or a negative errno.
 */
int nl_list_links(struct link_list *list, bool naawg_only);

/* Finds the link @name of this network namespace. Returns 0, -ENODEV or another errno. */
int nl_find_link(struct link_name *link, const char *name);

/* Whether the stock driver serves it, or another one under the same names. */
bool link_is_stock(const struct link_name *link);

#endif
