/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of peers that are addresses of this host. */

#ifndef NAAWG_LOCAL_H
#define NAAWG_LOCAL_H

#include <stdio.h>

#include "quick/audit.h"

/*
 * Finds peers of a file that have addresses of this host, if the file is for it, or
 * of loopback. With Table = off the first are warnings.
 */
void audit_local(struct audit *audit, const struct device *dev, const struct quick *quick);

/*
 * The same for a running link, one line each. Returns their number; 0 for who may not
 * ask, and where the file said Table = off, as the lines are warnings then.
 */
unsigned int local_report(const char *name, FILE *out);

#endif
