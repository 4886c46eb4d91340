// SPDX-License-Identifier: GPL-2.0
/* Cryptographic primitives, from the kernel's crypto library. */
#include <linux/string.h>
#include <crypto/blake2s.h>
#include <crypto/chacha.h>
#include <crypto/chacha20poly1305.h>
#include <crypto/curve25519.h>
#include <crypto/poly1305.h>
#include <crypto/utils.h>
#include <asm/byteorder.h>

#include "crypto.h"

/**
 * naawg_hash() - BLAKE2s-256 of two pieces, one after the other
 * @out: receives the hash; may be one of the pieces
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
 * @out: receives the MAC; may be the key or one of the pieces
 * @key: the key
 * @a: first piece
 * @a_len: its length
 * @b: second piece, may be NULL when empty
 * @b_len: its length
 *
 * The protocol uses HMAC of RFC 2104 here, although BLAKE2s has a keyed mode.
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
 * @out: receives the MAC; may be one of the pieces
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
 * naawg_clamp() - turn 32 random bytes into an X25519 private key
 * @private: the bytes, changed in place
 *
 * Context: any.
 */
void naawg_clamp(u8 private[NAAWG_KEY_SIZE])
{
	curve25519_clamp_secret(private);
}

/**
 * naawg_public_key() - compute the public key of a private key
 * @public: receives the public key
 * @private: clamped private key
 *
 * Context: any.
 * Return: false if @private is not a valid key.
 */
bool naawg_public_key(u8 public[NAAWG_KEY_SIZE],
		      const u8 private[NAAWG_KEY_SIZE])
{
	return curve25519_generate_public(public, private);
}

/**
 * naawg_dh() - X25519
 * @shared: receives the shared secret; zeros on failure
 * @private: clamped private key
 * @public: the other side's public key
 *
 * This takes the same time for all keys.
 *
 * Context: any.
 * Return: false if @public is a point of low order, for which anyone can compute the
 * shared secret.
 */
bool naawg_dh(u8 shared[NAAWG_KEY_SIZE], const u8 private[NAAWG_KEY_SIZE],
	      const u8 public[NAAWG_KEY_SIZE])
{
	return curve25519(shared, private, public);
}

/*
 * ChaCha20-Poly1305 (RFC 8439) without associated data, as in every data message.
 * The library's own function computes the key of Poly1305 by itself. That is one
 * block, for which the vector code is not used. Here one call computes that block
 * and the first blocks of the text.
 */
#define FIRST_MAX	(3 * CHACHA_BLOCK_SIZE)

/**
 * struct first - result of the first blocks of the key stream
 * @state: ChaCha20 state after these blocks
 * @blocks: the first block has the key of Poly1305, the others have the beginning of
 *	the text, sealed or opened
 */
struct first {
	struct chacha_state state;
	u8 blocks[CHACHA_BLOCK_SIZE + FIRST_MAX];
};

/* Bytes of a text that struct first covers: a short text as a whole, else one block. */
static u32 first_len(size_t len)
{
	return len <= FIRST_MAX ? len : CHACHA_BLOCK_SIZE;
}

static void begin(struct first *first, struct poly1305_desc_ctx *poly,
		  const u8 *src, u32 len, u64 nonce,
		  const u8 key[NAAWG_KEY_SIZE])
{
	__le64 iv[2] = { 0, cpu_to_le64(nonce) };
	u32 words[CHACHA_KEY_WORDS];
	unsigned int i;

	memcpy(words, key, sizeof(words));
	for (i = 0; i < CHACHA_KEY_WORDS; i++)
		words[i] = le32_to_cpu((__force __le32)words[i]);
	chacha_init(&first->state, words, (const u8 *)iv);
	memset(first->blocks, 0, CHACHA_BLOCK_SIZE);
	memcpy(first->blocks + CHACHA_BLOCK_SIZE, src, len);
	chacha20_crypt(&first->state, first->blocks, first->blocks,
		       CHACHA_BLOCK_SIZE + len);
	poly1305_init(poly, first->blocks);
	memzero_explicit(words, sizeof(words));
}

/* Computes the tag over @len bytes, their padding and their length. */
static void authenticate(struct poly1305_desc_ctx *poly, const u8 *sealed,
			 size_t len, u8 tag[NAAWG_TAG_SIZE])
{
	static const u8 zeros[POLY1305_BLOCK_SIZE];
	__le64 lens[2] = { 0, cpu_to_le64(len) };

	poly1305_update(poly, sealed, len);
	if (len % POLY1305_BLOCK_SIZE)
		poly1305_update(poly, zeros, POLY1305_BLOCK_SIZE -
				len % POLY1305_BLOCK_SIZE);
	poly1305_update(poly, (const u8 *)lens, sizeof(lens));
	poly1305_final(poly, tag);
}

