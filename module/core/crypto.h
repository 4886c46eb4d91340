/* SPDX-License-Identifier: GPL-2.0 */
/* Cryptographic primitives; no other file of the module calls the crypto library. */
#ifndef _NAAWG_CRYPTO_H
#define _NAAWG_CRYPTO_H

#include <linux/types.h>
#include "wire.h"

/*
 * All of these run in process context and in softirq, with the FPU or without it.
 * They take no lock and allocate no memory.
 */
void naawg_hash(u8 out[NAAWG_HASH_SIZE], const void *a, size_t a_len,
		const void *b, size_t b_len);
void naawg_hmac(u8 out[NAAWG_HASH_SIZE], const u8 key[NAAWG_HASH_SIZE],
		const void *a, size_t a_len, const void *b, size_t b_len);
void naawg_keyed_hash(u8 *out, size_t out_len, const void *key, size_t key_len,
		      const void *a, size_t a_len, const void *b, size_t b_len);

void naawg_clamp(u8 private[NAAWG_KEY_SIZE]);
bool naawg_public_key(u8 public[NAAWG_KEY_SIZE],
		      const u8 private[NAAWG_KEY_SIZE]);
bool naawg_dh(u8 shared[NAAWG_KEY_SIZE], const u8 private[NAAWG_KEY_SIZE],
	      const u8 public[NAAWG_KEY_SIZE]);

void naawg_aead_seal(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		     size_t ad_len, u64 nonce, const u8 key[NAAWG_KEY_SIZE]);
bool naawg_aead_open(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		     size_t ad_len, u64 nonce, const u8 key[NAAWG_KEY_SIZE]);
void naawg_xaead_seal(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		      size_t ad_len, const u8 nonce[NAAWG_COOKIE_NONCE_SIZE],
		      const u8 key[NAAWG_KEY_SIZE]);
bool naawg_xaead_open(u8 *dst, const u8 *src, size_t src_len, const u8 *ad,
		      size_t ad_len, const u8 nonce[NAAWG_COOKIE_NONCE_SIZE],
		      const u8 key[NAAWG_KEY_SIZE]);

bool naawg_equal(const void *a, const void *b, size_t len);
bool naawg_is_zero(const void *bytes, size_t len);
void naawg_wipe(void *bytes, size_t len);

#endif
