/* SPDX-License-Identifier: GPL-2.0 */
/* Reads JSON into a tree. */

#ifndef NAAWG_JSON_READ_H
#define NAAWG_JSON_READ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_value {
	enum json_type type;
	char *name;			/* of a member of an object */
	bool yes;
	uint64_t number;		/* of a number that is none: 0 */
	char *string;
	struct json_value *items;	/* of an array or an object */
	size_t n;
};

/* Returns the only value in a file, or NULL: it is no JSON, too large or too deep. */
struct json_value *json_read(FILE *in);
void json_free(struct json_value *value);

/*
 * A member of an object; NULL if there is none, or if it has another type. @value may be
 * NULL.
 */
const struct json_value *json_get(const struct json_value *value, const char *name,
				  enum json_type type);
const char *json_get_string(const struct json_value *value, const char *name);
bool json_get_number(const struct json_value *value, const char *name, uint64_t *number);

#endif
