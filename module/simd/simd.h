/* SPDX-License-Identifier: GPL-2.0 */
/* ChaCha20-Poly1305 over runs of messages of one session, by vector code if there is any. */
#ifndef _NAAWG_SIMD_H
#define _NAAWG_SIMD_H

#include <linux/types.h>
#include "../core/wire.h"

/* Most messages of a section, in which the kernel cannot preempt. */
#define NAAWG_SIMD_RUN 16

/**
 * struct naawg_simd_msg - one message of a run
 * @dst: memory for the result: @len bytes, and the tag behind them when sealing
 * @src: the input: @len bytes, and the tag behind them when opening
 * @len: length of the plain text, at most 65535
 * @nonce: counter of the message
 * @ok: after naawg_simd_open(): the tag was right, and @dst has the plain text
 *
 * @dst and @src are equal or do not overlap. They need no alignment. Nobody else may write
 * them meanwhile.
 */
struct naawg_simd_msg {
	u8 *dst;
	const u8 *src;
	u32 len;
	u64 nonce;
	bool ok;
};

unsigned int naawg_simd_seal(struct naawg_simd_msg *msgs, unsigned int n,
			     const u8 key[NAAWG_KEY_SIZE]);
unsigned int naawg_simd_open(struct naawg_simd_msg *msgs, unsigned int n,
			     const u8 key[NAAWG_KEY_SIZE]);

void naawg_simd_setup(void);
void naawg_simd_teardown(void);

#endif
