/* SPDX-License-Identifier: GPL-2.0 */
/* "Kill = yes": blocks the networks of a tunnel that is down. */

#ifndef NAAWG_KILL_H
#define NAAWG_KILL_H

#include <stdio.h>

#include "conf/quick_conf.h"
#include "netcfg/rt.h"

/*
 * Makes the blackholes those for a link that is up; without Kill in the file, removes all.
 * Differences are printed to @out (may be NULL), and changed if @doit. Returns their
 * number, or a negative errno after printing an error.
 */
int kill_up(const struct device *dev, const struct quick *quick, uint32_t mark, FILE *out,
	    bool doit);

/*
 * Makes the blackholes those for a link that is down. Call this before the link is
 * deleted. @quick NULL: the file could not be read, so blocked networks stay blocked.
 * False: that failed, which was printed, and the caller must keep the link.
 */
bool kill_down(const struct device *dev, const struct quick *quick);

/* Whether networks of a link with this name are blocked. */
bool kill_is_on(const char *name);
void kill_lift(const char *name);

/* Whether "Kill = yes" made this blackhole for the link @name; NULL: for any link. */
bool kill_made(const struct rt_item *item, const char *name);

#endif
