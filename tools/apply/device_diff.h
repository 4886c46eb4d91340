/* SPDX-License-Identifier: GPL-2.0 */
/* What it takes to get from one configuration of a link to another. */

#ifndef NAAWG_DEVICE_DIFF_H
#define NAAWG_DEVICE_DIFF_H

#include <stdio.h>

#include "lib/model.h"

/*
 * Fills @change, which needs no preparation, with a request that leads from @now
 * to @want and touches nothing that is the same, so that sessions live on. An
 * endpoint, private key, port or mark that @want does not hold stays; a
 * preshared key, a keepalive or a peer goes. Each difference is a line on @out
 * (may be NULL), without secrets. Returns their number or -ENOMEM.
 */
int device_diff(const struct device *want, const struct device *now, struct device *change,
		FILE *out);

/* Likewise for forwards, which are replaced as a whole. */
int forwards_diff(const struct device *want, const struct device *now, FILE *out);

/* The same one, whatever it has counted. */
bool has_forward(const struct device *dev, const struct forward *forward);

#endif
