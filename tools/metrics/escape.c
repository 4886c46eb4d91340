// SPDX-License-Identifier: GPL-2.0
/* Prints text from outside as valid UTF-8: as a label of a metric, or in HTML. */

#include "lib/utf8.h"
#include "metrics/escape.h"

void escape_label(FILE *out, const char *text)
{
	uint32_t c;

	while (*text) {
		c = utf8_next(&text);
		if (c == '\\' || c == '"')
			putc('\\', out);
		if (c == '\n')
			fputs("\\n", out);
		else
			utf8_put(out, c);
	}
}

void escape_html(FILE *out, const char *text)
{
	uint32_t c;

	while (*text) {
		c = utf8_next(&text);
		switch (c) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default: utf8_put(out, utf8_is_shown(c) ? c : UTF8_REPLACEMENT);
		}
	}
}
