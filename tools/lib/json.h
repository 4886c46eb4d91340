/* SPDX-License-Identifier: GPL-2.0 */
/* JSON on standard output: commas, indentation and escaping. */

#ifndef NAAWG_JSON_H
#define NAAWG_JSON_H

#include <stdbool.h>
#include <stdint.h>

/* From now on each outermost value takes one line. */
void json_lines(void);

/* @name is NULL for the outermost value and for members of arrays. */
void json_open(const char *name, char bracket);
void json_close(char bracket);
void json_string(const char *name, const char *value);
void json_number(const char *name, uint64_t value);
void json_bool(const char *name, bool value);

#endif
