/* SPDX-License-Identifier: GPL-2.0 */
/* Visits states, nearest first. */
#ifndef MODEL_EXPLORE_H
#define MODEL_EXPLORE_H

#include "world.h"

/**
 * struct explored - what was seen
 * @states: states that were visited
 * @steps: steps that were taken
 * @depth: all states that few steps away, and fewer, were visited
 * @whole: there are no more states
 */
struct explored {
	unsigned long states;
	unsigned long steps;
	unsigned int depth;
	bool whole;
};

/*
 * Begins with the world as it is. Ends at @max states, or at the first property that does not
 * hold, and prints the way there.
 */
struct explored explore(unsigned long max);

#endif
