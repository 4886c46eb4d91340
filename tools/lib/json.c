// SPDX-License-Identifier: GPL-2.0
/* Prints JSON to standard output, with commas, indentation and escapes. */

#include <inttypes.h>
#include <stdio.h>

#include "lib/json.h"

static unsigned int depth;
static bool follows;	/* a value precedes in the same brackets */
static bool lines;

void json_lines(void)
{
	lines = true;
}

static void new_line(void)
{
	unsigned int i;

	if (lines)
		return;
	putchar('\n');
	for (i = 0; i < depth; i++)
		putchar('\t');
}

static void quote(const char *text)
{
	const unsigned char *p;

	putchar('"');
	for (p = (const unsigned char *)text; *p; p++) {
		/*
		 * A name of an interface may be any bytes, not only UTF-8. A byte
		 * that is not ASCII is printed as the code point of its value, so
		 * that the output is valid JSON.
		 */
		if (*p == '"' || *p == '\\')
			printf("\\%c", *p);
		else if (*p < 0x20 || *p > 0x7e)
			printf("\\u%04x", *p);
		else
			putchar(*p);
	}
	putchar('"');
}

static void begin(const char *name)
{
	if (follows)
		fputs(lines ? ", " : ",", stdout);
	if (depth)
		new_line();
	if (name) {
		quote(name);
		fputs(": ", stdout);
	}
	follows = true;
}

void json_open(const char *name, char bracket)
{
	begin(name);
	putchar(bracket);
	depth++;
	follows = false;
}

void json_close(char bracket)
{
	depth--;
	if (follows)
		new_line();
	putchar(bracket);
	if (!depth)
		putchar('\n');
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
	printf("%" PRIu64, value);
}

void json_bool(const char *name, bool value)
{
	begin(name);
	fputs(value ? "true" : "false", stdout);
}
