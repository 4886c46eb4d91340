/* SPDX-License-Identifier: GPL-2.0 */
/* One change at a time. */

#ifndef NAAWG_LOCK_H
#define NAAWG_LOCK_H

#include <stdbool.h>

/*
 * One at a time per network namespace, while numbers are chosen that others
 * might choose as well: from the choice in apply_plan() to the end of apply_run().
 * False: it was said why. Whoever has it may ask again.
 */
bool netcfg_lock(void);
void netcfg_unlock(void);

/* One at a time per interface. The descriptor, -1 if that cannot be had. */
int apply_lock(const char *name);

#endif
