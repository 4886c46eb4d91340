// SPDX-License-Identifier: GPL-2.0
/* The primitives, from the kernel's own crypto library. */
#include <linux/string.h>
#include <crypto/blake2s.h>
#include <crypto/chacha20poly1305.h>
#include <crypto/curve25519.h>
#include <crypto/utils.h>

#include "crypto.h"

/**
 * naawg_hash() - BLAKE2s-256 of two pieces, one after the other
 * @out: the hash; may be one of the pieces
 * @a: first piece
 * @a_len: its length
 * @b: second piece, may be NULL when empty
 * @b_len: its length
 *
 * Context: any.
 */
void naawg_hash(u8 out[NAAWG_HASH_SIZE], const void *a, size_t a_len,
		const void *b, size_t b_len)
{
	struct blake2s_ctx ctx;

	blake2s_init(&ctx, NAAWG_HASH_SIZE);
	blake2s_update(&ctx, a, a_len);
	blake2s_update(&ctx, b, b_len);
	blake2s_final(&ctx, out);
}

/* One of the two passes of HMAC: the key xor'ed with @pad, then the pieces. */
static void hmac_pass(u8 out[NAAWG_HASH_SIZE], const u8 key[NAAWG_HASH_SIZE],
		      u8 pad, const void *a, size_t a_len, const void *b,
		      size_t b_len)
{
	u8 block[BLAKE2S_BLOCK_SIZE];
	struct blake2s_ctx ctx;
	unsigned int i;

	memset(block, pad, sizeof(block));
	for (i = 0; i < NAAWG_HASH_SIZE; i++)
		block[i] ^= key[i];

	blake2s_init(&ctx, NAAWG_HASH_SIZE);
	blake2s_update(&ctx, block, sizeof(block));
	blake2s_update(&ctx, a, a_len);
	blake2s_update(&ctx, b, b_len);
	blake2s_final(&ctx, out);
	naawg_wipe(block, sizeof(block));
}

/**
 * naawg_hmac() - HMAC-BLAKE2s of two pieces, one after the other
 * @out: the authenticator; may be the key or one of the pieces
 * @key: the key
 * @a: first piece
 * @a_len: its length
 * @b: second piece, may be NULL when empty
 * @b_len: its length
 *
 * The protocol wants RFC 2104's HMAC here although BLAKE2s has a keyed mode.
 *
 * Context: any.
 */
void naawg_hmac(u8 out[NAAWG_HASH_SIZE], const u8 key[NAAWG_HASH_SIZE],
		const void *a, size_t a_len, const void *b, size_t b_len)
{
	u8 inner[NAAWG_HASH_SIZE];

	hmac_pass(inner, key, 0x36, a, a_len, b, b_len);
	hmac_pass(out, key, 0x5c, inner, sizeof(inner), NULL, 0);
	naawg_wipe(inner, sizeof(inner));
}

/**
 * naawg_keyed_hash() - BLAKE2s in its keyed mode over two pieces
 * @out: the authenticator; may be one of the pieces
 * @out_len: its length, 1 to %NAAWG_HASH_SIZE
 * @key: the key
 * @key_len: its length, 1 to %NAAWG_KEY_SIZE
 * @a: first piece
 * @a_len: its length
 * @b: second piece, may be NULL when empty
 * @b_len: its length
 *
 * Context: any.
 */
void naawg_keyed_hash(u8 *out, size_t out_len, const void *key, size_t key_len,
		      const void *a, size_t a_len, const void *b, size_t b_len)
{
	struct blake2s_ctx ctx;

	blake2s_init_key(&ctx, out_len, key, key_len);
	blake2s_update(&ctx, a, a_len);
	blake2s_update(&ctx, b, b_len);
	blake2s_final(&ctx, out);
}

/**
 * naawg_clamp() - make 32 random bytes an X25519 private key
 * @private: the bytes, changed in place
 *
 * Context: any.
 */
void naawg_clamp(u8 private[NAAWG_KEY_SIZE])
{
	curve25519_clamp_secret(private);
}

/**
 * naawg_public_key() - public half of a key pair
 * @public: the public key
 * @private: clamped private key
 *
 * Context: any.
 * Return: false when @private is no key.
 */
bool naawg_public_key(u8 public[NAAWG_KEY_SIZE],
		      const u8 private[NAAWG_KEY_SIZE])
{
	return curve25519_generate_public(public, private);
}

