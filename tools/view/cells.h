/* SPDX-License-Identifier: GPL-2.0 */
/* Prints the cells of a table for a terminal: cut, aligned, without control characters. */

#ifndef NAAWG_CELLS_H
#define NAAWG_CELLS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CELL_LEN	512

/* Prints @text, cut or filled with blanks to @width. */
void cell_put(FILE *out, const char *text, unsigned int width, bool right);
/* Prints up to @width characters of @text. Returns how many. */
unsigned int cell_cut(FILE *out, const char *text, unsigned int width);

/* "1.5 MiB/s", narrow "1.5M/s"; "-" if the rate is unknown. */
void cell_rate(char text[static CELL_LEN], uint64_t rate, bool narrow);
void cell_bytes(char text[static CELL_LEN], uint64_t bytes, bool narrow);

#endif
