/* SPDX-License-Identifier: GPL-2.0 */
/* "Kill = yes": no way around a tunnel that is down. */

#ifndef NAAWG_KILL_H
#define NAAWG_KILL_H

#include <stdio.h>

#include "conf/quick_conf.h"
#include "netcfg/rt.h"

/*
 * Compares with the routes for a link that is up; without Kill in the file, with none.
 * Differences are printed to @out (may be NULL), and changed if @doit. Returns their
 * number, or a negative errno after printing it.
 */
int kill_up(const struct device *dev, const struct quick *quick, uint32_t mark, FILE *out,
	    bool doit);

/*
 * To be called before the link is deleted. Without @quick, as the file could not be
 * read, all that is blocked stays blocked. False: that failed, as was said, and the
 * link has to stay.
 */
bool kill_down(const struct device *dev, const struct quick *quick);

/* Whether the networks of a link of this name are blocked. */
bool kill_is_on(const char *name);
void kill_lift(const char *name);

/* Whether "Kill = yes" made this blackhole, for the link @name, or NULL for any link. */
bool kill_made(const struct rt_item *item, const char *name);

#endif
