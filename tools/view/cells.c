// SPDX-License-Identifier: GPL-2.0
/* Prints the cells of a table for a terminal: cut, aligned, without control characters. */

#include <inttypes.h>
#include <string.h>

#include "lib/table.h"
#include "view/cells.h"

/* The bytes of a character, 1 for a byte that begins none. */
static size_t character(const unsigned char *p)
{
	size_t n = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : *p >= 0xc2 ? 2 : 1, i;

	for (i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 1;
	return n;
}

/* A name of an interface may hold escape sequences, which the terminal would obey. */
static bool is_control(const unsigned char *p, size_t n)
{
	return n == 1 ? *p < ' ' || *p > '~' : n == 2 && *p == 0xc2 && p[1] < 0xa0;
}

unsigned int cell_cut(FILE *out, const char *text, unsigned int width)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned int used = 0;
	size_t n;

	for (; *p && used < width; p += n, used++) {
		n = character(p);
		if (is_control(p, n))
			putc('?', out);
		else
			fwrite(p, 1, n, out);
	}
	return used;
}

void cell_put(FILE *out, const char *text, unsigned int width, bool right)
{
	size_t len = table_width(text);

	if (right && len < width)
		fprintf(out, "%*s", (int)(width - len), "");
	width -= right && len < width ? width - len : 0;
	fprintf(out, "%*s", (int)(width - cell_cut(out, text, width)), "");
}

static void number(char *text, uint64_t bytes, bool narrow, const char *behind)
{
	static const char * const units[] = { "", "K", "M", "G", "T", "P" };
	double n = bytes;
	size_t i = 0;

	while (n >= 1000 && i < 5) {
		n /= 1024;
		i++;
	}
	snprintf(text, CELL_LEN, i && n < 100 ? "%.1f%s%s%s%s" : "%.0f%s%s%s%s", n,
		 narrow ? "" : " ", units[i], narrow ? "" : i ? "iB" : "B", behind);
}

void cell_bytes(char text[static CELL_LEN], uint64_t bytes, bool narrow)
{
	number(text, bytes, narrow, "");
}

void cell_rate(char text[static CELL_LEN], uint64_t rate, bool narrow)
{
	if (rate == UINT64_MAX)
		strcpy(text, "-");
	else
		number(text, rate, narrow, "/s");
}
