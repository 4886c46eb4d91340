/* SPDX-License-Identifier: GPL-2.0 */
/* Makes, parses and prints keys, and reads them from files. */

#ifndef NAAWG_KEYS_H
#define NAAWG_KEYS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/model.h"

/* Characters of a key in base64, without and with the closing NUL. */
#define KEY_TEXT_CHARS	44
#define KEY_TEXT_LEN	(KEY_TEXT_CHARS + 1)

/* The time these take does not depend on the key. */
void key_to_text(char text[static KEY_TEXT_LEN], const uint8_t key[static KEY_LEN]);
bool key_from_text(uint8_t key[static KEY_LEN], const char *text);
bool key_is_zero(const uint8_t key[static KEY_LEN]);
void key_public(uint8_t pub[static KEY_LEN], const uint8_t priv[static KEY_LEN]);

/* Makes random bytes, with @clamp a private key. False: there is no random source. */
bool key_random(uint8_t key[static KEY_LEN], bool clamp);

/*
 * Reads a secret key from a file. An empty file is the zero key, which removes a key.
 * Errors are printed to @err without the content of the file.
 */
bool key_from_file(uint8_t key[static KEY_LEN], const char *path, FILE *err);

/*
 * Reads KEY_TEXT_CHARS characters, and white space up to the end. Returns the number of
 * characters read; *@extra is the first other character behind them, or EOF.
 */
size_t key_read_text(char text[static KEY_TEXT_LEN], FILE *in, int *extra);

#endif
