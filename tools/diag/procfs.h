/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of the network stack in /proc/net. */

#ifndef NAAWG_PROCFS_H
#define NAAWG_PROCFS_H

#include <stdint.h>

/* The counter @name of the group @group ("Ip:"); 0 if there is none. */
uint64_t procfs_count(const char *path, const char *group, const char *name);

#endif
