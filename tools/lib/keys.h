/* SPDX-License-Identifier: GPL-2.0 */
/* Keys: their base64 text, making them, reading them from files. */

#ifndef NAAWG_KEYS_H
#define NAAWG_KEYS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/model.h"

/* Characters of a key in base64, without and with the closing NUL. */
#define KEY_TEXT_CHARS	44
#define KEY_TEXT_LEN	(KEY_TEXT_CHARS + 1)

/* All of these take the same time for every key. */
void key_to_text(char text[static KEY_TEXT_LEN], const uint8_t key[static KEY_LEN]);
bool key_from_text(uint8_t key[static KEY_LEN], const char *text);
bool key_is_zero(const uint8_t key[static KEY_LEN]);
void key_public(uint8_t pub[static KEY_LEN], const uint8_t priv[static KEY_LEN]);

/* Random bytes, made a valid private key if @clamp. False: no randomness. */
bool key_random(uint8_t key[static KEY_LEN], bool clamp);

/*
 * Reads a secret key from the file at @path; an empty file is the zero key,
 * which removes. Complains to @err, without showing what the file holds.
 */
bool key_from_file(uint8_t key[static KEY_LEN], const char *path, FILE *err);

/*
 * Reads KEY_TEXT_CHARS characters, then only white space to the end.
 * Returns the number of characters got; *@extra is the first surplus
 * character, or EOF.
 */
size_t key_read_text(char text[static KEY_TEXT_LEN], FILE *in, int *extra);

#endif
