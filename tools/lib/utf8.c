// SPDX-License-Identifier: GPL-2.0
/* Reads and writes text as UTF-8, and prints names from outside for people. */

#include "lib/utf8.h"

static const struct {
	uint8_t mask, lead;	/* of the first byte */
	unsigned int more;	/* bytes after it */
	uint32_t least;		/* a smaller code point has a shorter form */
} forms[] = {
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

static bool is_code_point(uint32_t code, uint32_t least)
{
	return code >= least && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

uint32_t utf8_next(const char **text)
{
	const unsigned char *p = (const unsigned char *)*text;
	unsigned int form, i;
	uint32_t code;

	++*text;
	for (form = 0; form < 3; form++) {
		if ((p[0] & forms[form].mask) != forms[form].lead)
			continue;
		code = p[0] & ~forms[form].mask & 0xff;
		for (i = 1; i <= forms[form].more && (p[i] & 0xc0) == 0x80; i++)
			code = code << 6 | (p[i] & 0x3f);
		if (i <= forms[form].more || !is_code_point(code, forms[form].least))
			break;
		*text += forms[form].more;
		return code;
	}
	return p[0];
}

size_t utf8_bytes(char to[static UTF8_LEN], uint32_t code)
{
	unsigned int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	size_t n = 0;

	if (!more) {
		to[0] = code;
		return 1;
	}
	to[n++] = forms[more - 1].lead | code >> 6 * more;
	while (more--)
		to[n++] = 0x80 | (code >> 6 * more & 0x3f);
	return n;
}

void utf8_put(FILE *out, uint32_t code)
{
	char bytes[UTF8_LEN];

	fwrite(bytes, 1, utf8_bytes(bytes, code), out);
}

static bool is_direction(uint32_t code)
{
	return code == 0x061c || code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* The last line: code points that will never have a character. */
bool utf8_is_shown(uint32_t code)
{
	return code >= ' ' && (code < 0x7f || code > 0x9f) && !is_direction(code) &&
	       code != 0x2028 && code != 0x2029 &&
	       (code & 0xfffe) != 0xfffe && (code < 0xfdd0 || code > 0xfdef);
}

void utf8_put_shown(FILE *out, const char *text)
{
	uint32_t code;

	while (*text) {
		code = utf8_next(&text);
		utf8_put(out, utf8_is_shown(code) ? code : UTF8_REPLACEMENT);
	}
}
