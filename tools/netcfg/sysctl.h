/* SPDX-License-Identifier: GPL-2.0 */
/* Settings of the kernel in /proc/sys. */

#ifndef NAAWG_SYSCTL_H
#define NAAWG_SYSCTL_H

#include "netcfg/rt.h"

/* The digit the file at @path begins with; 0 if it cannot be read. */
int sysctl_read(const char *path);
bool sysctl_write(const char *path, const char *value);

/*
 * Whether @item failed because IPv6 is switched off. If so, prints that to standard
 * error, and how to switch it on.
 */
bool sysctl_ip6_off(const struct rt_item *item);

#endif
