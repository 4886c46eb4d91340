/* SPDX-License-Identifier: GPL-2.0 */
/* Reads and writes text as UTF-8, and prints names from outside for people. */

#ifndef NAAWG_UTF8_H
#define NAAWG_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define UTF8_REPLACEMENT	0xfffd	/* stands for a character that cannot be shown */
#define UTF8_LEN		4	/* bytes of a code point, at most */

/*
 * Returns the code point at @text, and moves @text behind it. Names of interfaces may be any
 * bytes but a few: a byte that is not part of valid UTF-8 becomes the code point of its value.
 */
uint32_t utf8_next(const char **text);
/* Returns how many bytes of @to have the code point. */
size_t utf8_bytes(char to[static UTF8_LEN], uint32_t code);
void utf8_put(FILE *out, uint32_t code);

/*
 * Whether people see this character and nothing else happens: a terminal obeys control
 * characters, and marks of direction change the order of the text beside a name.
 */
bool utf8_is_shown(uint32_t code);
/* Prints @text, with a replacement for each character that is not shown. */
void utf8_put_shown(FILE *out, const char *text);

#endif
