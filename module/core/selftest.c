// SPDX-License-Identifier: GPL-2.0
/*
 * Self-test of the primitives with known answers, at load time of debug builds.
 *
 * The tests in user space run the same files over another crypto library, so this
 * test covers the kernel's library. Results of many lengths are folded into one
 * hash. It is compared with the hash that selftests/unit/vectors.py computes.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "crypto.h"
#include "kdf.h"
#include "macs.h"
#include "noise.h"
#include "replay.h"
#include "selftest.h"
#include "wire.h"

#define PATTERN_SIZE	1536
#define TEXT_MAX	1280

static u8 pattern[PATTERN_SIZE] __initdata;
static u8 sealed[TEXT_MAX + NAAWG_TAG_SIZE] __initdata;
static u8 opened[TEXT_MAX + NAAWG_TAG_SIZE] __initdata;

static const u8 want_hash[NAAWG_HASH_SIZE] __initconst = {
	0x3f, 0x87, 0xf1, 0x87, 0x25, 0x00, 0x5b, 0x07,
	0xea, 0x65, 0x9d, 0xb7, 0x75, 0x61, 0xfc, 0x71,
	0x17, 0x54, 0xd0, 0x25, 0x87, 0x9d, 0x67, 0xd1,
	0x32, 0x33, 0x69, 0xfc, 0x4e, 0xf5, 0x9d, 0x99,
};

static const u8 want_hmac[NAAWG_HASH_SIZE] __initconst = {
	0xa9, 0x47, 0x45, 0x5f, 0xee, 0x26, 0xa7, 0x53,
	0x5d, 0x7e, 0x3d, 0x69, 0xc5, 0x29, 0xce, 0x70,
	0x62, 0x29, 0xc8, 0xda, 0x55, 0x2a, 0x66, 0xcd,
	0xe6, 0xa7, 0xcd, 0x1c, 0x56, 0xb9, 0x97, 0xdf,
};

static const u8 want_aead[NAAWG_HASH_SIZE] __initconst = {
	0x2f, 0x07, 0x41, 0xbf, 0xaf, 0x07, 0x6f, 0x8b,
	0xe2, 0x6c, 0xee, 0x37, 0xb2, 0xdb, 0x6a, 0xab,
	0x4f, 0xb6, 0xb3, 0x42, 0x33, 0x0a, 0x34, 0x85,
	0xa6, 0x1a, 0xac, 0xdd, 0x86, 0xd7, 0x73, 0x4f,
};

static const u8 want_xaead[NAAWG_HASH_SIZE] __initconst = {
	0x8b, 0xcb, 0x95, 0xe0, 0xc7, 0x9c, 0xd1, 0x4b,
	0x51, 0x87, 0x80, 0x72, 0x6a, 0x90, 0xa3, 0x30,
	0x4d, 0x6e, 0xd1, 0xee, 0xd4, 0xfa, 0xf2, 0x57,
	0xbf, 0x41, 0xb1, 0xc5, 0x20, 0xd7, 0xe8, 0xb9,
};

static const u8 want_handshake[NAAWG_HASH_SIZE] __initconst = {
	0x9c, 0xa0, 0x13, 0x63, 0x40, 0x42, 0xe3, 0x98,
	0x9b, 0x82, 0x5e, 0x42, 0x41, 0xfc, 0x9f, 0xba,
	0xf9, 0xe3, 0x15, 0xfd, 0xba, 0x55, 0x69, 0x86,
	0x7f, 0xcb, 0x9d, 0xe6, 0x3f, 0x72, 0x7c, 0xd0,
};

/* RFC 7748, 5.2, after a thousand iterations */
static const u8 want_x25519[NAAWG_KEY_SIZE] __initconst = {
	0x68, 0x4c, 0xf5, 0x9b, 0xa8, 0x33, 0x09, 0x55,
	0x28, 0x00, 0xef, 0x56, 0x6f, 0x2f, 0x4d, 0x3c,
	0x1c, 0x38, 0x87, 0xc4, 0x93, 0x60, 0xe3, 0x87,
	0x5f, 0x2e, 0xb9, 0x4d, 0x99, 0x53, 0x2c, 0x51,
};

static void __init fold(u8 digest[NAAWG_HASH_SIZE], const void *bytes,
			size_t len)
{
	naawg_hash(digest, digest, NAAWG_HASH_SIZE, bytes, len);
}

