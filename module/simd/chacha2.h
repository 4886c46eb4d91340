/* SPDX-License-Identifier: GPL-2.0 */
/* ChaCha20 of eight blocks side by side, with vectors of 32 bytes. */
#ifndef _NAAWG_SIMD_CHACHA2_H
#define _NAAWG_SIMD_CHACHA2_H

#include "ymm.h"

#define vec32 ymm32
#define vec_load32 ymm_load32
#define vec_rotate ymm_rotate
#include "chacha.h"

#define PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

/* Four words of all blocks: exchanged within 16 bytes. */
static __always_inline void chacha2_quads(const ymm32 *x, ymm32 quad[4])
{
	ymm64 a = (ymm64)PICK(x[0], x[1], 0, 8, 1, 9, 4, 12, 5, 13);
	ymm64 b = (ymm64)PICK(x[0], x[1], 2, 10, 3, 11, 6, 14, 7, 15);
	ymm64 c = (ymm64)PICK(x[2], x[3], 0, 8, 1, 9, 4, 12, 5, 13);
	ymm64 d = (ymm64)PICK(x[2], x[3], 2, 10, 3, 11, 6, 14, 7, 15);

	quad[0] = (ymm32)PICK(a, c, 0, 4, 2, 6);
	quad[1] = (ymm32)PICK(a, c, 1, 5, 3, 7);
	quad[2] = (ymm32)PICK(b, d, 0, 4, 2, 6);
	quad[3] = (ymm32)PICK(b, d, 1, 5, 3, 7);
}

/*
 * From eight words of all blocks to 32 bytes of each block. A half at a time fits into the
 * registers.
 */
static __always_inline void chacha2_transpose(const ymm32 *x, ymm32 bytes[8])
{
	ymm32 low[4], high[4];
	int i;

	chacha2_quads(x, low);
	chacha2_quads(x + 4, high);
#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		bytes[i] = PICK(low[i], high[i], 0, 1, 2, 3, 8, 9, 10, 11);
		bytes[4 + i] = PICK(low[i], high[i], 4, 5, 6, 7, 12, 13, 14, 15);
	}
}

#endif
