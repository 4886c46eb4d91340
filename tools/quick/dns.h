/* SPDX-License-Identifier: GPL-2.0 */
/* Name servers of a tunnel, handed to whatever manages them here. */

#ifndef NAAWG_DNS_H
#define NAAWG_DNS_H

#include "quick/quick.h"

/* Without a manager it warns and succeeds: a tunnel is more than its names. */
bool dns_set(const struct device *dev, const struct quick *quick);
/*
 * Takes away what dns_set() has set; false: that is nothing. @stays: the link does,
 * so nobody forgets it by himself.
 */
bool dns_unset(const char *name, bool stays);
/* For a link that has gone: takes away as well what commands have set for it. */
void dns_forget(const char *name);

#endif
