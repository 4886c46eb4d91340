/* SPDX-License-Identifier: GPL-2.0 */
/* The wg that commands of a file call. */

#ifndef NAAWG_HOOK_WG_H
#define NAAWG_HOOK_WG_H

#include "netcfg/state.h"

/*
 * Makes the directory with wg for commands of this link's file, if it is not there.
 * False: that failed, and commands find the wg that is installed.
 */
bool hook_wg_dir(char path[static STATE_BESIDE_LEN], const char *name);
void hook_wg_remove(const char *name);

/*
 * For this program called as wg. If a command of a file names a link of the stock
 * driver, it runs that driver's wg. Otherwise it returns.
 */
void hook_wg_yield(int argc, char **argv);

#endif
