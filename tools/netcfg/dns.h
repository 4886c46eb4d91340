/* SPDX-License-Identifier: GPL-2.0 */
/* Passes the name servers of a tunnel to the program that manages them on this host. */

#ifndef NAAWG_DNS_H
#define NAAWG_DNS_H

#include "conf/quick_conf.h"

/* Sets the servers. Without such a program it warns and returns true. */
bool dns_set(const struct device *dev, const struct quick *quick);
/*
 * Removes the servers that dns_set() set. False: there are none. @stays: the link is not
 * deleted, so systemd-resolved would keep its servers.
 */
bool dns_unset(const char *name, bool stays);
/* For a deleted link: also removes servers that hooks set for it. */
void dns_forget(const char *name);

#endif
