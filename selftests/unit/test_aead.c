// SPDX-License-Identifier: GPL-2.0
/* Data messages of every length, against libsodium's own sealing and opening. */
#include "core/crypto.h"
#include "shim.h"
#include "tap.h"

#define LENGTH_MAX	1100
#define LARGE		32768

static u8 key[32], text[LARGE], ours[LARGE + 16], theirs[LARGE + 16];
static u8 back[LARGE + 16];

static void same_sealed(size_t len, u64 nonce)
{
	chacha20poly1305_encrypt(theirs, text, len, NULL, 0, nonce, key);
	memset(ours, 0xa5, sizeof(ours));
	naawg_aead_seal(ours, text, len, NULL, 0, nonce, key);
	check(!memcmp(ours, theirs, len + 16));
	check(ours[len + 16] == 0xa5);
	/* in place */
	memcpy(back, text, len);
	naawg_aead_seal(back, back, len, NULL, 0, nonce, key);
	check(!memcmp(back, theirs, len + 16));
}

static void same_opened(size_t len, u64 nonce)
{
	chacha20poly1305_encrypt(theirs, text, len, NULL, 0, nonce, key);
	memset(back, 0xa5, sizeof(back));
	check(naawg_aead_open(back, theirs, len + 16, NULL, 0, nonce, key));
	check(!memcmp(back, text, len));
	check(back[len] == 0xa5);
	memcpy(ours, theirs, len + 16);
	check(naawg_aead_open(ours, ours, len + 16, NULL, 0, nonce, key));
	check(!memcmp(ours, text, len));
}

/* A forged message does not open and leaves no plain text behind. */
static void refused(size_t len, u64 nonce)
{
	size_t at = tap_random() % (len + 16);

	chacha20poly1305_encrypt(theirs, text, len, NULL, 0, nonce, key);
	theirs[at] ^= 1 << tap_random() % 8;
	memset(back, 0xa5, sizeof(back));
	check(!naawg_aead_open(back, theirs, len + 16, NULL, 0, nonce, key));
	check(back[0] == 0xa5 && (!len || back[len - 1] == 0xa5));
	check(!naawg_aead_open(back, theirs, len + 15, NULL, 0, nonce, key));
}

static void each(void (*what)(size_t len, u64 nonce))
{
	size_t len;

	for (len = 0; len <= LENGTH_MAX; len++)
		what(len, len * 0x123456789abcdefULL);
	for (len = 1400; len <= 1500; len++)
		what(len, ~0ULL - 8192 - len);
	for (len = LARGE - 66; len < LARGE; len++)
		what(len, len);
}

static void sealed(void) { each(same_sealed); }
static void opened(void) { each(same_opened); }
static void forged(void) { each(refused); }

int main(void)
{
	tap_fill(text, sizeof(text));
	tap_fill(key, sizeof(key));
	tap_run("data messages are sealed as by libsodium", sealed);
	tap_run("data messages of libsodium are opened", opened);
	tap_run("a message that is not authentic is refused", forged);
	return tap_done();
}
