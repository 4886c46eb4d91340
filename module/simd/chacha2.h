/* SPDX-License-Identifier: GPL-2.0 */
/* ChaCha20 of eight blocks side by side: vector i holds word i of all blocks. */
#ifndef _NAAWG_SIMD_CHACHA2_H
#define _NAAWG_SIMD_CHACHA2_H

#include "backend.h"
#include "ymm.h"

static __always_inline ymm32 ymm_same(u32 word)
{
	return (ymm32){} + word;
}

/* The words of the state before the rounds, of eight blocks from @lane on. */
static __always_inline void chacha2_begin(const u32 *key, const struct naawg_simd_blocks *blocks,
					  ymm32 x[16], unsigned int lane)
{
	int i;

	x[0] = ymm_same(0x61707865);
	x[1] = ymm_same(0x3320646e);
	x[2] = ymm_same(0x79622d32);
	x[3] = ymm_same(0x6b206574);
#pragma GCC unroll 8
	for (i = 0; i < 8; i++)
		x[4 + i] = ymm_same(key[i]);
	x[12] = ymm_load32(&blocks->counter[lane]);
	x[13] = ymm_same(0);
	x[14] = ymm_load32(&blocks->nonce[0][lane]);
	x[15] = ymm_load32(&blocks->nonce[1][lane]);
}

/* Word @i of a row: that of column i, or of diagonal i if @turn is 1. */
static __always_inline int chacha2_word(int row, int i, int turn)
{
	return 4 * row + ((i + row * turn) & 3);
}

static __always_inline void chacha2_add(ymm32 x[16], int to, int from, int turn)
{
	int i;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++)
		x[chacha2_word(to, i, turn)] += x[chacha2_word(from, i, turn)];
}

static __always_inline void chacha2_mix(ymm32 x[16], int to, int from, int turn, int bits)
{
	int i;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		ymm32 *word = &x[chacha2_word(to, i, turn)];

		*word = ymm_rotate(*word ^ x[chacha2_word(from, i, turn)], bits);
	}
}

/* Four quarter rounds, step by step side by side, so that none waits for itself. */
static __always_inline void chacha2_round(ymm32 x[16], int turn)
{
	chacha2_add(x, 0, 1, turn);
	chacha2_mix(x, 3, 0, turn, 16);
	chacha2_add(x, 2, 3, turn);
	chacha2_mix(x, 1, 2, turn, 12);
	chacha2_add(x, 0, 1, turn);
	chacha2_mix(x, 3, 0, turn, 8);
	chacha2_add(x, 2, 3, turn);
	chacha2_mix(x, 1, 2, turn, 7);
}

static __always_inline void chacha2_rounds(ymm32 x[16])
{
	int i;

	for (i = 0; i < 10; i++) {
		chacha2_round(x, 0);
		chacha2_round(x, 1);
	}
}

static __always_inline void chacha2_words(const u32 *key, const struct naawg_simd_blocks *blocks,
					  ymm32 x[16], unsigned int lane)
{
	ymm32 before[16];
	int i;

	chacha2_begin(key, blocks, x, lane);
	chacha2_rounds(x);
	chacha2_begin(key, blocks, before, lane);
#pragma GCC unroll 16
	for (i = 0; i < 16; i++)
		x[i] += before[i];
}

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
