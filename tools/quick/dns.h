/* SPDX-License-Identifier: GPL-2.0 */
/* Name servers of a tunnel, handed to whatever manages them here. */

#ifndef NAAWG_DNS_H
#define NAAWG_DNS_H

#include "quick/quick.h"

/* Without a manager it warns and succeeds: a tunnel is more than its names. */
bool dns_set(const struct device *dev, const struct quick *quick);
/* @stays: the link does, so nobody forgets it by himself. */
void dns_unset(const char *name, bool stays);

#endif
