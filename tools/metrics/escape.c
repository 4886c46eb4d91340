// SPDX-License-Identifier: GPL-2.0
/* Prints text from outside as valid UTF-8: as a label of a metric, or in HTML. */

#include <stdbool.h>
#include <stdint.h>

#include "metrics/escape.h"

#define REPLACEMENT	0xfffd

static const struct {
	uint8_t mask, lead;	/* of the first byte */
	unsigned int more;	/* bytes after it */
	uint32_t least;		/* a smaller code point has a shorter form */
} forms[] = {
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

static bool is_code_point(uint32_t c, uint32_t least)
{
	return c >= least && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/* Returns one code point of @text, and moves @text behind it. */
static uint32_t next(const unsigned char **text)
{
	const unsigned char *p = *text;
	unsigned int form, i;
	uint32_t c;

	*text = p + 1;
	for (form = 0; form < 3; form++) {
		if ((p[0] & forms[form].mask) != forms[form].lead)
			continue;
		c = p[0] & ~forms[form].mask & 0xff;
		for (i = 1; i <= forms[form].more && (p[i] & 0xc0) == 0x80; i++)
			c = c << 6 | (p[i] & 0x3f);
		if (i <= forms[form].more || !is_code_point(c, forms[form].least))
			break;
		*text = p + i;
		return c;
	}
	return p[0];
}

static void put(FILE *out, uint32_t c)
{
	unsigned int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

	if (!more) {
		putc(c, out);
		return;
	}
	putc(forms[more - 1].lead | c >> 6 * more, out);
	while (more--)
		putc(0x80 | (c >> 6 * more & 0x3f), out);
}

void escape_label(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t c;

	while (*p) {
		c = next(&p);
		if (c == '\\' || c == '"')
			putc('\\', out);
		if (c == '\n')
			fputs("\\n", out);
		else
			put(out, c);
	}
}

/* HTML has no control characters, and no code points without a character. */
static bool is_in_html(uint32_t c)
{
	return c >= ' ' && (c < 0x7f || c > 0x9f) && (c & 0xfffe) != 0xfffe &&
	       (c < 0xfdd0 || c > 0xfdef);
}

/* Marks that reverse the direction of text would change what stands beside a name. */
static bool is_direction(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void escape_html(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t c;

	while (*p) {
		c = next(&p);
		switch (c) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default: put(out, is_in_html(c) && !is_direction(c) ? c : REPLACEMENT);
		}
	}
}
