/* SPDX-License-Identifier: GPL-2.0 */
/* ChaCha: the state has a type of its own since 6.16. */
#ifndef _NAAWG_COMPAT_CRYPTO_CHACHA_H
#define _NAAWG_COMPAT_CRYPTO_CHACHA_H

#include_next <crypto/chacha.h>

#ifdef NAAWG_COMPAT_CHACHA_STATE
struct chacha_state {
	u32 x[16];
};

#define chacha_init(state, key, iv) chacha_init((state)->x, key, iv)
#define chacha20_crypt(state, dst, src, bytes)	\
	chacha20_crypt((state)->x, dst, src, bytes)
#endif

#ifndef CHACHA_KEY_WORDS
#define CHACHA_KEY_WORDS	8
#endif

#endif
