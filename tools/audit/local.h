/* SPDX-License-Identifier: GPL-2.0 */
/* Finds peers with an address of this host. */

#ifndef NAAWG_LOCAL_H
#define NAAWG_LOCAL_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/model.h"

/*
 * Prints a line to @out for each such peer of a running link for which @asked (NULL: all)
 * returns true. Returns their number. Returns 0 if the caller may not read the peers, or
 * if the file had Table = off, which makes them warnings.
 */
unsigned int local_report(const char *name, FILE *out,
			  bool (*asked)(const void *arg, const struct peer *peer),
			  const void *arg);

/* Warns on standard error of such allowed IPs in a change of a running link. */
void local_warn(const struct device *change);

#endif
