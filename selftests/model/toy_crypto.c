// SPDX-License-Identifier: GPL-2.0
/*
 * Cryptography for the model, in place of core/crypto.c: fast, and worthless otherwise.
 *
 * The model asks what follows if nobody can forge, not whether somebody can. Only a host with
 * the right keys opens a field here, but for a chance of 2^-64.
 */
#include "core/crypto.h"
#include "model_shim.h"

#define PUBLIC	0x5a	/* a public key is the private one with this in each byte */

struct toy {
	u64 sum;
};

static u64 stir(u64 x)
{
	x ^= x >> 31;
	x *= 0x9e3779b97f4a7c15ULL;
	return x ^ x >> 29;
}

static void add(struct toy *toy, const void *bytes, size_t len)
{
	const u8 *at = bytes;
	size_t i;

	for (i = 0; i < len; i++)
		toy->sum = (toy->sum ^ at[i]) * 0x100000001b3ULL;
	toy->sum = stir(toy->sum ^ (u64)len << 48);
}

static void put(u8 *out, size_t len, u64 sum)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (i % 8 == 0)
			sum = stir(sum + i + 1);
		out[i] = sum >> i % 8 * 8;
	}
}

void naawg_keyed_hash(u8 *out, size_t out_len, const void *key, size_t key_len, const void *a,
		      size_t a_len, const void *b, size_t b_len)
{
	struct toy toy = { 0xcbf29ce484222325ULL };

	add(&toy, key, key_len);
	add(&toy, a, a_len);
	add(&toy, b, b_len);
	put(out, out_len, toy.sum);
}

void naawg_hash(u8 out[NAAWG_HASH_SIZE], const void *a, size_t a_len, const void *b,
		size_t b_len)
{
	naawg_keyed_hash(out, NAAWG_HASH_SIZE, "hash", 4, a, a_len, b, b_len);
}

void naawg_hmac(u8 out[NAAWG_HASH_SIZE], const u8 key[NAAWG_HASH_SIZE], const void *a,
		size_t a_len, const void *b, size_t b_len)
{
	naawg_keyed_hash(out, NAAWG_HASH_SIZE, key, NAAWG_HASH_SIZE, a, a_len, b, b_len);
}

void naawg_clamp(u8 private[NAAWG_KEY_SIZE])
{
}

static void flip(u8 *to, const u8 *from)
{
	int i;

	for (i = 0; i < NAAWG_KEY_SIZE; i++)
		to[i] = from[i] ^ PUBLIC;
}

bool naawg_public_key(u8 public[NAAWG_KEY_SIZE], const u8 private[NAAWG_KEY_SIZE])
{
	flip(public, private);
	return true;
}

/* The hash of both private keys, in an order that both sides have. */
bool naawg_dh(u8 shared[NAAWG_KEY_SIZE], const u8 private[NAAWG_KEY_SIZE],
	      const u8 public[NAAWG_KEY_SIZE])
{
	u8 other[NAAWG_KEY_SIZE];
	bool first;

	flip(other, public);
	first = memcmp(private, other, sizeof(other)) < 0;
	naawg_keyed_hash(shared, NAAWG_KEY_SIZE, "dh", 2, first ? private : other, sizeof(other),
			 first ? other : private, sizeof(other));
	return true;
}

static u64 tag_of(const u8 *sealed, size_t len, const u8 *ad, size_t ad_len, u64 nonce,
		  const u8 *key)
{
	struct toy toy = { 0xcbf29ce484222325ULL };

	add(&toy, key, NAAWG_KEY_SIZE);
	add(&toy, &nonce, sizeof(nonce));
	add(&toy, ad, ad_len);
	add(&toy, sealed, len);
	return toy.sum;
}

/* The plaintext stays readable, as nobody in the model reads it without the key. */
void naawg_aead_seal(u8 *dst, const u8 *src, size_t src_len, const u8 *ad, size_t ad_len,
		     u64 nonce, const u8 key[NAAWG_KEY_SIZE])
{
	if (src_len)
		memmove(dst, src, src_len);
	put(dst + src_len, NAAWG_TAG_SIZE, tag_of(dst, src_len, ad, ad_len, nonce, key));
}

bool naawg_aead_open(u8 *dst, const u8 *src, size_t src_len, const u8 *ad, size_t ad_len,
		     u64 nonce, const u8 key[NAAWG_KEY_SIZE])
{
	size_t len = src_len - NAAWG_TAG_SIZE;
	u8 tag[NAAWG_TAG_SIZE];

	put(tag, sizeof(tag), tag_of(src, len, ad, ad_len, nonce, key));
	if (memcmp(tag, src + len, sizeof(tag)))
		return false;
	if (len)
		memmove(dst, src, len);
	return true;
}

bool naawg_equal(const void *a, const void *b, size_t len)
{
	return !memcmp(a, b, len);
}

bool naawg_is_zero(const void *bytes, size_t len)
{
	const u8 *at = bytes;

	while (len && !*at)
		at++, len--;
	return !len;
}

void naawg_wipe(void *bytes, size_t len)
{
	memset(bytes, 0, len);
}
