/* SPDX-License-Identifier: GPL-2.0 */
/* What the module tells of itself, until nobody wants to hear more. */

#ifndef NAAWG_NL_LISTEN_H
#define NAAWG_NL_LISTEN_H

#include "lib/model.h"

/*
 * Hears what happens to the naawg links of this network namespace. @hear gets
 * the NAAWG_CMD_*_NTF and what it says; 0 and NULL once all that happens is
 * heard of, which is so again when the module was exchanged; -ENOBUFS and NULL
 * if something was missed, but nothing is from then on. Ends when it returns
 * false, or with a negative errno.
 */
typedef bool (*nl_listen_cb)(int event, const struct device *dev, void *arg);

int nl_listen(nl_listen_cb cb, void *arg);

#endif
