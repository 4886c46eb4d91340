// SPDX-License-Identifier: GPL-2.0
/* Prints JSON, with commas, indentation and escapes. */

#include <inttypes.h>
#include <stdio.h>

#include "lib/json.h"
#include "lib/utf8.h"

static unsigned int depth;
static bool follows;	/* a value precedes in the same brackets */
static bool lines;
static FILE *to;	/* NULL: standard output */

static FILE *out(void)
{
	return to ? to : stdout;
}

void json_to(FILE *stream)
{
	to = stream;
}

void json_lines(void)
{
	lines = true;
}

static void new_line(void)
{
	unsigned int i;

	if (lines)
		return;
	putc('\n', out());
	for (i = 0; i < depth; i++)
		putc('\t', out());
}

/*
 * Prints ASCII only. A name of an interface may be any bytes, and utf8_next() makes code
 * points of them, so the output is valid JSON.
 */
static void quote(const char *text)
{
	uint32_t code;

	putc('"', out());
	while (*text) {
		code = utf8_next(&text);
		if (code == '"' || code == '\\')
			fprintf(out(), "\\%c", (int)code);
		else if (code > 0xffff)
			fprintf(out(), "\\u%04x\\u%04x", 0xd800 + (code - 0x10000) / 0x400,
				0xdc00 + (code - 0x10000) % 0x400);
		else if (code < 0x20 || code > 0x7e)
			fprintf(out(), "\\u%04x", code);
		else
			putc(code, out());
	}
	putc('"', out());
}

static void begin(const char *name)
{
	if (follows)
		fputs(lines ? ", " : ",", out());
	if (depth)
		new_line();
	if (name) {
		quote(name);
		fputs(": ", out());
	}
	follows = true;
}

void json_open(const char *name, char bracket)
{
	begin(name);
	putc(bracket, out());
	depth++;
	follows = false;
}

void json_close(char bracket)
{
	depth--;
	if (follows)
		new_line();
	putc(bracket, out());
	if (!depth)
		putc('\n', out());
	follows = depth;
}

void json_string(const char *name, const char *value)
{
	begin(name);
	quote(value);
}

void json_number(const char *name, uint64_t value)
{
	begin(name);
	fprintf(out(), "%" PRIu64, value);
}

void json_bool(const char *name, bool value)
{
	begin(name);
	fputs(value ? "true" : "false", out());
}
