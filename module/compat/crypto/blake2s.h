/* SPDX-License-Identifier: GPL-2.0 */
/* BLAKE2s: name of the context and order of arguments changed in 6.19. */
#ifndef _NAAWG_COMPAT_CRYPTO_BLAKE2S_H
#define _NAAWG_COMPAT_CRYPTO_BLAKE2S_H

#include_next <crypto/blake2s.h>

#ifdef NAAWG_COMPAT_BLAKE2S_STATE
#define blake2s_ctx blake2s_state
#endif

#ifdef NAAWG_COMPAT_BLAKE2S_ORDER
static inline void naawg_compat_blake2s(const u8 *key, size_t keylen,
					const u8 *in, size_t inlen,
					u8 *out, size_t outlen)
{
	blake2s(out, in, key, outlen, inlen, keylen);
}

#define blake2s naawg_compat_blake2s

#endif

#endif
