/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of peers that are addresses of this host. */

#ifndef NAAWG_LOCAL_H
#define NAAWG_LOCAL_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/model.h"


/*
 * The same for a running link, one line each, of those peers that @asked (NULL: all)
 * returns true for. Returns their number. Returns 0 if the caller may not read the
 * peers, or if the file said Table = off: they are warnings then.
 */
unsigned int local_report(const char *name, FILE *out,
			  bool (*asked)(const void *arg, const struct peer *peer),
			  const void *arg);

/* Warns on standard error of such allowed IPs in a change of a running link. */
void local_warn(const struct device *change);

#endif
