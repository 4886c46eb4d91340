/* SPDX-License-Identifier: GPL-2.0 */
/* Prints JSON, with commas, indentation and escapes. */

#ifndef NAAWG_JSON_H
#define NAAWG_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Prints to @stream from now on; NULL: to standard output, as at the start. */
void json_to(FILE *stream);

/* Prints each following outermost value in one line. */
void json_lines(void);

/* @name is NULL for the outermost value and for members of arrays. */
void json_open(const char *name, char bracket);
void json_close(char bracket);
void json_string(const char *name, const char *value);
void json_number(const char *name, uint64_t value);
void json_bool(const char *name, bool value);

#endif
