/* SPDX-License-Identifier: GPL-2.0 */
/* Locks: one process changes a link or the network configuration at a time. */

#ifndef NAAWG_LOCK_H
#define NAAWG_LOCK_H

#include <stdbool.h>

/*
 * The lock of the network namespace. It is held from the choice of a free fwmark in
 * apply_plan() to the end of apply_run(), as another process might choose the same one.
 * The holder may lock again. False: it failed, and printed why.
 */
bool netcfg_lock(void);
void netcfg_unlock(void);

/* The lock of one interface. Returns a descriptor to close, or -1 after printing why. */
int apply_lock(const char *name);

#endif
