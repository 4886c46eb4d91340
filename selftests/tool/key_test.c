// SPDX-License-Identifier: GPL-2.0
/* Keys against the vectors of RFC 7748, sections 5.2 and 6.1. */

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"
#include "tap.h"

static void unhex(uint8_t *to, const char *hex)
{
	sodium_hex2bin(to, KEY_LEN, hex, strlen(hex), NULL, NULL, NULL);
}

static bool public_is(const char *priv_hex, const char *pub_hex)
{
	uint8_t priv[KEY_LEN], want[KEY_LEN], got[KEY_LEN];

	unhex(priv, priv_hex);
	unhex(want, pub_hex);
	key_public(got, priv);
	return !memcmp(want, got, KEY_LEN);
}

/* Base point times k, k times; section 5.2's test begins so. */
static bool iterated_once(void)
{
	uint8_t k[KEY_LEN] = { 9 }, got[KEY_LEN], want[KEY_LEN];

	unhex(want, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
	key_public(got, k);
	return !memcmp(want, got, KEY_LEN);
}

static bool text_refused(const char *text)
{
	uint8_t key[KEY_LEN];

	return !key_from_text(key, text);
}

static bool text_round_trip(void)
{
	uint8_t key[KEY_LEN], back[KEY_LEN];
	char text[KEY_TEXT_LEN];
	int i;

	for (i = 0; i < 1000; i++) {
		if (!key_random(key, i & 1))
			return false;
		key_to_text(text, key);
		if (strlen(text) != KEY_TEXT_CHARS || !key_from_text(back, text) ||
		    memcmp(key, back, KEY_LEN))
			return false;
	}
	return true;
}

static bool clamped(void)
{
	uint8_t key[KEY_LEN];
	int i;

	for (i = 0; i < 1000; i++) {
		key_random(key, true);
		if ((key[0] & 7) || (key[31] & 0xc0) != 0x40)
			return false;
	}
	return true;
}

int main(void)
{
	static const uint8_t zero[KEY_LEN];

	tap_ok(public_is("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
			 "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"),
	       "RFC 7748 6.1, Alice's public key");
	tap_ok(public_is("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
			 "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"),
	       "RFC 7748 6.1, Bob's public key");
	tap_ok(iterated_once(), "RFC 7748 5.2, first iteration");
	tap_ok(text_refused("AAAA"), "short text refused");
	tap_ok(text_round_trip(), "1000 keys to text and back");
	tap_ok(clamped(), "1000 private keys are clamped");
	tap_ok(key_is_zero(zero), "zero key is known");
	return tap_done();
}
