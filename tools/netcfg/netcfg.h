/* SPDX-License-Identifier: GPL-2.0 */
/* The wanted and the present addresses, routes and rules of a link. */

#ifndef NAAWG_NETCFG_H
#define NAAWG_NETCFG_H

#include <stdio.h>

#include "conf/quick_conf.h"
#include "netcfg/rt.h"

/* Whether the link has a default route, which needs a table, and a fwmark to bypass it. */
bool netcfg_needs_fwmark(const struct device *dev, const struct quick *quick);

/* Adds the wanted items. Returns 0 or a negative errno. */
int netcfg_wanted(struct rt_list *want, const struct device *dev, const struct quick *quick,
		  int index, uint32_t mark, bool up);

/* Whether this is the rule that keeps local networks reachable. */
bool netcfg_is_first_rule(const struct rt_item *item);

/* Adds the present items of a link; its rules are those with one of the two fwmarks. */
int netcfg_present(struct rt_list *now, int index, uint32_t mark, uint32_t other_mark);

/*
 * Compares @now with @want. Additions come before removals, so that no packet leaves
 * outside the tunnel. Each difference is a line on @out (may be NULL). With @undo, each
 * step is done and added there. Returns the number of differences, or a negative errno
 * after printing the step that failed or would fail.
 */
int netcfg_diff(const struct rt_list *want, const struct rt_list *now, FILE *out,
		struct rt_list *undo);
void netcfg_undo(struct rt_list *undo);

/*
 * netcfg_rules() reads the rules of a link before it is deleted, as the routes tell which
 * rules belong to it. netcfg_drop() removes them afterwards.
 */
int netcfg_rules(struct rt_list *rules, int index, uint32_t mark);
void netcfg_drop(struct rt_list *rules);

#endif
