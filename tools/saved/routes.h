/* SPDX-License-Identifier: GPL-2.0 */
/* The routes of a network namespace while links of it are away. */

#ifndef NAAWG_ROUTES_H
#define NAAWG_ROUTES_H

#include "saved/saved.h"

/* Adds all routes of the network namespace. 0 or a negative errno. */
int routes_save(struct saved *saved);

/*
 * For each route over a saved link, adds a blackhole route below it, so that packets for
 * the link do not leave by another way. False: it was said which one failed.
 */
bool routes_hold(const struct saved *saved);

/*
 * Deletes all blackhole routes of routes_hold(), of earlier calls, too. False: it was said
 * why not.
 */
bool routes_release(void);

/* Adds the routes over the links of @saved. Those that fail are left for routes_restore(). */
void routes_first(const struct saved *saved);

/*
 * Adds all saved routes that are missing, and deletes routes over the links that were not
 * there before. False: it was said which are still missing.
 */
bool routes_restore(const struct saved *saved);

#endif