static void seal_without_ad(u8 *dst, const u8 *src, size_t len, u64 nonce,
			    const u8 key[NAAWG_KEY_SIZE])
{
	struct poly1305_desc_ctx poly;
	u32 head = first_len(len);
	struct first first;

	begin(&first, &poly, src, head, nonce, key);
	memcpy(dst, first.blocks + CHACHA_BLOCK_SIZE, head);
	if (len > head)
		chacha20_crypt(&first.state, dst + head, src + head,
			       len - head);
	authenticate(&poly, dst, len, dst + len);
	memzero_explicit(&first, sizeof(first));
}

static bool open_without_ad(u8 *dst, const u8 *src, size_t len, u64 nonce,
			    const u8 key[NAAWG_KEY_SIZE])
{
	struct poly1305_desc_ctx poly;
	u8 tag[NAAWG_TAG_SIZE];
	u32 head = first_len(len);
	struct first first;
	bool authenticated;

	begin(&first, &poly, src, head, nonce, key);
	authenticate(&poly, src, len, tag);
	authenticated = naawg_equal(tag, src + len, sizeof(tag));
	if (likely(authenticated)) {
		memcpy(dst, first.blocks + CHACHA_BLOCK_SIZE, head);
		if (len > head)
			chacha20_crypt(&first.state, dst + head, src + head,
				       len - head);
	}
	memzero_explicit(&first, sizeof(first));
	return authenticated;
}

/**
 * naawg_aead_seal() - seal with ChaCha20-Poly1305, with a counter as the nonce
 * @dst: sealed text, @src_len + %NAAWG_TAG_SIZE bytes; may be @src
 * @src: plain text
 * @src_len: its length
 * @ad: associated data, which is authenticated but not sealed
 * @ad_len: its length
 * @nonce: the counter
 * @key: the key
 *
 * Context: process or softirq.
 */
void naawg_aead_seal(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		     size_t ad_len, u64 nonce, const u8 key[NAAWG_KEY_SIZE])
{
	if (likely(!ad_len && src_len))
		seal_without_ad(dst, src, src_len, nonce, key);
	else
		chacha20poly1305_encrypt(dst, src, src_len, ad, ad_len, nonce,
					 key);
}

/**
 * naawg_aead_open() - opposite of naawg_aead_seal()
 * @dst: plain text, @src_len - %NAAWG_TAG_SIZE bytes; may be @src
 * @src: sealed text
 * @src_len: its length with the tag
 * @ad: associated data, which was authenticated but not sealed
 * @ad_len: its length
 * @nonce: the counter
 * @key: the key
 *
 * Context: process or softirq.
 * Return: false if the tag is wrong or missing.
 */
bool naawg_aead_open(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		     size_t ad_len, u64 nonce, const u8 key[NAAWG_KEY_SIZE])
{
	if (likely(!ad_len && src_len > NAAWG_TAG_SIZE))
		return open_without_ad(dst, src, src_len - NAAWG_TAG_SIZE,
				       nonce, key);
	return chacha20poly1305_decrypt(dst, src, src_len, ad, ad_len, nonce,
					key);
}

/**
 * naawg_xaead_seal() - seal with XChaCha20-Poly1305, with a random nonce
 * @dst: sealed text, @src_len + %NAAWG_TAG_SIZE bytes; may be @src
 * @src: plain text
 * @src_len: its length
 * @ad: associated data, which is authenticated but not sealed
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
 * @ad: associated data, which was authenticated but not sealed
 * @ad_len: its length
 * @nonce: the nonce
 * @key: the key
 *
 * Context: process or softirq.
 * Return: false if the tag is wrong or missing.
 */
bool naawg_xaead_open(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		      size_t ad_len, const u8 nonce[NAAWG_COOKIE_NONCE_SIZE],
		      const u8 key[NAAWG_KEY_SIZE])
{
	return xchacha20poly1305_decrypt(dst, src, src_len, ad, ad_len, nonce,
					 key);
}

/**
 * naawg_equal() - compare secrets in constant time
 * @a: first secret
 * @b: second secret
 * @len: length of both; the time depends on it only
 *
 * Context: any.
 * Return: true if all bytes are equal.
 */
bool naawg_equal(const void *a, const void *b, size_t len)
{
	return !crypto_memneq(a, b, len);
}

/**
 * naawg_is_zero() - compare a secret to zeros in constant time
 * @bytes: the secret
 * @len: its length; the time depends on it only
 *
 * Context: any.
 * Return: true if all bytes are zero.
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
 * naawg_wipe() - erase a secret with a write that the compiler cannot drop
 * @bytes: the secret
 * @len: its length
 *
 * Context: any.
 */
void naawg_wipe(void *bytes, size_t len)
{
	memzero_explicit(bytes, len);
}