static bool __init test_blake2s(void)
{
	u8 digest[NAAWG_HASH_SIZE] = {};
	u8 out[NAAWG_HASH_SIZE];
	size_t size;
	size_t len;

	for (len = 0; len <= 256; len++) {
		size = 1 + len % NAAWG_HASH_SIZE;
		naawg_hash(out, pattern, len / 2, pattern + len / 2,
			   len - len / 2);
		fold(digest, out, sizeof(out));
		naawg_keyed_hash(out, size, pattern, size, pattern, len / 3,
				 pattern + len / 3, len - len / 3);
		fold(digest, out, size);
	}
	return !memcmp(digest, want_hash, sizeof(digest));
}

static bool __init test_hmac(void)
{
	u8 digest[NAAWG_HASH_SIZE] = {};
	u8 out[3][NAAWG_HASH_SIZE];
	size_t len;

	for (len = 0; len <= 130; len++) {
		naawg_hmac(out[0], pattern + len, pattern, len / 2,
			   pattern + len / 2, len - len / 2);
		fold(digest, out[0], sizeof(out[0]));
		naawg_kdf(pattern + len, pattern, len, out[0], out[1], out[2]);
		fold(digest, out, sizeof(out));
	}
	return !memcmp(digest, want_hmac, sizeof(digest));
}

static bool __init test_x25519(void)
{
	u8 scalar[NAAWG_KEY_SIZE];
	u8 k[NAAWG_KEY_SIZE] = { 9 };
	u8 u[NAAWG_KEY_SIZE] = { 9 };
	u8 out[NAAWG_KEY_SIZE];
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		memcpy(scalar, k, sizeof(scalar));
		naawg_clamp(scalar);
		/* the library has separate code for the base point */
		if (!i && (!naawg_public_key(out, scalar) ||
			   !naawg_dh(opened, scalar, u) ||
			   !naawg_equal(out, opened, sizeof(out))))
			return false;
		if (!naawg_dh(out, scalar, u))
			return false;
		memcpy(u, k, sizeof(u));
		memcpy(k, out, sizeof(k));
	}
	if (memcmp(k, want_x25519, sizeof(k)))
		return false;

	memset(u, 0, sizeof(u));
	if (naawg_dh(out, scalar, u) || !naawg_is_zero(out, sizeof(out)))
		return false;
	u[0] = 1;
	return !naawg_dh(out, scalar, u) && naawg_is_zero(out, sizeof(out));
}

static bool __init test_aead(void)
{
	u8 digest[NAAWG_HASH_SIZE] = {};
	u64 counter = 0;
	size_t ad_len;
	size_t len;

	for (len = 0; len < TEXT_MAX; len++) {
		ad_len = len % 33;
		naawg_aead_seal(sealed, pattern, len, pattern + len % 32,
				ad_len, counter, pattern);
		fold(digest, sealed, len + NAAWG_TAG_SIZE);
		if (!naawg_aead_open(opened, sealed, len + NAAWG_TAG_SIZE,
				     pattern + len % 32, ad_len, counter,
				     pattern) ||
		    memcmp(opened, pattern, len))
			return false;
		sealed[len / 2] ^= 1;
		if (naawg_aead_open(opened, sealed, len + NAAWG_TAG_SIZE,
				    pattern + len % 32, ad_len, counter,
				    pattern))
			return false;
		counter += 0x0123456789abcdefULL;
	}
	return !memcmp(digest, want_aead, sizeof(digest));
}

static bool __init test_xaead(void)
{
	u8 digest[NAAWG_HASH_SIZE] = {};
	size_t len;

	for (len = 0; len <= 64; len++) {
		naawg_xaead_seal(sealed, pattern, len, pattern + 1, 16,
				 pattern + len, pattern);
		fold(digest, sealed, len + NAAWG_TAG_SIZE);
		if (!naawg_xaead_open(opened, sealed, len + NAAWG_TAG_SIZE,
				      pattern + 1, 16, pattern + len,
				      pattern) ||
		    memcmp(opened, pattern, len))
			return false;
		sealed[len] ^= 1;
		if (naawg_xaead_open(opened, sealed, len + NAAWG_TAG_SIZE,
				     pattern + 1, 16, pattern + len, pattern))
			return false;
	}
	return !memcmp(digest, want_xaead, sizeof(digest));
}

/* State of both sides of a handshake; static, as it is too large for the stack. */
static struct {
	struct naawg_identity id[2];
	struct naawg_handshake hs[2];
	struct naawg_mac_keys mac_keys[2];
	struct naawg_transport_keys keys[2];
	struct naawg_claim claim;
	struct naawg_msg_initiation first;
	struct naawg_msg_response second;
} shake __initdata;

