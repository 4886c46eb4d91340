/* SPDX-License-Identifier: GPL-2.0 */
/* Text from outside: what of it may be shown, and where it begins. */

#ifndef NAAWG_TEXT_H
#define NAAWG_TEXT_H

#include <stdio.h>

/*
 * What a complaint may show of @text, which stood in a configuration: @text, or
 * "(hidden)" if there may be a key in it. Complaints end up in journals, and
 * keys in the wrong place.
 */
const char *text_shown(const char *text);

/*
 * Skips a byte order mark at the beginning of @in: some editors put one there and do
 * not show it. To be called before anything else is read.
 */
void text_skip_bom(FILE *in);

#endif
