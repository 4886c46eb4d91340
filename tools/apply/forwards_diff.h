/* SPDX-License-Identifier: GPL-2.0 */
/* The differences between the wanted and the present forwards of a link. */

#ifndef NAAWG_FORWARDS_DIFF_H
#define NAAWG_FORWARDS_DIFF_H

#include <stdio.h>

#include "lib/model.h"

/*
 * Forwards are replaced as a whole, so there is no change to build. Each difference is a
 * line on @out (may be NULL). Returns the number of differences.
 */
int forwards_diff(const struct device *want, const struct device *now, FILE *out);

/* Whether @dev has this forward; counters are not compared. */
bool has_forward(const struct device *dev, const struct forward *forward);

#endif