/**
 * naawg_dh() - X25519
 * @shared: the shared secret, zeros on failure
 * @private: clamped private key
 * @public: the other side's public key
 *
 * Takes the same time for all keys.
 *
 * Context: any.
 * Return: false when @public is a point of low order, so that everybody knows
 * the result.
 */
bool naawg_dh(u8 shared[NAAWG_KEY_SIZE], const u8 private[NAAWG_KEY_SIZE],
	      const u8 public[NAAWG_KEY_SIZE])
{
	return curve25519(shared, private, public);
}

/**
 * naawg_aead_seal() - ChaCha20-Poly1305 with a counter for a nonce
 * @dst: sealed text, @src_len + %NAAWG_TAG_SIZE bytes; may be @src
 * @src: plain text
 * @src_len: its length
 * @ad: what is authenticated but not sealed
 * @ad_len: its length
 * @nonce: the counter
 * @key: the key
 *
 * Context: process or softirq.
 */
void naawg_aead_seal(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		     size_t ad_len, u64 nonce, const u8 key[NAAWG_KEY_SIZE])
{
	chacha20poly1305_encrypt(dst, src, src_len, ad, ad_len, nonce, key);
}

/**
 * naawg_aead_open() - opposite of naawg_aead_seal()
 * @dst: plain text, @src_len - %NAAWG_TAG_SIZE bytes; may be @src
 * @src: sealed text
 * @src_len: its length with the tag
 * @ad: what was authenticated but not sealed
 * @ad_len: its length
 * @nonce: the counter
 * @key: the key
 *
 * Context: process or softirq.
 * Return: false when the tag is wrong or missing.
 */
bool naawg_aead_open(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		     size_t ad_len, u64 nonce, const u8 key[NAAWG_KEY_SIZE])
{
	return chacha20poly1305_decrypt(dst, src, src_len, ad, ad_len, nonce,
					key);
}

/**
 * naawg_xaead_seal() - XChaCha20-Poly1305, for nonces drawn at random
 * @dst: sealed text, @src_len + %NAAWG_TAG_SIZE bytes; may be @src
 * @src: plain text
 * @src_len: its length
 * @ad: what is authenticated but not sealed
 * @ad_len: its length
 * @nonce: the nonce
 * @key: the key
 *
 * Context: process or softirq.
 */
void naawg_xaead_seal(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		      size_t ad_len, const u8 nonce[NAAWG_COOKIE_NONCE_SIZE],
		      const u8 key[NAAWG_KEY_SIZE])
{
	xchacha20poly1305_encrypt(dst, src, src_len, ad, ad_len, nonce, key);
}

/**
 * naawg_xaead_open() - opposite of naawg_xaead_seal()
 * @dst: plain text, @src_len - %NAAWG_TAG_SIZE bytes; may be @src
 * @src: sealed text
 * @src_len: its length with the tag
 * @ad: what was authenticated but not sealed
 * @ad_len: its length
 * @nonce: the nonce
 * @key: the key
 *
 * Context: process or softirq.
 * Return: false when the tag is wrong or missing.
 */
bool naawg_xaead_open(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		      size_t ad_len, const u8 nonce[NAAWG_COOKIE_NONCE_SIZE],
		      const u8 key[NAAWG_KEY_SIZE])
{
	return xchacha20poly1305_decrypt(dst, src, src_len, ad, ad_len, nonce,
					 key);
}

/**
 * naawg_equal() - compare in a time that depends on the length alone
 * @a: one
 * @b: other
 * @len: their length
 *
 * Context: any.
 * Return: true when all bytes are the same.
 */
bool naawg_equal(const void *a, const void *b, size_t len)
{
	return !crypto_memneq(a, b, len);
}

/**
 * naawg_is_zero() - look for zeros in a time that depends on the length alone
 * @bytes: what to look at
 * @len: its length
 *
 * Context: any.
 * Return: true when all bytes are zero.
 */
bool naawg_is_zero(const void *bytes, size_t len)
{
	static const u8 zeros[NAAWG_KEY_SIZE];
	const u8 *at = bytes;
	bool zero = true;
	size_t step;

	for (; len; at += step, len -= step) {
		step = len < sizeof(zeros) ? len : sizeof(zeros);
		zero &= naawg_equal(at, zeros, step);
	}
	return zero;
}

/**
 * naawg_wipe() - erase a secret so that no compiler thinks it needless
 * @bytes: the secret
 * @len: its length
 *
 * Context: any.
 */
void naawg_wipe(void *bytes, size_t len)
{
	memzero_explicit(bytes, len);
}
