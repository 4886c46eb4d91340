// SPDX-License-Identifier: GPL-2.0
/*
 * Meanings of reasons, counters, module parameters and trace points, and what to do. The
 * texts are those of the module's own lists.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/format.h"
#include "lib/reference.h"
#include "lib/similar.h"

/* Texts are wrapped at this column. */
#define WIDTH		80
/* Where the meaning begins in a list of names. */
#define NAME_WIDTH	26

#define NAME_MAX_LEN	40

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

size_t reference_near(const char *name, const struct reference **near, size_t max)
{
	size_t n = 0, rank, i;

	for (rank = 0; rank <= SIMILAR_WORST; rank++)
		for (i = 0; i < N_REFERENCES && n < max; i++)
			if (similar_rank(references[i].name, name) == rank)
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
