// SPDX-License-Identifier: GPL-2.0
/* The kernel's crypto library in user space: libsodium, and BLAKE2s by hand. */
#include <sodium.h>

#include "shim.h"

static const u32 iv[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

/* RFC 7693, 2.7 */
static const u8 sigma[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

static u32 rotate(u32 x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

static void mix(u32 v[16], int a, int b, int c, int d, u32 x, u32 y)
{
	v[a] += v[b] + x;
	v[d] = rotate(v[d] ^ v[a], 16);
	v[c] += v[d];
	v[b] = rotate(v[b] ^ v[c], 12);
	v[a] += v[b] + y;
	v[d] = rotate(v[d] ^ v[a], 8);
	v[c] += v[d];
	v[b] = rotate(v[b] ^ v[c], 7);
}

static void compress(struct blake2s_ctx *ctx, bool last)
{
	u32 v[16], m[16];
	int i, round;

	for (i = 0; i < 16; i++) {
		memcpy(&m[i], ctx->block + 4 * i, 4);
		m[i] = le32toh(m[i]);
		v[i] = i < 8 ? ctx->h[i] : iv[i - 8];
	}
	v[12] ^= (u32)ctx->total;
	v[13] ^= ctx->total >> 32;
	if (last)
		v[14] = ~v[14];

	for (round = 0; round < 10; round++) {
		const u8 *s = sigma[round];

		for (i = 0; i < 4; i++)
			mix(v, i, 4 + i, 8 + i, 12 + i, m[s[2 * i]],
			    m[s[2 * i + 1]]);
		for (i = 0; i < 4; i++)
			mix(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4,
			    12 + (i + 3) % 4, m[s[8 + 2 * i]],
			    m[s[9 + 2 * i]]);
	}
	for (i = 0; i < 8; i++)
		ctx->h[i] ^= v[i] ^ v[i + 8];
}

void blake2s_init_key(struct blake2s_ctx *ctx, size_t out_len, const void *key,
		      size_t key_len)
{
	assert(out_len && out_len <= 32 && key_len <= 32);
	memset(ctx, 0, sizeof(*ctx));
	memcpy(ctx->h, iv, sizeof(iv));
	ctx->h[0] ^= 0x01010000 ^ key_len << 8 ^ out_len;
	ctx->out_len = out_len;
	if (key_len) {
		memcpy(ctx->block, key, key_len);
		ctx->used = sizeof(ctx->block);
	}
}

void blake2s_init(struct blake2s_ctx *ctx, size_t out_len)
{
	blake2s_init_key(ctx, out_len, NULL, 0);
}

void blake2s_update(struct blake2s_ctx *ctx, const u8 *in, size_t len)
{
	/* the last block is told apart, so a full one waits for more */
	while (len--) {
		if (ctx->used == sizeof(ctx->block)) {
			ctx->total += ctx->used;
			compress(ctx, false);
			ctx->used = 0;
		}
		ctx->block[ctx->used++] = *in++;
	}
}

void blake2s_final(struct blake2s_ctx *ctx, u8 *out)
{
	u32 word;
	size_t i;

	memset(ctx->block + ctx->used, 0, sizeof(ctx->block) - ctx->used);
	ctx->total += ctx->used;
	compress(ctx, true);
	for (i = 0; i < ctx->out_len; i++) {
		word = ctx->h[i / 4];
		out[i] = word >> 8 * (i % 4);
	}
	memset(ctx, 0, sizeof(*ctx));
}

void curve25519_clamp_secret(u8 secret[32])
{
	secret[0] &= 0xf8;
	secret[31] = (secret[31] & 0x7f) | 0x40;
}

bool curve25519_generate_public(u8 public[32], const u8 secret[32])
{
	return !sodium_is_zero(secret, 32) &&
	       !crypto_scalarmult_curve25519_base(public, secret);
}

bool curve25519(u8 shared[32], const u8 secret[32], const u8 public[32])
{
	if (!crypto_scalarmult_curve25519(shared, secret, public) &&
	    !sodium_is_zero(shared, 32))
		return true;
	memset(shared, 0, 32);
	return false;
}

void chacha_init(struct chacha_state *state, const u32 key[8], const u8 iv[16])
{
	memset(state, 0, sizeof(*state));
	memcpy(state->x + 4, key, 32);
	memcpy(state->x + 12, iv, 16);
}

void chacha20_crypt(struct chacha_state *state, u8 *dst, const u8 *src,
		    unsigned int len)
{
	u8 key[32], nonce[12];
	int i;

	for (i = 0; i < 8; i++) {
		u32 word = htole32(state->x[4 + i]);

		memcpy(key + 4 * i, &word, 4);
	}
	memcpy(nonce, state->x + 13, 12);
	crypto_stream_chacha20_ietf_xor_ic(dst, src, len, nonce, state->x[12],
					   key);
	state->x[12] += (len + 63) / 64;
}

void poly1305_init(struct poly1305_desc_ctx *desc, const u8 key[32])
{
	_Static_assert(sizeof(*desc) >= sizeof(crypto_onetimeauth_poly1305_state),
		       "too small");
	crypto_onetimeauth_poly1305_init((void *)desc, key);
}

void poly1305_update(struct poly1305_desc_ctx *desc, const u8 *src,
		     unsigned int len)
{
	crypto_onetimeauth_poly1305_update((void *)desc, src, len);
}

void poly1305_final(struct poly1305_desc_ctx *desc, u8 *digest)
{
	crypto_onetimeauth_poly1305_final((void *)desc, digest);
	memset(desc, 0, sizeof(*desc));
}

static void counter_nonce(u8 out[12], u64 nonce)
{
	nonce = htole64(nonce);
	memset(out, 0, 4);
	memcpy(out + 4, &nonce, sizeof(nonce));
}

void chacha20poly1305_encrypt(u8 *dst, const u8 *src, size_t len, const u8 *ad,
			      size_t ad_len, u64 nonce, const u8 key[32])
{
	u8 npub[12];

	counter_nonce(npub, nonce);
	crypto_aead_chacha20poly1305_ietf_encrypt(dst, NULL, src, len, ad,
						  ad_len, NULL, npub, key);
}

bool chacha20poly1305_decrypt(u8 *dst, const u8 *src, size_t len,
			      const u8 *ad, size_t ad_len, u64 nonce,
			      const u8 key[32])
{
	u8 npub[12];

	counter_nonce(npub, nonce);
	return len >= 16 &&
	       !crypto_aead_chacha20poly1305_ietf_decrypt(dst, NULL, NULL, src,
							  len, ad, ad_len,
							  npub, key);
}

void xchacha20poly1305_encrypt(u8 *dst, const u8 *src, size_t len,
			       const u8 *ad, size_t ad_len, const u8 nonce[24],
			       const u8 key[32])
{
	crypto_aead_xchacha20poly1305_ietf_encrypt(dst, NULL, src, len, ad,
						   ad_len, NULL, nonce, key);
}

bool xchacha20poly1305_decrypt(u8 *dst, const u8 *src, size_t len,
			       const u8 *ad, size_t ad_len, const u8 nonce[24],
			       const u8 key[32])
{
	return len >= 16 &&
	       !crypto_aead_xchacha20poly1305_ietf_decrypt(dst, NULL, NULL,
							   src, len, ad,
							   ad_len, nonce, key);
}

int crypto_memneq(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) != 0;
}
