/* SPDX-License-Identifier: GPL-2.0 */
/* Prints text from outside as valid UTF-8: as a label of a metric, or in HTML. */

#ifndef NAAWG_METRICS_ESCAPE_H
#define NAAWG_METRICS_ESCAPE_H

#include <stdio.h>

/*
 * Names of interfaces may be any bytes but a few. A byte that is not part of valid UTF-8
 * becomes the code point of its value.
 */
void escape_label(FILE *out, const char *text);
void escape_html(FILE *out, const char *text);

#endif
