// SPDX-License-Identifier: GPL-2.0
/*
 * Meanings of reasons, counters, module parameters and trace points, and what to do. The
 * texts are those of the module's own lists.
 */

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/format.h"
#include "lib/reference.h"

/* Texts are wrapped at this column. */
#define WIDTH		80
/* Where the meaning begins in a list of names. */
#define NAME_WIDTH	26

/* Do not search for names similar to longer ones. */
#define NAME_MAX_LEN	40
/* Letters to change, insert or leave out in a name that is still like another. */
#define NEAR_MAX	3
/* Shorter parts of a name are not compared. */
#define PART_MIN	3

static const struct reference references[] = {
#define NAAWG_REASON(symbol, name, handshake, meaning, action)	\
	{ handshake ? REFERENCE_HANDSHAKE : REFERENCE_DROP, name, NULL, meaning, action },
#include "core/reason_list.h"
#define NAAWG_COUNTER(symbol, name, meaning, action)		\
	{ REFERENCE_COUNTER, name, NULL, meaning, action },
#include "state/counter_list.h"
#define NAAWG_PARAMETER(name, values, meaning, action)		\
	{ REFERENCE_PARAMETER, #name, values, meaning, action },
#include "state/parameter_list.h"
#define NAAWG_TRACE_POINT(name, meaning, action)		\
	{ REFERENCE_TRACE, #name, NULL, meaning, action },
#include "state/trace_list.h"
#undef NAAWG_REASON
#undef NAAWG_COUNTER
#undef NAAWG_PARAMETER
#undef NAAWG_TRACE_POINT
};

#define N_REFERENCES	(sizeof(references) / sizeof(references[0]))

#define FITS(name, meaning, action)	\
	_Static_assert(sizeof(name) <= NAME_MAX_LEN &&	\
		       sizeof(meaning) <= REFERENCE_TEXT_LEN &&	\
		       sizeof(action) <= REFERENCE_TEXT_LEN, "a text is too long");
#define NAAWG_REASON(symbol, name, handshake, meaning, action) FITS(name, meaning, action)
#include "core/reason_list.h"
#define NAAWG_COUNTER(symbol, name, meaning, action) FITS(name, meaning, action)
#include "state/counter_list.h"
#define NAAWG_PARAMETER(name, values, meaning, action) FITS(#name, meaning, action)
#include "state/parameter_list.h"
#define NAAWG_TRACE_POINT(name, meaning, action) FITS(#name, meaning, action)
#include "state/trace_list.h"

const struct reference *reference_all(size_t *n)
{
	*n = N_REFERENCES;
	return references;
}

const char *reference_kind_name(enum reference_kind kind)
{
	static const char *const names[REFERENCE_KINDS] = {
		[REFERENCE_DROP] = "drop reason",
		[REFERENCE_HANDSHAKE] = "handshake reason",
		[REFERENCE_COUNTER] = "counter",
		[REFERENCE_PARAMETER] = "module parameter",
		[REFERENCE_TRACE] = "trace point",
	};

	return names[kind];
}

const struct reference *reference_find(const char *name)
{
	size_t i;

	for (i = 0; i < N_REFERENCES; i++)
		if (!strcmp(references[i].name, name))
			return &references[i];
	return NULL;
}

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
	size_t row[NAME_MAX_LEN + 1], la = strlen(a), lb = strlen(b), i, j;

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

/* 0 for a name that differs in case or dashes only; above NEAR_MAX it is not alike. */
static size_t unlikeness(const char *name, const char *wanted)
{
	size_t len = strlen(wanted), found;

	if (len > NAME_MAX_LEN)
		return NEAR_MAX + 1;
	found = distance(wanted, name);
	/* of a short name little would be left */
	if (found > len / 2)
		found = NEAR_MAX + 1;
	if (found > 1 && len >= PART_MIN && contains(name, wanted))
		found = 1;
	return found;
}

size_t reference_near(const char *name, const struct reference **near, size_t max)
{
	size_t n = 0, rank, i;

	for (rank = 0; rank <= NEAR_MAX; rank++)
		for (i = 0; i < N_REFERENCES && n < max; i++)
			if (unlikeness(references[i].name, name) == rank)
				near[n++] = &references[i];
	return n;
}

static char plain_char(char c)
{
	return c == '`' ? '\'' : c;
}

const char *reference_plain(char plain[static REFERENCE_TEXT_LEN], const char *text)
{
	size_t i;

	for (i = 0; text[i] && i < REFERENCE_TEXT_LEN - 1; i++)
		plain[i] = plain_char(text[i]);
	plain[i] = '\0';
	return plain;
}

/* Prints @len bytes of words, as the text goes on in column @column; wraps to @indent. */
static void print_text(const char *text, size_t len, size_t column, size_t indent)
{
	const char *end = text + len;

	while (text < end) {
		size_t word = strcspn(text, " "), i;

		if (word > (size_t)(end - text))
			word = end - text;
		if (column > indent && column + 1 + word > WIDTH) {
			printf("\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		for (i = 0; i < word; i++)
			putchar(plain_char(text[i]));
		column += word;
		text += word + strspn(text + word, " ");
	}
	putchar('\n');
}

static void print_labelled(const char *label, const char *text)
{
	printf("  %s%s%s:", color_bold(), label, color_reset());
	print_text(text, strlen(text), strlen(label) + 3, 2);
}

void reference_print(const struct reference *r)
{
	printf("%s%s%s (%s)\n", color_bold(), r->name, color_reset(), reference_kind_name(r->kind));
	if (r->values)
		print_labelled("values", r->values);
	print_labelled("meaning", r->meaning);
	print_labelled("what to do", r->action);
}

/* Length of the first sentence. A full stop within a name has no space behind it. */
static size_t first_sentence(const char *text)
{
	const char *stop = strstr(text, ". ");

	return stop ? (size_t)(stop - text) : strlen(text) - 1;
}

void reference_print_kind(enum reference_kind kind, const char *title)
{
	size_t i;

	printf("%s%s%s:\n", color_bold(), title, color_reset());
	for (i = 0; i < N_REFERENCES; i++) {
		const struct reference *r = &references[i];

		if (r->kind != kind)
			continue;
		printf("  %-*s", NAME_WIDTH - 2, r->name);
		print_text(r->meaning, first_sentence(r->meaning), NAME_WIDTH, NAME_WIDTH);
	}
}
