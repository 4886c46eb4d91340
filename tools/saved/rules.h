/* SPDX-License-Identifier: GPL-2.0 */
/* The routing rules of a network namespace. */

#ifndef NAAWG_RULES_H
#define NAAWG_RULES_H

#include "saved/saved.h"

/* 0 or a negative errno. */
int rules_save(struct saved *saved);

/*
 * Adds the rules that are missing: the kernel keeps rules that name a link which goes, but
 * programs that watch links may remove theirs. False: it was said what is still missing.
 */
bool rules_restore(const struct saved *saved);

#endif
