/* SPDX-License-Identifier: GPL-2.0 */
/* "Kill = yes": no way around a tunnel that is down. */

#ifndef NAAWG_KILL_H
#define NAAWG_KILL_H

#include <stdio.h>

#include "quick/quick.h"

/*
 * The routes that are to be there while the link is up, or none without Kill in the
 * file: lines on @out (may be NULL), and made if @doit. Returns the number of
 * differences or a negative errno, which was said.
 */
int kill_up(const struct device *dev, const struct quick *quick, uint32_t mark, FILE *out,
	    bool doit);

/*
 * Before the link goes. Without @quick, as the file could not be read, what was
 * blocked stays so. False: it was said why not, and the link has to stay.
 */
bool kill_down(const struct device *dev, const struct quick *quick);

/* Whether the networks of a link of this name are blocked. */
bool kill_is_on(const char *name);
void kill_lift(const char *name);

#endif
