/* SPDX-License-Identifier: GPL-2.0 */
/* The wg that hooks call. */

#ifndef NAAWG_HOOK_WG_H
#define NAAWG_HOOK_WG_H

#include "netcfg/state.h"

/*
 * Makes the directory with wg for the hooks of this link, if it is missing. False: that
 * failed, and hooks find the installed wg.
 */
bool hook_wg_dir(char path[static STATE_BESIDE_LEN], const char *name);
void hook_wg_remove(const char *name);

/*
 * For this program called as wg. If a hook names a link of the kernel's own WireGuard,
 * this runs the wg of wireguard-tools. Otherwise it returns.
 */
void hook_wg_yield(int argc, char **argv);

#endif
