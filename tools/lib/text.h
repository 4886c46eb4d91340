/* SPDX-License-Identifier: GPL-2.0 */
/* Text from outside: hides keys in it and skips a byte order mark. */

#ifndef NAAWG_TEXT_H
#define NAAWG_TEXT_H

#include <stdio.h>

/*
 * Returns @text, or "(hidden)" if it may hold a key. Error messages end up in journals,
 * and users paste keys in wrong places.
 */
const char *text_shown(const char *text);

/*
 * Skips a byte order mark at the beginning of @in. Some editors write one and do not show
 * it. Call this before anything else is read.
 */
void text_skip_bom(FILE *in);

#endif
