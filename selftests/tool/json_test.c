// SPDX-License-Identifier: GPL-2.0
/* Names that are not ASCII, in the JSON that is printed and in the one that is read. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "lib/json.h"
#include "lib/json_read.h"
#include "lib/utf8.h"

/* The JSON of a text, until the next call. */
static const char *printed(const char *text)
{
	static char out[256];
	FILE *file = fmemopen(out, sizeof(out), "w");

	if (!file)
		exit(1);
	json_to(file);
	json_lines();
	json_open(NULL, '[');
	json_string(NULL, text);
	json_close(']');
	json_to(NULL);
	fclose(file);
	return out;
}

static struct json_value *read_text(const char *text)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	struct json_value *value;

	if (!in)
		exit(1);
	value = json_read(in);
	fclose(in);
	return value;
}

/* Whether the only string of an array is @expected; NULL: the JSON is refused. */
static bool reads(const char *text, const char *expected)
{
	struct json_value *value = read_text(text);
	bool good = expected ? value && value->n == 1 && value->items[0].string &&
			       !strcmp(value->items[0].string, expected) : !value;

	json_free(value);
	return good;
}

static void prints(void)
{
	check(!strcmp(printed("Zo\xc3\xab"), "[\"Zo\\u00eb\"]\n"));
	check(!strcmp(printed("\xe2\x82\xac"), "[\"\\u20ac\"]\n"));
	check(!strcmp(printed("\xf0\x9f\x93\xb1"), "[\"\\ud83d\\udcf1\"]\n"));
	check(!strcmp(printed("a\"\\\n"), "[\"a\\\"\\\\\\u000a\"]\n"));
	/* no UTF-8: a byte alone, a form that is too long, and half of a character */
	check(!strcmp(printed("\xff"), "[\"\\u00ff\"]\n"));
	check(!strcmp(printed("\xc0\xaf"), "[\"\\u00c0\\u00af\"]\n"));
	check(!strcmp(printed("\xe2\x82"), "[\"\\u00e2\\u0082\"]\n"));
}

static void is_read(void)
{
	check(reads("[\"Zo\\u00eb\"]", "Zo\xc3\xab"));
	check(reads("[\"Zo\xc3\xab\"]", "Zo\xc3\xab"));
	check(reads("[\"\\u20AC\"]", "\xe2\x82\xac"));
	check(reads("[\"\\ud83d\\udcf1!\"]", "\xf0\x9f\x93\xb1!"));
	check(reads("[\"\\\\\\\"\\/\\n\"]", "\\\"/\n"));
}

static void is_half(void)
{
	check(reads("[\"\\ud83d\"]", "\xef\xbf\xbd"));
	check(reads("[\"\\ud83dx\"]", "\xef\xbf\xbdx"));
	check(reads("[\"\\udcf1\"]", "\xef\xbf\xbd"));
	check(reads("[\"\\u0000\"]", "?"));
	check(reads("[\"\\u00e\"]", NULL));
	check(reads("[\"\\ud83d\\u12\"]", NULL));
	check(reads("[\"\\\"]", NULL));
	check(reads("[\"\\", NULL));
	check(reads("[\"\\x\"]", NULL));
}

static void is_shown(void)
{
	char out[64];
	FILE *file = fmemopen(out, sizeof(out), "w");

	if (!file)
		exit(1);
	/* ESC, a control character of one byte and of two, and a mark of direction */
	utf8_put_shown(file, "Zo\xc3\xab\x1b[2J\x9b\xc2\x9b\xe2\x80\xae.");
	fclose(file);
	check(!strcmp(out, "Zo\xc3\xab\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd."));
}

int main(void)
{
	tap_run("JSON has names by their characters", prints);
	tap_run("characters that are not ASCII are read, escaped or not", is_read);
	tap_run("half characters are replaced, and wrong escapes refused", is_half);
	tap_run("control characters and marks of direction do not reach a terminal", is_shown);
	return tap_done();
}
