/* SPDX-License-Identifier: GPL-2.0 */
/* Sends requests to the driver that has the names "wireguard", which may be naawg. */

#ifndef NAAWG_NL_STOCK_H
#define NAAWG_NL_STOCK_H

#include "lib/model.h"

/*
 * Both return 0 or a negative errno; -EPROTONOSUPPORT: no driver has the names. The kernel
 * loads no module for them.
 */
int nl_stock_get(const char *name, struct device *dev);
int nl_stock_set(const struct device *dev);

#endif
