// SPDX-License-Identifier: GPL-2.0
/* Finds out how much a mistyped name is like a known one. */

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "lib/similar.h"

/* Longer names are like no other one. */
#define LEN_MAX		64
/* The shortest part of a name that counts as alike. */
#define PART_MIN	3

/* Case does not matter, nor does which kind of dash stands between two words. */
static char folded(char c)
{
	return c == '_' ? '-' : tolower((unsigned char)c);
}

static bool same(char a, char b)
{
	return folded(a) == folded(b);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters differ: changed, inserted or left out. Both names are short. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LEN_MAX + 1], la = strlen(a), lb = strlen(b), i, j;

	for (j = 0; j <= lb; j++)
		row[j] = j;
	for (i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= lb; j++) {
			size_t changed = diagonal + !same(a[i - 1], b[j - 1]);

			diagonal = row[j];
			row[j] = least(changed, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[lb];
}

static bool contains(const char *name, const char *part)
{
	size_t i;

	for (; *name; name++) {
		for (i = 0; part[i] && same(name[i], part[i]); i++)
			;
		if (!part[i])
			return true;
	}
	return false;
}

size_t similar_rank(const char *name, const char *wanted)
{
	size_t len = strlen(wanted), found;

	if (len > LEN_MAX || strlen(name) > LEN_MAX)
		return SIMILAR_WORST + 1;
	found = distance(wanted, name);
	/* of a short name little would be left */
	if (found > len / 2)
		found = SIMILAR_WORST + 1;
	if (found > 1 && len >= PART_MIN && contains(name, wanted))
		found = 1;
	return found;
}
