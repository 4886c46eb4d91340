/* SPDX-License-Identifier: GPL-2.0 */
/* Name servers of a tunnel, handed to whatever manages them here. */

#ifndef NAAWG_DNS_H
#define NAAWG_DNS_H

#include "conf/quick_conf.h"

/* Without a manager it warns and succeeds: a tunnel is more than its names. */
bool dns_set(const struct device *dev, const struct quick *quick);
/*
 * Removes the servers that dns_set() has set; false: there are none. @stays: the link is
 * not deleted, so systemd-resolved would keep them.
 */
bool dns_unset(const char *name, bool stays);
/* For a deleted link: removes servers that commands have set for it as well. */
void dns_forget(const char *name);

#endif
