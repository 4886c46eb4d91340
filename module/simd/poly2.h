/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Poly1305 of four messages side by side: lane i of each vector belongs to message i.
 *
 * A number has five limbs of 26 bits. 2^130 is 5 modulo the prime, so that a product that is
 * 2^130 too high comes back times 5.
 */
#ifndef _NAAWG_SIMD_POLY2_H
#define _NAAWG_SIMD_POLY2_H

#include <linux/bits.h>

#include "backend.h"
#include "ymm.h"

#define LIMB26 0x3ffffffULL
#define PAST_THE_BLOCK BIT_ULL(24)	/* 2^128, in the fifth limb */
#define POLY2_LANES 4

/**
 * struct poly2 - four sums
 * @h: the sums
 * @r: the keys
 * @r5: the limbs of the keys from the second on, times 5
 */
struct poly2 {
	ymm64 h[5], r[5], r5[4];
};

static __always_inline void poly2_split(ymm64 low, ymm64 high, ymm64 limb[5])
{
	limb[0] = low & LIMB26;
	limb[1] = (low >> 26) & LIMB26;
	limb[2] = (low >> 52 | high << 12) & LIMB26;
	limb[3] = (high >> 14) & LIMB26;
	limb[4] = high >> 40;
}

static __always_inline void poly2_begin(struct poly2 *p, const struct naawg_simd_area *area,
					unsigned int lane)
{
	ymm64 low = ymm_widen(&area->first[0][lane]) | ymm_widen(&area->first[1][lane]) << 32;
	ymm64 high = ymm_widen(&area->first[2][lane]) | ymm_widen(&area->first[3][lane]) << 32;
	int i;

	poly2_split(low & 0x0ffffffc0fffffffULL, high & 0x0ffffffc0ffffffcULL, p->r);
	for (i = 0; i < 4; i++)
		p->r5[i] = (p->r[i + 1] << 2) + p->r[i + 1];
	for (i = 0; i < 5; i++)
		p->h[i] = (ymm64){};
}

/* Brings the limbs back to 26 bits, except that two may be a little larger. */
static __always_inline void poly2_carry(ymm64 d[5], ymm64 h[5])
{
	ymm64 over;

	d[1] += d[0] >> 26;
	d[0] &= LIMB26;
	d[4] += d[3] >> 26;
	d[3] &= LIMB26;
	d[2] += d[1] >> 26;
	h[1] = d[1] & LIMB26;
	over = d[4] >> 26;
	d[0] += over + (over << 2);
	d[4] &= LIMB26;
	d[3] += d[2] >> 26;
	h[2] = d[2] & LIMB26;
	h[1] += d[0] >> 26;
	h[0] = d[0] & LIMB26;
	h[4] = d[4] + (d[3] >> 26);
	h[3] = d[3] & LIMB26;
}

#define TIMES ymm_multiply

/* One block of each lane: h = (h + block) * r. */
static __always_inline void poly2_block(const struct poly2 *p, ymm64 low, ymm64 high, ymm64 h[5])
{
	const ymm64 *r = p->r, *r5 = p->r5;
	ymm64 t[5], d[5];
	int i;

	poly2_split(low, high, t);
	t[4] |= PAST_THE_BLOCK;
#pragma GCC unroll 5
	for (i = 0; i < 5; i++)
		t[i] += p->h[i];
	d[0] = TIMES(t[0], r[0]) + TIMES(t[1], r5[3]) + TIMES(t[2], r5[2]) +
	       TIMES(t[3], r5[1]) + TIMES(t[4], r5[0]);
	d[1] = TIMES(t[0], r[1]) + TIMES(t[1], r[0]) + TIMES(t[2], r5[3]) +
	       TIMES(t[3], r5[2]) + TIMES(t[4], r5[1]);
	d[2] = TIMES(t[0], r[2]) + TIMES(t[1], r[1]) + TIMES(t[2], r[0]) +
	       TIMES(t[3], r5[3]) + TIMES(t[4], r5[2]);
	d[3] = TIMES(t[0], r[3]) + TIMES(t[1], r[2]) + TIMES(t[2], r[1]) +
	       TIMES(t[3], r[0]) + TIMES(t[4], r5[3]);
	d[4] = TIMES(t[0], r[4]) + TIMES(t[1], r[3]) + TIMES(t[2], r[2]) +
	       TIMES(t[3], r[1]) + TIMES(t[4], r[0]);
	poly2_carry(d, h);
}

