/* SPDX-License-Identifier: GPL-2.0 */
/* ChaCha20 of sixteen blocks side by side: vector i holds word i of all blocks. */
#ifndef _NAAWG_SIMD_CHACHA512_H
#define _NAAWG_SIMD_CHACHA512_H

#include "backend.h"
#include "zmm.h"

static __always_inline zmm32 zmm_same(u32 word)
{
	return (zmm32){} + word;
}

/* The words of the state before the rounds. */
static __always_inline void chacha512_begin(const u32 *key, const struct naawg_simd_blocks *blocks,
					    zmm32 x[16])
{
	int i;

	x[0] = zmm_same(0x61707865);
	x[1] = zmm_same(0x3320646e);
	x[2] = zmm_same(0x79622d32);
	x[3] = zmm_same(0x6b206574);
#pragma GCC unroll 8
	for (i = 0; i < 8; i++)
		x[4 + i] = zmm_same(key[i]);
	x[12] = zmm_load32(blocks->counter);
	x[13] = zmm_same(0);
	x[14] = zmm_load32(blocks->nonce[0]);
	x[15] = zmm_load32(blocks->nonce[1]);
}

/* Word @i of a row: that of column i, or of diagonal i if @turn is 1. */
static __always_inline int chacha512_word(int row, int i, int turn)
{
	return 4 * row + ((i + row * turn) & 3);
}

static __always_inline void chacha512_add(zmm32 x[16], int to, int from, int turn)
{
	int i;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++)
		x[chacha512_word(to, i, turn)] += x[chacha512_word(from, i, turn)];
}

static __always_inline void chacha512_mix(zmm32 x[16], int to, int from, int turn, int bits)
{
	int i;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		zmm32 *word = &x[chacha512_word(to, i, turn)];

		*word = zmm_rotate(*word ^ x[chacha512_word(from, i, turn)], bits);
	}
}

/* Four quarter rounds, step by step side by side, so that none waits for itself. */
static __always_inline void chacha512_round(zmm32 x[16], int turn)
{
	chacha512_add(x, 0, 1, turn);
	chacha512_mix(x, 3, 0, turn, 16);
	chacha512_add(x, 2, 3, turn);
	chacha512_mix(x, 1, 2, turn, 12);
	chacha512_add(x, 0, 1, turn);
	chacha512_mix(x, 3, 0, turn, 8);
	chacha512_add(x, 2, 3, turn);
	chacha512_mix(x, 1, 2, turn, 7);
}

static __always_inline void chacha512_rounds(zmm32 x[16])
{
	int i;

	for (i = 0; i < 10; i++) {
		chacha512_round(x, 0);
		chacha512_round(x, 1);
	}
}

static __always_inline void chacha512_words(const u32 *key, const struct naawg_simd_blocks *blocks,
					    zmm32 x[16])
{
	zmm32 before[16];
	int i;

	chacha512_begin(key, blocks, x);
	chacha512_rounds(x);
	chacha512_begin(key, blocks, before);
#pragma GCC unroll 16
	for (i = 0; i < 16; i++)
		x[i] += before[i];
}

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
