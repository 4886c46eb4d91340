/* SPDX-License-Identifier: GPL-2.0 */
/* ChaCha20 of sixteen blocks side by side, with vectors of 64 bytes. */
#ifndef _NAAWG_SIMD_CHACHA512_H
#define _NAAWG_SIMD_CHACHA512_H

#include "zmm.h"

#define vec32 zmm32
#define vec_load32 zmm_load32
#define vec_rotate zmm_rotate
#include "chacha.h"

#define PICK32(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

/* Exchanges words within 16 bytes, so that each vector holds four words of four blocks. */
static __always_inline void chacha512_quads(zmm32 x[16])
{
	zmm64 pair[16];
	int i;

#pragma GCC unroll 8
	for (i = 0; i < 16; i += 2) {
		pair[i] = (zmm64)PICK32(x[i], x[i + 1], 0, 16, 1, 17, 4, 20, 5, 21,
					8, 24, 9, 25, 12, 28, 13, 29);
		pair[i + 1] = (zmm64)PICK32(x[i], x[i + 1], 2, 18, 3, 19, 6, 22, 7, 23,
					    10, 26, 11, 27, 14, 30, 15, 31);
	}
#pragma GCC unroll 8
	for (i = 0; i < 16; i += 4) {
		x[i] = (zmm32)PICK32(pair[i], pair[i + 2], 0, 8, 2, 10, 4, 12, 6, 14);
		x[i + 1] = (zmm32)PICK32(pair[i], pair[i + 2], 1, 9, 3, 11, 5, 13, 7, 15);
		x[i + 2] = (zmm32)PICK32(pair[i + 1], pair[i + 3], 0, 8, 2, 10, 4, 12, 6, 14);
		x[i + 3] = (zmm32)PICK32(pair[i + 1], pair[i + 3], 1, 9, 3, 11, 5, 13, 7, 15);
	}
}

#define EVEN_QUADS(a, b) PICK32(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
#define ODD_QUADS(a, b) PICK32(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)

/* From word i of all blocks in vector i to block i in vector i. */
static __always_inline void chacha512_transpose(zmm32 x[16], zmm32 block[16])
{
	int i;

	chacha512_quads(x);
#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		zmm32 even0 = EVEN_QUADS(x[i], x[4 + i]);
		zmm32 even1 = EVEN_QUADS(x[8 + i], x[12 + i]);
		zmm32 odd0 = ODD_QUADS(x[i], x[4 + i]);
		zmm32 odd1 = ODD_QUADS(x[8 + i], x[12 + i]);

		block[i] = EVEN_QUADS(even0, even1);
		block[8 + i] = ODD_QUADS(even0, even1);
		block[4 + i] = EVEN_QUADS(odd0, odd1);
		block[12 + i] = ODD_QUADS(odd0, odd1);
	}
}

#endif
