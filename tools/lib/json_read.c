// SPDX-License-Identifier: GPL-2.0
/* Reads JSON into a tree: what this program prints, and what another one made of it. */

#include <stdlib.h>
#include <string.h>

#include "lib/json_read.h"
#include "lib/utf8.h"

#define SIZE_MAX_BYTES	(16 * 1024 * 1024)
#define DEPTH_MAX	16

struct reader {
	const char *at, *end;
	unsigned int depth;
};

static bool read_value(struct reader *in, struct json_value *value);

static char peek(struct reader *in)
{
	while (in->at < in->end && strchr(" \t\r\n", *in->at))
		in->at++;
	return in->at < in->end ? *in->at : '\0';
}

static bool take(struct reader *in, char c)
{
	if (peek(in) != c)
		return false;
	in->at++;
	return true;
}

static bool word(struct reader *in, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(in->end - in->at) < len || memcmp(in->at, text, len))
		return false;
	in->at += len;
	return true;
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef", *found = c ? strchr(digits, c | 0x20) : NULL;

	return found ? found - digits : -1;
}

/* The four digits after "\\u". */
static bool read_unit(struct reader *in, uint32_t *unit)
{
	int i, digit;

	*unit = 0;
	for (i = 0; i < 4; i++) {
		digit = in->at < in->end ? hex(*in->at++) : -1;
		if (digit < 0)
			return false;
		*unit = *unit * 16 + digit;
	}
	return true;
}

/* Two such units make one code point above 0xffff. */
static bool read_code(struct reader *in, uint32_t *code)
{
	uint32_t low;

	if (!read_unit(in, code))
		return false;
	if (*code < 0xd800 || *code > 0xdfff)
		return true;
	if (*code < 0xdc00 && in->end - in->at > 2 && in->at[0] == '\\' && in->at[1] == 'u') {
		in->at += 2;
		if (!read_unit(in, &low))
			return false;
		*code = low < 0xdc00 || low > 0xdfff ? UTF8_REPLACEMENT :
			0x10000 + (*code - 0xd800) * 0x400 + (low - 0xdc00);
	} else {
		*code = UTF8_REPLACEMENT;
	}
	return true;
}

/* Reads what is behind a backslash. Returns the bytes it became, or 0: it is wrong. */
static size_t read_escape(struct reader *in, char *to)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	const char *found;
	uint32_t code;

	if (in->at == in->end)
		return 0;
	if (*in->at == 'u') {
		in->at++;
		/* No string of ours has a zero byte, which would end it. */
		return read_code(in, &code) ? utf8_bytes(to, code ? code : '?') : 0;
	}
	found = *in->at ? strchr(from, *in->at++) : NULL;
	if (found)
		*to = into[found - from];
	return found ? 1 : 0;
}

/* The place of the closing quotation mark, or NULL. */
static const char *end_of_string(const struct reader *in)
{
	const char *p;

	for (p = in->at; p < in->end && *p != '"'; p++)
		if (*p == '\\' && ++p == in->end)
			return NULL;
	return p < in->end ? p : NULL;
}

/* Reads up to the closing quotation mark, and takes it. */
static bool read_characters(struct reader *in, const char *end, char *to)
{
	size_t n;

	while (in->at < end) {
		*to = *in->at++;
		n = *to == '\\' ? read_escape(in, to) : *to ? 1 : 0;
		if (!n)
			return false;
		to += n;
	}
	if (in->at != end)
		return false;
	in->at++;
	*to = '\0';
	return true;
}

/* No escape is shorter than the bytes that it stands for. */
static char *read_string(struct reader *in)
{
	const char *end;
	char *text;

	if (!take(in, '"'))
		return NULL;
	end = end_of_string(in);
	text = end ? malloc(end - in->at + 1) : NULL;
	if (text && read_characters(in, end, text))
		return text;
	free(text);
	return NULL;
}

static bool read_number(struct reader *in, struct json_value *value)
{
	const char *begin = in->at;

	value->type = JSON_NUMBER;
	for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++)
		value->number = value->number * 10 + (*in->at - '0');
	while (in->at < in->end && *in->at && strchr("+-.eE0123456789", *in->at)) {
		value->number = 0;
		in->at++;
	}
	return in->at > begin;
}

