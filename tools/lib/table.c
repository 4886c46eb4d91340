// SPDX-License-Identifier: GPL-2.0
/* Prints a table for people, with columns as wide as their longest cell. */

#include <stdlib.h>
#include <string.h>

#include "lib/table.h"
#include "lib/utf8.h"

#define BETWEEN	2	/* blanks between two columns */

size_t table_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

void table_add(struct table *table, const char *text)
{
	size_t room = table->room ? 2 * table->room : 64;
	char **moved;

	if (table->n == table->room) {
		moved = realloc(table->cells, room * sizeof(*moved));
		if (!moved) {
			table->failed = true;
			return;
		}
		table->cells = moved;
		table->room = room;
	}
	table->cells[table->n] = strdup(text);
	if (table->cells[table->n])
		table->n++;
	else
		table->failed = true;
}

static size_t widest(const struct table *table, size_t column)
{
	size_t i, width, max = 0;

	for (i = column; i < table->n; i += table->columns) {
		width = table_width(table->cells[i]);
		max = width > max ? width : max;
	}
	return max;
}

void table_print(const struct table *table, FILE *out)
{
	size_t *widths = calloc(table->columns, sizeof(*widths)), i, column;

	if (!widths || table->failed) {
		fputs("Out of memory\n", stderr);
		free(widths);
		return;
	}
	for (column = 0; column < table->columns; column++)
		widths[column] = widest(table, column);
	for (i = 0; i < table->n; i++) {
		column = i % table->columns;
		/* Names may be any bytes, and must not control the terminal. */
		utf8_put_shown(out, table->cells[i]);
		if (column + 1 == table->columns)
			putc('\n', out);
		else
			fprintf(out, "%*s", (int)(widths[column] + BETWEEN -
						  table_width(table->cells[i])), "");
	}
	free(widths);
}

void table_destroy(struct table *table)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		free(table->cells[i]);
	free(table->cells);
}