/* @rows: 32 bytes of each lane. Half i of block j of all lanes comes into half[i][j]. */
static __always_inline void poly2_transpose(const ymm64 rows[4], ymm64 half[2][2])
{
	ymm64 low0 = __builtin_shufflevector(rows[0], rows[1], 0, 4, 2, 6);
	ymm64 low1 = __builtin_shufflevector(rows[2], rows[3], 0, 4, 2, 6);
	ymm64 high0 = __builtin_shufflevector(rows[0], rows[1], 1, 5, 3, 7);
	ymm64 high1 = __builtin_shufflevector(rows[2], rows[3], 1, 5, 3, 7);

	half[0][0] = __builtin_shufflevector(low0, low1, 0, 1, 4, 5);
	half[1][0] = __builtin_shufflevector(high0, high1, 0, 1, 4, 5);
	half[0][1] = __builtin_shufflevector(low0, low1, 2, 3, 6, 7);
	half[1][1] = __builtin_shufflevector(high0, high1, 2, 3, 6, 7);
}

/* 32 bytes at @at of each lane, all of which have them. */
static __always_inline void poly2_load(const u8 *const *text, u32 at, ymm64 half[2][2])
{
	ymm64 rows[4];
	int i;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++)
		rows[i] = ymm_load64(text[i] + at);
	poly2_transpose(rows, half);
}

static __always_inline void poly2_whole(struct poly2 *p, const u8 *const *text, u32 at)
{
	ymm64 half[2][2];

	poly2_load(text, at, half);
	poly2_block(p, half[0][0], half[1][0], p->h);
	poly2_block(p, half[0][1], half[1][1], p->h);
}

/* Two groups in turns, because one alone waits for its own products. */
static __always_inline void poly2_both(struct poly2 *a, struct poly2 *b,
				       const u8 *const *text, u32 at)
{
	ymm64 one[2][2], two[2][2];
	int i;

	poly2_load(text, at, one);
	poly2_load(text + POLY2_LANES, at, two);
#pragma GCC unroll 2
	for (i = 0; i < 2; i++) {
		poly2_block(a, one[0][i], one[1][i], a->h);
		poly2_block(b, two[0][i], two[1][i], b->h);
	}
}

/* 32 bytes of lanes that may end before. A last block is filled up with zeros. */
static __always_inline void poly2_part(struct poly2 *p, struct naawg_simd_area *area,
				       unsigned int lane, u32 at)
{
	const u64 *len = area->len + lane;
	ymm64 rows[4], half[2][2], h[5];
	u32 i, j;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		ymm_store64(area->part[i], (ymm64){});
		if (len[i] > at)
			naawg_simd_copy(area->part[i], area->text[lane + i] + at,
					min_t(u64, len[i] - at, 32));
		rows[i] = ymm_load64(area->part[i]);
	}
	poly2_transpose(rows, half);
#pragma GCC unroll 2
	for (i = 0; i < 2; i++) {
		ymm64 live = (ymm64)(ymm_load64(len) > (ymm64){} + (at + 16 * i));

		poly2_block(p, half[0][i], half[1][i], h);
		for (j = 0; j < 5; j++)
			p->h[j] = ymm_select(live, h[j], p->h[j]);
	}
}

/* The smallest number that equals the sum modulo the prime. */
static __always_inline void poly2_reduce(ymm64 h[5])
{
	ymm64 g[5], keep;
	int i, round;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < 4; i++) {
			h[i + 1] += h[i] >> 26;
			h[i] &= LIMB26;
		}
		h[0] += (h[4] >> 26) * 5;
		h[4] &= LIMB26;
	}
	g[0] = h[0] + 5;
	for (i = 0; i < 4; i++) {
		g[i + 1] = h[i + 1] + (g[i] >> 26);
		g[i] &= LIMB26;
	}
	g[4] -= 1ULL << 26;
	keep = -(g[4] >> 63);	/* all ones if the sum is below the prime */
	for (i = 0; i < 5; i++)
		h[i] = (h[i] & keep) | (g[i] & LIMB26 & ~keep);
}

/* The last block holds the lengths of the associated data, none, and of the text. */
static __always_inline void poly2_end(struct poly2 *p, struct naawg_simd_area *area,
				      unsigned int lane)
{
	const u32 (*first)[NAAWG_SIMD_RUN] = area->first;
	ymm64 low, high, add;

	poly2_block(p, (ymm64){}, ymm_load64(&area->len[lane]), p->h);
	poly2_reduce(p->h);
	low = p->h[0] | p->h[1] << 26 | p->h[2] << 52;
	high = p->h[2] >> 12 | p->h[3] << 14 | p->h[4] << 40;
	add = ymm_widen(&first[4][lane]) | ymm_widen(&first[5][lane]) << 32;
	low += add;
	high -= (ymm64)(low < add);
	high += ymm_widen(&first[6][lane]) | ymm_widen(&first[7][lane]) << 32;
	ymm_store64(area->tag[lane], __builtin_shufflevector(low, high, 0, 4, 1, 5));
	ymm_store64(area->tag[lane + 2], __builtin_shufflevector(low, high, 2, 6, 3, 7));
}

#endif