static bool __init test_handshake(void)
{
	u8 digest[NAAWG_HASH_SIZE] = {};
	u8 timestamp[NAAWG_TIMESTAMP_SIZE];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (!naawg_identity_set(&shake.id[i], pattern + 1 + i))
			return false;
		naawg_mac_keys_derive(&shake.mac_keys[i], shake.id[i].public);
	}
	for (i = 0; i < 2; i++)
		naawg_handshake_init(&shake.hs[i], &shake.id[i],
				     shake.id[!i].public, pattern + 5);

	naawg_timestamp(timestamp, 1234567890, 987654321);
	if (naawg_noise_initiate(&shake.hs[0], &shake.id[0], pattern + 3,
				 timestamp, 0x01020304, &shake.first) ||
	    naawg_noise_read_claim(&shake.claim, &shake.id[1], &shake.first) ||
	    naawg_noise_accept(&shake.hs[1], &shake.claim, &shake.first) ||
	    naawg_noise_respond(&shake.hs[1], pattern + 4, 0x05060708,
				&shake.second) ||
	    naawg_noise_finish(&shake.hs[0], &shake.id[0], &shake.second))
		return false;
	naawg_mac1_write(&shake.first, sizeof(shake.first),
			 &shake.mac_keys[1]);
	naawg_mac2_write(&shake.first, sizeof(shake.first), pattern);
	naawg_mac1_write(&shake.second, sizeof(shake.second),
			 &shake.mac_keys[0]);
	naawg_mac2_write(&shake.second, sizeof(shake.second), NULL);
	if (!naawg_noise_split(&shake.hs[0], &shake.keys[0]) ||
	    !naawg_noise_split(&shake.hs[1], &shake.keys[1]) ||
	    memcmp(shake.keys[0].send, shake.keys[1].recv, NAAWG_KEY_SIZE) ||
	    memcmp(shake.keys[0].recv, shake.keys[1].send, NAAWG_KEY_SIZE))
		return false;

	fold(digest, &shake.first, sizeof(shake.first));
	fold(digest, &shake.second, sizeof(shake.second));
	fold(digest, &shake.keys[0], sizeof(shake.keys[0]));
	return !memcmp(digest, want_handshake, sizeof(digest));
}

static struct naawg_replay window __initdata;

static bool __init test_replay(void)
{
	const u64 end = NAAWG_REJECT_AFTER_MESSAGES;
	u64 i;

	memset(&window, 0, sizeof(window));
	for (i = 0; i < 3 * NAAWG_REPLAY_BITS; i += 2) {
		if (!naawg_replay_accept(&window, i) ||
		    naawg_replay_accept(&window, i))
			return false;
	}
	/* every other counter in the window is still new */
	i -= 2;
	if (naawg_replay_accept(&window, i + 1 - NAAWG_REPLAY_WINDOW) !=
	    (NAAWG_REPLAY_WINDOW % 2 == 0) ||
	    naawg_replay_accept(&window, i - 1 - NAAWG_REPLAY_WINDOW))
		return false;
	if (naawg_replay_accept_run(&window, i - 63, 64) !=
	    0x5555555555555555ULL ||
	    naawg_replay_accept_run(&window, i - 63, 64))
		return false;

	return naawg_replay_accept_run(&window, end - 3, 64) == 7 &&
	       !naawg_replay_accept(&window, end) &&
	       !naawg_replay_accept(&window, U64_MAX) &&
	       !naawg_replay_accept(&window, i);
}

struct selftest {
	const char *name;
	bool (*run)(void);
};

static const struct selftest tests[] __initconst = {
	{ "blake2s", test_blake2s },
	{ "hmac", test_hmac },
	{ "x25519", test_x25519 },
	{ "chacha20poly1305", test_aead },
	{ "xchacha20poly1305", test_xaead },
	{ "handshake", test_handshake },
	{ "replay", test_replay },
};

/**
 * naawg_selftest_core() - run the tests with known answers
 *
 * Context: process, while the module is loaded.
 * Return: 0, or -EBADMSG if a test failed; the kernel log names the test.
 */
int __init naawg_selftest_core(void)
{
	unsigned int i;
	int ret = 0;
	bool pass;

	for (i = 0; i < sizeof(pattern); i++)
		pattern[i] = i * 7 + 3;

	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		pass = tests[i].run();
		pr_info("naawg: selftest: %s: %s\n", tests[i].name,
			pass ? "pass" : "FAIL");
		if (!pass)
			ret = -EBADMSG;
	}
	return ret;
}
