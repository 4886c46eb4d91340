/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Poly1305 of eight messages side by side: lane i of each vector belongs to message i.
 *
 * A number has three limbs of 44, 44 and 42 bits. 2^130 is 5 modulo the prime, so that a
 * product that is 2^132 too high comes back times 20.
 */
#ifndef _NAAWG_SIMD_POLY512_H
#define _NAAWG_SIMD_POLY512_H

#include <linux/bits.h>

#include "backend.h"
#include "zmm.h"

#define LIMB44 0xfffffffffffULL
#define LIMB42 0x3ffffffffffULL
#define PAST_THE_BLOCK BIT_ULL(40)	/* 2^128, in the third limb */
#define POLY512_LANES 8

/**
 * struct poly512 - eight sums
 * @h: the sums
 * @r: the keys
 * @r20: the second and third limb of the keys, times 20
 */
struct poly512 {
	zmm64 h[3], r[3], r20[2];
};

static __always_inline void poly512_begin(struct poly512 *p, const struct naawg_simd_area *area,
					  unsigned int group)
{
	unsigned int lane = group * POLY512_LANES;
	zmm64 low = zmm_widen(&area->first[0][lane]) | zmm_widen(&area->first[1][lane]) << 32;
	zmm64 high = zmm_widen(&area->first[2][lane]) | zmm_widen(&area->first[3][lane]) << 32;

	low &= 0x0ffffffc0fffffffULL;
	high &= 0x0ffffffc0ffffffcULL;
	p->r[0] = low & LIMB44;
	p->r[1] = (low >> 44 | high << 20) & LIMB44;
	p->r[2] = high >> 24;
	p->r20[0] = (p->r[1] << 4) + (p->r[1] << 2);
	p->r20[1] = (p->r[2] << 4) + (p->r[2] << 2);
	p->h[0] = (zmm64){};
	p->h[1] = (zmm64){};
	p->h[2] = (zmm64){};
}

/* Brings the limbs back to their sizes, except that the second may be a little larger. */
static __always_inline void poly512_carry(zmm64 h[3], const zmm64 l[3], const zmm64 u[3])
{
	zmm64 h0 = l[0] & LIMB44;
	zmm64 h1 = l[1] + (u[0] << 8) + (l[0] >> 44);
	zmm64 h2 = l[2] + (u[1] << 8) + (h1 >> 44);
	zmm64 over = (h2 >> 42) + (u[2] << 10);

	h0 += over + (over << 2);
	h[0] = h0 & LIMB44;
	h[1] = (h1 & LIMB44) + (h0 >> 44);
	h[2] = h2 & LIMB42;
}

/* One block of each lane: h = (h + block) * r. */
static __always_inline void poly512_block(struct poly512 *p, zmm64 low, zmm64 high, u64 past,
					  zmm64 h[3])
{
	zmm64 h0 = p->h[0] + (low & LIMB44);
	zmm64 h1 = p->h[1] + ((low >> 44 | high << 20) & LIMB44);
	zmm64 h2 = p->h[2] + (high >> 24) + past;
	zmm64 l[3], u[3];

	l[0] = zmm_madd_low((zmm64){}, h0, p->r[0]);
	l[1] = zmm_madd_low((zmm64){}, h0, p->r[1]);
	l[2] = zmm_madd_low((zmm64){}, h0, p->r[2]);
	u[0] = zmm_madd_high((zmm64){}, h0, p->r[0]);
	u[1] = zmm_madd_high((zmm64){}, h0, p->r[1]);
	u[2] = zmm_madd_high((zmm64){}, h0, p->r[2]);
	l[0] = zmm_madd_low(l[0], h1, p->r20[1]);
	l[1] = zmm_madd_low(l[1], h1, p->r[0]);
	l[2] = zmm_madd_low(l[2], h1, p->r[1]);
	u[0] = zmm_madd_high(u[0], h1, p->r20[1]);
	u[1] = zmm_madd_high(u[1], h1, p->r[0]);
	u[2] = zmm_madd_high(u[2], h1, p->r[1]);
	l[0] = zmm_madd_low(l[0], h2, p->r20[0]);
	l[1] = zmm_madd_low(l[1], h2, p->r20[1]);
	l[2] = zmm_madd_low(l[2], h2, p->r[0]);
	u[0] = zmm_madd_high(u[0], h2, p->r20[0]);
	u[1] = zmm_madd_high(u[1], h2, p->r20[1]);
	u[2] = zmm_madd_high(u[2], h2, p->r[0]);
	poly512_carry(h, l, u);
}

#define PICK64(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define EVEN_PAIRS(a, b) PICK64(a, b, 0, 1, 4, 5, 8, 9, 12, 13)
#define ODD_PAIRS(a, b) PICK64(a, b, 2, 3, 6, 7, 10, 11, 14, 15)

