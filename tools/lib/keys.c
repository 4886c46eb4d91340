// SPDX-License-Identifier: GPL-2.0
/*
 * Makes, parses and prints keys with libsodium, whose base64 and X25519 run in constant
 * time and are maintained by cryptographers.
 */

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "lib/keys.h"
#include "lib/text.h"

void key_to_text(char text[static KEY_TEXT_LEN], const uint8_t key[static KEY_LEN])
{
	sodium_bin2base64(text, KEY_TEXT_LEN, key, KEY_LEN, sodium_base64_VARIANT_ORIGINAL);
}

bool key_from_text(uint8_t key[static KEY_LEN], const char *text)
{
	const char *end;
	size_t len;

	if (strlen(text) != KEY_TEXT_CHARS)
		return false;
	return !sodium_base642bin(key, KEY_LEN, text, KEY_TEXT_CHARS, NULL, &len, &end,
				  sodium_base64_VARIANT_ORIGINAL) &&
	       len == KEY_LEN && end == text + KEY_TEXT_CHARS;
}

bool key_is_zero(const uint8_t key[static KEY_LEN])
{
	return sodium_is_zero(key, KEY_LEN);
}

void key_public(uint8_t pub[static KEY_LEN], const uint8_t priv[static KEY_LEN])
{
	crypto_scalarmult_curve25519_base(pub, priv);
}

bool key_random(uint8_t key[static KEY_LEN], bool clamp)
{
	if (sodium_init() < 0)
		return false;
	randombytes_buf(key, KEY_LEN);
	if (clamp) {
		key[0] &= 248;
		key[31] = (key[31] & 127) | 64;
	}
	return true;
}

size_t key_read_text(char text[static KEY_TEXT_LEN], FILE *in, int *extra)
{
	size_t n;
	int c;

	*extra = EOF;
	text_skip_bom(in);
	n = fread(text, 1, KEY_TEXT_CHARS, in);
	text[n] = '\0';
	if (n < KEY_TEXT_CHARS)
		return n;

	do
		c = getc(in);
	while (c == '\0' || (c != EOF && isspace(c)));
	*extra = c;
	return n;
}

static bool is_base64(int c)
{
	return isalnum(c) || c == '+' || c == '/';
}

static bool complain(FILE *err, size_t n, int extra, const char *text,
		     uint8_t key[static KEY_LEN])
{
	if (n < KEY_TEXT_CHARS)
		fputs("Invalid length key in key file\n", err);
	else if (extra != EOF && is_base64(extra))
		fputs("Found trailing character in key file: `(hidden)'\n", err);
	else if (extra != EOF)
		fprintf(err, "Found trailing character in key file: `%c'\n", extra);
	else if (!key_from_text(key, text))
		fputs("Key is not the correct length or format: `(hidden)'\n", err);
	else
		return false;
	return true;
}

bool key_from_file(uint8_t key[static KEY_LEN], const char *path, FILE *err)
{
	char buf[BUFSIZ], text[KEY_TEXT_LEN];
	int extra, failed;
	bool ok;
	FILE *in;
	size_t n;

	in = fopen(path, "r");
	if (!in) {
		fprintf(err, "fopen: %s\n", strerror(errno));
		return false;
	}
	/* The buffer of stdio would keep a copy of the key after fclose(). */
	setvbuf(in, buf, _IOFBF, sizeof(buf));
	n = key_read_text(text, in, &extra);
	failed = ferror(in);
	fclose(in);

	if (!n && !failed) {
		memset(key, 0, KEY_LEN);
		ok = true;
	} else {
		ok = !complain(err, n, extra, text, key);
	}
	explicit_bzero(buf, sizeof(buf));
	explicit_bzero(text, sizeof(text));
	return ok;
}
