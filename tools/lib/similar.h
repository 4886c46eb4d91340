/* SPDX-License-Identifier: GPL-2.0 */
/* Finds out how much a mistyped name is like a known one. */

#ifndef NAAWG_SIMILAR_H
#define NAAWG_SIMILAR_H

#include <stddef.h>

#define SIMILAR_WORST	3

/*
 * Returns 0 for a name that differs in case or dashes only, up to SIMILAR_WORST for one
 * that is less like @wanted, and more for one that is not like it.
 */
size_t similar_rank(const char *name, const char *wanted);

#endif