static struct json_value *add(struct json_value *to)
{
	struct json_value *items = to->items;

	/* The room doubles at each power of two. */
	if (!(to->n & (to->n - 1)))
		items = realloc(items, (to->n ? 2 * to->n : 1) * sizeof(*items));
	if (!items)
		return NULL;
	to->items = items;
	memset(&items[to->n], 0, sizeof(*items));
	return &items[to->n++];
}

static bool read_items(struct reader *in, struct json_value *value, char close)
{
	struct json_value *item;

	if (take(in, close))
		return true;
	do {
		item = add(value);
		if (!item)
			return false;
		if (value->type == JSON_OBJECT) {
			item->name = read_string(in);
			if (!item->name || !take(in, ':'))
				return false;
		}
		if (!read_value(in, item))
			return false;
	} while (take(in, ','));
	return take(in, close);
}

static bool read_nested(struct reader *in, struct json_value *value)
{
	bool object = *in->at++ == '{', ok;

	value->type = object ? JSON_OBJECT : JSON_ARRAY;
	if (++in->depth > DEPTH_MAX)
		return false;
	ok = read_items(in, value, object ? '}' : ']');
	in->depth--;
	return ok;
}

static bool read_value(struct reader *in, struct json_value *value)
{
	switch (peek(in)) {
	case '{':
	case '[':
		return read_nested(in, value);
	case '"':
		value->type = JSON_STRING;
		value->string = read_string(in);
		return value->string;
	case 't':
		value->yes = true;
		value->type = JSON_BOOL;
		return word(in, "true");
	case 'f':
		value->type = JSON_BOOL;
		return word(in, "false");
	case 'n':
		return word(in, "null");
	default:
		return read_number(in, value);
	}
}

static void clear(struct json_value *value)
{
	size_t i;

	for (i = 0; i < value->n; i++)
		clear(&value->items[i]);
	free(value->items);
	free(value->name);
	free(value->string);
}

void json_free(struct json_value *value)
{
	if (value)
		clear(value);
	free(value);
}

/* The whole file; NULL: it is too large, or cannot be read. */
static char *read_all(FILE *in, size_t *len)
{
	size_t room = 64 * 1024, n;
	char *bytes = NULL, *more;

	for (*len = 0;; *len += n) {
		if (!bytes || *len == room) {
			room = bytes ? 2 * room : room;
			more = room <= SIZE_MAX_BYTES ? realloc(bytes, room) : NULL;
			if (!more)
				break;
			bytes = more;
		}
		n = fread(bytes + *len, 1, room - *len, in);
		if (!n && !ferror(in))
			return bytes;
		if (!n)
			break;
	}
	free(bytes);
	return NULL;
}

struct json_value *json_read(FILE *in)
{
	struct json_value *value = calloc(1, sizeof(*value));
	struct reader reader = { 0 };
	char *bytes;
	size_t len;

	bytes = read_all(in, &len);
	reader.at = bytes;
	reader.end = bytes ? bytes + len : NULL;
	if (!value || !bytes || !read_value(&reader, value) || peek(&reader) ||
	    reader.at != reader.end) {
		json_free(value);
		value = NULL;
	}
	free(bytes);
	return value;
}

const struct json_value *json_get(const struct json_value *value, const char *name,
				  enum json_type type)
{
	size_t i;

	for (i = 0; value && value->type == JSON_OBJECT && i < value->n; i++)
		if (!strcmp(value->items[i].name, name))
			return value->items[i].type == type ? &value->items[i] : NULL;
	return NULL;
}

const char *json_get_string(const struct json_value *value, const char *name)
{
	const struct json_value *found = json_get(value, name, JSON_STRING);

	return found ? found->string : NULL;
}

bool json_get_number(const struct json_value *value, const char *name, uint64_t *number)
{
	const struct json_value *found = json_get(value, name, JSON_NUMBER);

	if (found)
		*number = found->number;
	return found;
}
