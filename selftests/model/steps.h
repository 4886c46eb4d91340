/* SPDX-License-Identifier: GPL-2.0 */
/* The steps that are possible from a state. */
#ifndef MODEL_STEPS_H
#define MODEL_STEPS_H

#include "world.h"

/* Number of kinds of steps; a step that cannot happen now is skipped. */
extern const unsigned int n_steps;

/* Takes a step. False: it cannot happen now. */
bool step_take(unsigned int step);
const char *step_name(unsigned int step);

/*
 * Time goes on to the next moment at which something may change, by @most ns at most. False:
 * nothing will change.
 */
bool step_wait(u64 most);

#endif
