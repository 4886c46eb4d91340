/* SPDX-License-Identifier: GPL-2.0 */
/* Prints a table for people, with columns as wide as their longest cell. */

#ifndef NAAWG_TABLE_H
#define NAAWG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct table {
	size_t columns;
	char **cells;		/* row by row */
	size_t n, room;
	bool failed;		/* there was no memory */
};

/* Appends a copy of @text as the next cell; rows have @columns cells. */
void table_add(struct table *table, const char *text);
void table_print(const struct table *table, FILE *out);
void table_destroy(struct table *table);

/* The columns that a UTF-8 text takes on a terminal, one for each code point. */
size_t table_width(const char *text);

#endif
