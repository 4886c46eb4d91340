/* SPDX-License-Identifier: GPL-2.0 */
/* Turns a wanted and a present configuration of a link into a change. */

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

/*
 * The change for syncconf, without lines: the link and every peer as @want has them,
 * removals of the other peers, and nothing that would replace all peers. Returns 0 or
 * -ENOMEM.
 */
int device_sync(const struct device *want, const struct device *now, struct device *change);

#endif