/* @text: 64 bytes of each lane. Half i of block j of all lanes comes into half[i][j]. */
static __always_inline void poly512_transpose(const zmm64 text[8], zmm64 half[2][4])
{
	zmm64 pair[2][4];
	int i;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		pair[0][i] = PICK64(text[2 * i], text[2 * i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
		pair[1][i] = PICK64(text[2 * i], text[2 * i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
	}
#pragma GCC unroll 2
	for (i = 0; i < 2; i++) {
		zmm64 even0 = EVEN_PAIRS(pair[i][0], pair[i][1]);
		zmm64 even1 = EVEN_PAIRS(pair[i][2], pair[i][3]);
		zmm64 odd0 = ODD_PAIRS(pair[i][0], pair[i][1]);
		zmm64 odd1 = ODD_PAIRS(pair[i][2], pair[i][3]);

		half[i][0] = EVEN_PAIRS(even0, even1);
		half[i][2] = ODD_PAIRS(even0, even1);
		half[i][1] = EVEN_PAIRS(odd0, odd1);
		half[i][3] = ODD_PAIRS(odd0, odd1);
	}
}

/* 64 bytes at @at of each lane, all of which have them. */
static __always_inline void poly512_load(const u8 *const *text, u32 at, zmm64 half[2][4])
{
	zmm64 rows[8];
	int i;

#pragma GCC unroll 8
	for (i = 0; i < 8; i++)
		rows[i] = zmm_load64(text[i] + at);
	poly512_transpose(rows, half);
}

static __always_inline void poly512_whole(struct poly512 *p, const u8 *const *text, u32 at)
{
	zmm64 half[2][4];
	int i;

	poly512_load(text, at, half);
#pragma GCC unroll 4
	for (i = 0; i < 4; i++)
		poly512_block(p, half[0][i], half[1][i], PAST_THE_BLOCK, p->h);
}

/* Two groups in turns, because one alone waits for its own products. */
static __always_inline void poly512_both(struct poly512 *a, struct poly512 *b,
					 const u8 *const *text, u32 at)
{
	zmm64 one[2][4], two[2][4];
	int i;

	poly512_load(text, at, one);
	poly512_load(text + POLY512_LANES, at, two);
#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		poly512_block(a, one[0][i], one[1][i], PAST_THE_BLOCK, a->h);
		poly512_block(b, two[0][i], two[1][i], PAST_THE_BLOCK, b->h);
	}
}

/* 64 bytes of lanes that may end before. A last block is filled up with zeros. */
static __always_inline void poly512_part(struct poly512 *p, const u8 *const *text,
					 const u64 *len, u32 at)
{
	zmm64 rows[8], half[2][4], h[3];
	u32 i, j;

#pragma GCC unroll 8
	for (i = 0; i < 8; i++)
		rows[i] = len[i] > at ? zmm_load_part(text[i] + at, zmm_mask(len[i] - at)) :
					(zmm64){};
	poly512_transpose(rows, half);
#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		u8 live = 0;

		for (j = 0; j < 8; j++)
			live |= (len[j] > at + 16 * i) << j;
		poly512_block(p, half[0][i], half[1][i], PAST_THE_BLOCK, h);
		for (j = 0; j < 3; j++)
			p->h[j] = zmm_select(live, h[j], p->h[j]);
	}
}

/* The last block holds the lengths of the associated data, none, and of the text. */
static __always_inline void poly512_lengths(struct poly512 *p, const u64 *len)
{
	poly512_block(p, (zmm64){}, zmm_load64(len), PAST_THE_BLOCK, p->h);
}

/* The smallest number that equals the sum modulo the prime. */
static __always_inline void poly512_reduce(zmm64 h[3])
{
	zmm64 g0, g1, g2, keep;

	h[2] += h[1] >> 44;
	h[1] &= LIMB44;
	h[0] += (h[2] >> 42) * 5;
	h[2] &= LIMB42;
	h[1] += h[0] >> 44;
	h[0] &= LIMB44;
	h[2] += h[1] >> 44;
	h[1] &= LIMB44;

	g0 = h[0] + 5;
	g1 = h[1] + (g0 >> 44);
	g2 = h[2] + (g1 >> 44) - (1ULL << 42);
	keep = -(g2 >> 63);	/* all ones if the sum is below the prime */
	h[0] = (h[0] & keep) | (g0 & LIMB44 & ~keep);
	h[1] = (h[1] & keep) | (g1 & LIMB44 & ~keep);
	h[2] = (h[2] & keep) | (g2 & LIMB42 & ~keep);
}

static __always_inline void poly512_end(struct poly512 *p, struct naawg_simd_area *area,
					unsigned int group)
{
	unsigned int lane = group * POLY512_LANES;
	zmm64 low, high, add;

	poly512_reduce(p->h);
	low = p->h[0] | p->h[1] << 44;
	high = p->h[1] >> 20 | p->h[2] << 24;
	add = zmm_widen(&area->first[4][lane]) | zmm_widen(&area->first[5][lane]) << 32;
	low += add;
	high -= (zmm64)(low < add);
	high += zmm_widen(&area->first[6][lane]) | zmm_widen(&area->first[7][lane]) << 32;
	zmm_store64(area->tag[lane], PICK64(low, high, 0, 8, 1, 9, 2, 10, 3, 11));
	zmm_store64(area->tag[lane + 4], PICK64(low, high, 4, 12, 5, 13, 6, 14, 7, 15));
}

#endif
