// SPDX-License-Identifier: GPL-2.0
/* Runs of messages with AVX2: eight blocks and four tags side by side. */
#include <linux/build_bug.h>

#include "section.h"
#include "chacha2.h"
#include "poly2.h"

#define LANES 8

static __always_inline void naawg_avx2_first(struct naawg_simd_area *area, unsigned int n)
{
	unsigned int lane;
	ymm32 x[16];
	int i;

	for (lane = 0; lane < n; lane += LANES) {
		chacha_words(area->key, area->blocks, x, lane);
#pragma GCC unroll 8
		for (i = 0; i < 8; i++)
			ymm_store32(&area->first[i][lane], x[i]);
	}
}

static noinline void put_whole(const struct naawg_simd_blocks *blocks, const ymm32 *x)
{
	ymm32 bytes[LANES];
	int i, half;

#pragma GCC unroll 2
	for (half = 0; half < 2; half++) {
		chacha2_transpose(x + 8 * half, bytes);
#pragma GCC unroll 8
		for (i = 0; i < LANES; i++)
			ymm_store32(blocks->dst[i] + 32 * half, bytes[i] ^
				    ymm_load32(blocks->src[i] + 32 * half));
	}
}

/* Encrypts blocks that are not whole in the area, and copies their bytes. */
static noinline void crypt_parts(struct naawg_simd_area *area, struct naawg_simd_blocks *blocks,
				 const ymm32 *x, unsigned int n)
{
	u8 *dst[LANES];
	unsigned int i;

	for (i = 0; i < LANES; i++) {
		u8 *part = area->part[i];

		if (i < n && blocks->len[i] == NAAWG_CHACHA_BLOCK)
			continue;
		if (i < n)
			naawg_simd_copy(part, blocks->src[i], blocks->len[i]);
		dst[i] = blocks->dst[i];
		blocks->src[i] = part;
		blocks->dst[i] = part;
	}
	put_whole(blocks, x);
	for (i = 0; i < n; i++)
		if (blocks->len[i] != NAAWG_CHACHA_BLOCK)
			naawg_simd_copy(dst[i], area->part[i], blocks->len[i]);
}

static noinline void naawg_avx2_crypt(struct naawg_simd_area *area,
				      struct naawg_simd_blocks *blocks, unsigned int n)
{
	ymm32 *words = (ymm32 *)area->words, x[16];
	int i;

	chacha_words(area->key, blocks, x, 0);
#pragma GCC unroll 16
	for (i = 0; i < 16; i++)
		words[i] = x[i];
	if (likely(blocks->whole && n == LANES))
		put_whole(blocks, words);
	else
		crypt_parts(area, blocks, words, n);
}

static noinline void avx2_end_group(struct naawg_simd_area *area, struct poly2 *p,
				    unsigned int lane, u32 at)
{
	u32 end = naawg_simd_longest(area->len + lane, POLY2_LANES);

	for (; at < end; at += 32)
		poly2_part(p, area, lane, at);
	poly2_end(p, area, lane);
}

static noinline u32 avx2_two_groups(struct naawg_simd_area *area, struct poly2 *p,
				    unsigned int lane)
{
	u32 end = naawg_simd_shortest(area->len + lane, 2 * POLY2_LANES), at;

	poly2_begin(p, area, lane);
	poly2_begin(p + 1, area, lane + POLY2_LANES);
	for (at = 0; at + 32 <= end; at += 32)
		poly2_both(p, p + 1, area->text + lane, at);
	return at;
}

static noinline u32 avx2_one_group(struct naawg_simd_area *area, struct poly2 *p,
				   unsigned int lane)
{
	u32 end = naawg_simd_shortest(area->len + lane, POLY2_LANES), at;

	poly2_begin(p, area, lane);
	for (at = 0; at + 32 <= end; at += 32)
		poly2_whole(p, area->text + lane, at);
	return at;
}

static __always_inline void naawg_avx2_authenticate(struct naawg_simd_area *area, unsigned int n)
{
	struct poly2 *sums = (struct poly2 *)area->sum;
	unsigned int lane;
	u32 at;

	BUILD_BUG_ON(2 * sizeof(*sums) > sizeof(area->sum));
	for (lane = 0; lane < n; lane += 2 * POLY2_LANES) {
		bool two = n - lane > POLY2_LANES;

		at = two ? avx2_two_groups(area, sums, lane) : avx2_one_group(area, sums, lane);
		avx2_end_group(area, sums, lane, at);
		if (two)
			avx2_end_group(area, sums + 1, lane + POLY2_LANES, at);
	}
}

static const struct naawg_simd_steps steps = {
	.lanes = LANES,
	.first = naawg_avx2_first,
	.crypt = naawg_avx2_crypt,
	.authenticate = naawg_avx2_authenticate,
};

static void naawg_avx2_seal(struct naawg_simd_area *area, struct naawg_simd_msg *msgs,
			    unsigned int n)
{
	naawg_simd_section_seal(&steps, area, msgs, n);
	ymm_clear_all();
}

static void naawg_avx2_open(struct naawg_simd_area *area, struct naawg_simd_msg *msgs,
			    unsigned int n)
{
	naawg_simd_section_open(&steps, area, msgs, n);
	ymm_clear_all();
}

const struct naawg_simd_backend naawg_simd_avx2 = {
	.name = "avx2",
	.shortest_run = 4,
	.seal = naawg_avx2_seal,
	.open = naawg_avx2_open,
};
