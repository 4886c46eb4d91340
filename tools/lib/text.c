// SPDX-License-Identifier: GPL-2.0
/* Text from outside: hides keys in it and skips a byte order mark. */

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/text.h"

/* A key has 43 such characters; one may be missing. */
#define SECRET_RUN	42

static bool is_base64(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '/';
}

const char *text_shown(const char *text)
{
	const char *p;
	size_t run = 0;

	for (p = text; *p && run < SECRET_RUN; p++)
		run = is_base64(*p) ? run + 1 : 0;
	return run < SECRET_RUN ? text : "(hidden)";
}

void text_skip_bom(FILE *in)
{
	static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };
	size_t n = 0;
	int c = EOF;

	while (n < sizeof(mark) && (c = getc(in)) == mark[n])
		n++;
	if (n == sizeof(mark))
		return;
	if (c != EOF)
		ungetc(c, in);
	while (n)
		ungetc(mark[--n], in);
}
