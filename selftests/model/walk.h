/* SPDX-License-Identifier: GPL-2.0 */
/* Random walks: fewer states than explore() visits, and much farther away. */
#ifndef MODEL_WALK_H
#define MODEL_WALK_H

#define WALK_MAX	1000

/*
 * Takes @n walks of @length random steps each from the world as it is, the same in every run.
 * Returns the number of steps, up to the first property that does not hold.
 */
unsigned long walks(unsigned long n, unsigned int length);

#endif
