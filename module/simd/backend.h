/* SPDX-License-Identifier: GPL-2.0 */
/* The interface of a backend of vector code, and the memory that it works in. */
#ifndef _NAAWG_SIMD_BACKEND_H
#define _NAAWG_SIMD_BACKEND_H

#include "simd.h"

/**
 * struct naawg_simd_blocks - blocks of any messages that are encrypted side by side
 * @counter: number of the block in its message
 * @nonce: low and high half of the message's nonce
 * @src: input of the block
 * @dst: output of the block
 * @len: bytes of the block, 1 to 64
 * @whole: all of them have 64
 */
struct naawg_simd_blocks {
	u32 counter[NAAWG_SIMD_RUN] __aligned(64);
	u32 nonce[2][NAAWG_SIMD_RUN] __aligned(64);
	const u8 *src[NAAWG_SIMD_RUN];
	u8 *dst[NAAWG_SIMD_RUN];
	u32 len[NAAWG_SIMD_RUN];
	bool whole;
};

/**
 * struct naawg_simd_area - working memory of one CPU
 * @blocks: blocks that are encrypted next, and those after them
 * @key: words of the session's key
 * @first: the first eight words of each message's block 0: its key of Poly1305
 * @text: sealed text of each message
 * @len: its length
 * @tag: its tag
 * @words: words of the key stream, if vectors are few
 * @part: copies of blocks that are not whole
 * @sum: two groups of sums of Poly1305, in the backend's own form
 *
 * The area holds keys while a run is handled, and is wiped behind it.
 */
struct naawg_simd_area {
	struct naawg_simd_blocks blocks[2];
	u32 key[8] __aligned(64);
	u32 first[8][NAAWG_SIMD_RUN] __aligned(64);
	const u8 *text[NAAWG_SIMD_RUN];
	u64 len[NAAWG_SIMD_RUN] __aligned(64);
	u64 tag[NAAWG_SIMD_RUN][2] __aligned(64);
	u32 words[16][8] __aligned(64);
	u8 part[8][64] __aligned(64);
	u8 sum[2][512] __aligned(64);
};

/**
 * struct naawg_simd_backend - vector code for one kind of processor
 * @name: value of the parameter "simd"
 * @shortest_run: runs of fewer messages are faster by the library
 * @seal: seals at most %NAAWG_SIMD_RUN messages
 * @open: opens at most %NAAWG_SIMD_RUN messages
 *
 * Both are called with the FPU claimed. They leave no secret in registers.
 */
struct naawg_simd_backend {
	const char *name;
	unsigned int shortest_run;
	void (*seal)(struct naawg_simd_area *area, struct naawg_simd_msg *msgs, unsigned int n);
	void (*open)(struct naawg_simd_area *area, struct naawg_simd_msg *msgs, unsigned int n);
};

extern const struct naawg_simd_backend naawg_simd_avx512;
extern const struct naawg_simd_backend naawg_simd_avx2;

#endif
