// SPDX-License-Identifier: GPL-2.0
/* Runs of messages with AVX-512 and IFMA: sixteen blocks and sixteen tags side by side. */
#include <linux/build_bug.h>

#include "section.h"
#include "chacha512.h"
#include "poly512.h"

static __always_inline void naawg_avx512_first(struct naawg_simd_area *area, unsigned int n)
{
	zmm32 x[16];
	int i;

	chacha_words(area->key, area->blocks, x, 0);
#pragma GCC unroll 8
	for (i = 0; i < 8; i++)
		zmm_store32(area->first[i], x[i]);
}

static __always_inline void put512(const struct naawg_simd_blocks *blocks, unsigned int i,
				   zmm32 block)
{
	u64 mask;

	if (likely(blocks->len[i] == NAAWG_CHACHA_BLOCK)) {
		zmm_store32(blocks->dst[i], zmm_load32(blocks->src[i]) ^ block);
		return;
	}
	mask = zmm_mask(blocks->len[i]);
	zmm_store_part(blocks->dst[i], zmm_load_part(blocks->src[i], mask) ^ (zmm64)block, mask);
}

static noinline void naawg_avx512_crypt(struct naawg_simd_area *area,
					struct naawg_simd_blocks *blocks, unsigned int n)
{
	zmm32 x[16], block[16];
	unsigned int i;

	chacha_words(area->key, blocks, x, 0);
	chacha512_transpose(x, block);
#pragma GCC unroll 16
	for (i = 0; i < NAAWG_SIMD_RUN; i++)
		if (i < n)
			put512(blocks, i, block[i]);
}

static noinline void avx512_end_group(struct naawg_simd_area *area, struct poly512 *p,
				      unsigned int group, u32 at)
{
	const u64 *len = area->len + group * POLY512_LANES;
	u32 end = naawg_simd_longest(len, POLY512_LANES);

	for (; at < end; at += 64)
		poly512_part(p, area->text + group * POLY512_LANES, len, at);
	poly512_lengths(p, len);
	poly512_end(p, area, group);
}

static noinline u32 avx512_two_groups(struct naawg_simd_area *area, struct poly512 *p)
{
	u32 end = naawg_simd_shortest(area->len, 2 * POLY512_LANES), at;

	poly512_begin(p, area, 0);
	poly512_begin(p + 1, area, 1);
	for (at = 0; at + 64 <= end; at += 64)
		poly512_both(p, p + 1, area->text, at);
	return at;
}

static noinline u32 avx512_one_group(struct naawg_simd_area *area, struct poly512 *p)
{
	u32 end = naawg_simd_shortest(area->len, POLY512_LANES), at;

	poly512_begin(p, area, 0);
	for (at = 0; at + 64 <= end; at += 64)
		poly512_whole(p, area->text, at);
	return at;
}

static __always_inline void naawg_avx512_authenticate(struct naawg_simd_area *area, unsigned int n)
{
	struct poly512 *sums = (struct poly512 *)area->sum;
	bool two = n > POLY512_LANES;
	u32 at;

	BUILD_BUG_ON(2 * sizeof(*sums) > sizeof(area->sum));
	at = two ? avx512_two_groups(area, sums) : avx512_one_group(area, sums);
	avx512_end_group(area, sums, 0, at);
	if (two)
		avx512_end_group(area, sums + 1, 1, at);
}

static const struct naawg_simd_steps steps = {
	.lanes = 16,
	.first = naawg_avx512_first,
	.crypt = naawg_avx512_crypt,
	.authenticate = naawg_avx512_authenticate,
};

static void naawg_avx512_seal(struct naawg_simd_area *area, struct naawg_simd_msg *msgs,
			      unsigned int n)
{
	naawg_simd_section_seal(&steps, area, msgs, n);
	zmm_clear_all();
}

static void naawg_avx512_open(struct naawg_simd_area *area, struct naawg_simd_msg *msgs,
			      unsigned int n)
{
	naawg_simd_section_open(&steps, area, msgs, n);
	zmm_clear_all();
}

const struct naawg_simd_backend naawg_simd_avx512 = {
	.name = "avx512",
	.shortest_run = 3,
	.seal = naawg_avx512_seal,
	.open = naawg_avx512_open,
};
