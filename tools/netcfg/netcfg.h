/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses, routes and rules of a link: as they are, and as they shall be. */

#ifndef NAAWG_NETCFG_H
#define NAAWG_NETCFG_H

#include <stdio.h>

#include "conf/quick_conf.h"
#include "netcfg/rt.h"

/* A default route needs a table of its own, and a mark for what must not use it. */
bool netcfg_needs_fwmark(const struct device *dev, const struct quick *quick);

/* 0 or a negative errno. */
int netcfg_wanted(struct rt_list *want, const struct device *dev, const struct quick *quick,
		  int index, uint32_t mark, bool up);

/* The rule by which local networks stay reachable beside any tunnel. */
bool netcfg_is_first_rule(const struct rt_item *item);

/* What this link has: of rules, those of these two marks that lead to it. */
int netcfg_present(struct rt_list *now, int index, uint32_t mark, uint32_t other_mark);

/*
 * Leads from @now to @want: additions, then removals, in an order that never
 * sends inside traffic outside. Lines on @out (may be NULL); with @undo each
 * step is done and remembered there. Returns the number of differences or a
 * negative errno, with the step that failed, or would, said on standard error.
 */
int netcfg_diff(const struct rt_list *want, const struct rt_list *now, FILE *out,
		struct rt_list *undo);
void netcfg_undo(struct rt_list *undo);

/*
 * For a link that goes: its rules, which cannot be told from others' without
 * its routes, so before; and takes them away, afterwards.
 */
int netcfg_rules(struct rt_list *rules, int index, uint32_t mark);
void netcfg_drop(struct rt_list *rules);

#endif
