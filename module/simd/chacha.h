/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ChaCha20 of as many blocks side by side as a vector has words: vector i holds word i of
 * all blocks. The file that includes this one defines vec32, vec_load32() and vec_rotate().
 */
#ifndef _NAAWG_SIMD_CHACHA_H
#define _NAAWG_SIMD_CHACHA_H

#include "backend.h"

static __always_inline vec32 vec_same(u32 word)
{
	return (vec32){} + word;
}

/* The words of the state before the rounds, of the blocks from @lane on. */
static __always_inline void chacha_begin(const u32 *key, const struct naawg_simd_blocks *blocks,
					 vec32 x[16], unsigned int lane)
{
	int i;

	x[0] = vec_same(0x61707865);
	x[1] = vec_same(0x3320646e);
	x[2] = vec_same(0x79622d32);
	x[3] = vec_same(0x6b206574);
#pragma GCC unroll 8
	for (i = 0; i < 8; i++)
		x[4 + i] = vec_same(key[i]);
	x[12] = vec_load32(&blocks->counter[lane]);
	x[13] = vec_same(0);
	x[14] = vec_load32(&blocks->nonce[0][lane]);
	x[15] = vec_load32(&blocks->nonce[1][lane]);
}

/* Word @i of a row: that of column i, or of diagonal i if @turn is 1. */
static __always_inline int chacha_word(int row, int i, int turn)
{
	return 4 * row + ((i + row * turn) & 3);
}

static __always_inline void chacha_add(vec32 x[16], int to, int from, int turn)
{
	int i;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++)
		x[chacha_word(to, i, turn)] += x[chacha_word(from, i, turn)];
}

static __always_inline void chacha_mix(vec32 x[16], int to, int from, int turn, int bits)
{
	int i;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		vec32 *word = &x[chacha_word(to, i, turn)];

		*word = vec_rotate(*word ^ x[chacha_word(from, i, turn)], bits);
	}
}

/* Four quarter rounds, step by step side by side, so that none waits for itself. */
static __always_inline void chacha_round(vec32 x[16], int turn)
{
	chacha_add(x, 0, 1, turn);
	chacha_mix(x, 3, 0, turn, 16);
	chacha_add(x, 2, 3, turn);
	chacha_mix(x, 1, 2, turn, 12);
	chacha_add(x, 0, 1, turn);
	chacha_mix(x, 3, 0, turn, 8);
	chacha_add(x, 2, 3, turn);
	chacha_mix(x, 1, 2, turn, 7);
}

static __always_inline void chacha_rounds(vec32 x[16])
{
	int i;

	for (i = 0; i < 10; i++) {
		chacha_round(x, 0);
		chacha_round(x, 1);
	}
}

static __always_inline void chacha_words(const u32 *key, const struct naawg_simd_blocks *blocks,
					 vec32 x[16], unsigned int lane)
{
	vec32 before[16];
	int i;

	chacha_begin(key, blocks, x, lane);
	chacha_rounds(x);
	chacha_begin(key, blocks, before, lane);
#pragma GCC unroll 16
	for (i = 0; i < 16; i++)
		x[i] += before[i];
}

#endif
