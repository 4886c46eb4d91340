/* SPDX-License-Identifier: GPL-2.0 */
/* Finds interfaces and objects that would vanish with a link and not come back. */

#ifndef NAAWG_BLOCKERS_H
#define NAAWG_BLOCKERS_H

#include "saved/saved.h"

/*
 * False if there is anything that restoring the links of @saved does not bring back, or
 * it cannot be found out: standard error says what. Only warns of queueing disciplines.
 */
bool blockers_none(const struct saved *saved);

#endif
