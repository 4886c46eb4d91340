/* SPDX-License-Identifier: GPL-2.0 */
/* The wg that commands of a file call. */

#ifndef NAAWG_HOOK_WG_H
#define NAAWG_HOOK_WG_H

#include "quick/state.h"

/*
 * The directory with wg for commands of this link's file, which is made if need be.
 * False: it cannot be had, and they find what there is.
 */
bool hook_wg_dir(char path[static STATE_BESIDE_LEN], const char *name);
void hook_wg_remove(const char *name);

/*
 * Called as wg: where a command of a file means a link of the stock driver, that
 * one's wg takes over. Otherwise it returns.
 */
void hook_wg_yield(int argc, char **argv);

#endif
