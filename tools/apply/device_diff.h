/* SPDX-License-Identifier: GPL-2.0 */
/* Turns a wanted and a present configuration of a link into a change. */

#ifndef NAAWG_DEVICE_DIFF_H
#define NAAWG_DEVICE_DIFF_H

#include <stdio.h>

#include "lib/model.h"

/*
 * Fills @change, which needs no preparation, with the differences between @now and
 * @want. It touches nothing else, so that sessions live on. If @want lacks an endpoint,
 * private key, port or fwmark, the present one stays; if it lacks a preshared key, a
 * keepalive or a peer, that is removed. Each difference is a line on @out (may be NULL),
 * without secrets. Returns their number or -ENOMEM.
 */
int device_diff(const struct device *want, const struct device *now, struct device *change,
		FILE *out);

/*
 * Fills @change for syncconf: the attributes of the link, removals of peers that @want
 * lacks, and every wanted peer as a whole. Sessions live on, as peers are not replaced.
 * Returns 0 or -ENOMEM.
 */
int device_sync(const struct device *want, const struct device *now, struct device *change);

#endif
