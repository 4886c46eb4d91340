/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The order of steps of a run, for any width of vectors.
 *
 * A backend includes this file and gives its steps as constants, so that the compiler can
 * inline them:
 *
 *	block 0 of all messages -> text, then tags	(seal)
 *	block 0 of all messages -> tags, then text	(open)
 *
 * The text of all messages is one sequence of blocks. Therefore all lanes of a vector have
 * work, even if messages are short or differ in length.
 */
#ifndef _NAAWG_SIMD_SECTION_H
#define _NAAWG_SIMD_SECTION_H

#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../core/crypto.h"
#include "backend.h"

#define NAAWG_CHACHA_BLOCK 64

/* At any address. */
typedef u64 naawg_simd_u64 __attribute__((may_alias)) __aligned(1);

/**
 * struct naawg_simd_steps - what a backend does differently
 * @lanes: blocks that it encrypts side by side
 * @first: writes block 0 of the messages whose nonces are in area->blocks[0] to area->first
 * @crypt: encrypts the first @n of the blocks
 * @authenticate: writes the tags of the first @n messages of area->text to area->tag
 */
struct naawg_simd_steps {
	unsigned int lanes;
	void (*first)(struct naawg_simd_area *area, unsigned int n);
	void (*crypt)(struct naawg_simd_area *area, struct naawg_simd_blocks *blocks,
		      unsigned int n);
	void (*authenticate)(struct naawg_simd_area *area, unsigned int n);
};

/* Messages are filled up to 16 bytes, so that few of them have single bytes at their end. */
static __always_inline void naawg_simd_copy(u8 *to, const u8 *from, u32 len)
{
	u32 at;

	for (at = 0; at + 8 <= len; at += 8)
		*(naawg_simd_u64 *)(to + at) = *(const naawg_simd_u64 *)(from + at);
	for (; at < len; at++)
		to[at] = from[at];
}

static __always_inline u32 naawg_simd_shortest(const u64 *len, unsigned int n)
{
	u64 least = len[0];
	unsigned int i;

	for (i = 1; i < n; i++)
		least = min(least, len[i]);
	return least;
}

static __always_inline u32 naawg_simd_longest(const u64 *len, unsigned int n)
{
	u64 most = len[0];
	unsigned int i;

	for (i = 1; i < n; i++)
		most = max(most, len[i]);
	return most;
}

static __always_inline void
naawg_simd_put_block(struct naawg_simd_blocks *blocks, unsigned int lane, u32 counter, u64 nonce)
{
	blocks->counter[lane] = counter;
	blocks->nonce[0][lane] = nonce;
	blocks->nonce[1][lane] = nonce >> 32;
}

static __always_inline void
naawg_simd_first(const struct naawg_simd_steps *steps, struct naawg_simd_area *area,
		 const struct naawg_simd_msg *msgs, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		naawg_simd_put_block(&area->blocks[0], i, 0, msgs[i].nonce);
		area->len[i] = msgs[i].len;
	}
	steps->first(area, n);
}

static __always_inline void
naawg_simd_put_text(struct naawg_simd_blocks *blocks, unsigned int lane,
		    const struct naawg_simd_msg *msg, u32 at)
{
	u32 left = msg->len - at;

	naawg_simd_put_block(blocks, lane, at / NAAWG_CHACHA_BLOCK + 1, msg->nonce);
	blocks->src[lane] = msg->src + at;
	blocks->dst[lane] = msg->dst + at;
	blocks->len[lane] = min_t(u32, left, NAAWG_CHACHA_BLOCK);
	blocks->whole = (lane ? blocks->whole : true) && left >= NAAWG_CHACHA_BLOCK;
}

/*
 * Encrypts or decrypts the text of all messages that have @ok set. The next blocks are
 * written down before these are encrypted: a vector cannot be loaded from words that were
 * stored just before without a stall.
 */
static __always_inline void
naawg_simd_crypt(const struct naawg_simd_steps *steps, struct naawg_simd_area *area,
		 const struct naawg_simd_msg *msgs, unsigned int n)
{
	struct naawg_simd_blocks *next = area->blocks, *full = NULL;
	unsigned int i, lane = 0;
	u32 at;

	for (i = 0; i < n; i++) {
		for (at = 0; msgs[i].ok && at < msgs[i].len; at += NAAWG_CHACHA_BLOCK) {
			naawg_simd_put_text(next, lane, &msgs[i], at);
			if (++lane < steps->lanes)
				continue;
			if (full)
				steps->crypt(area, full, lane);
			full = next;
			next = full == area->blocks ? area->blocks + 1 : area->blocks;
			lane = 0;
		}
	}
	if (full)
		steps->crypt(area, full, steps->lanes);
	if (lane)
		steps->crypt(area, next, lane);
}

/* Lanes without a message repeat the first one, so that they do not end before others. */
static __always_inline void naawg_simd_fill_lanes(struct naawg_simd_area *area, unsigned int n)
{
	for (; n < NAAWG_SIMD_RUN; n++) {
		area->len[n] = area->len[0];
		area->text[n] = area->text[0];
	}
}

static __always_inline void
naawg_simd_section_seal(const struct naawg_simd_steps *steps, struct naawg_simd_area *area,
			struct naawg_simd_msg *msgs, unsigned int n)
{
	unsigned int i;

	naawg_simd_first(steps, area, msgs, n);
	for (i = 0; i < n; i++) {
		msgs[i].ok = true;
		area->text[i] = msgs[i].dst;
	}
	naawg_simd_crypt(steps, area, msgs, n);
	naawg_simd_fill_lanes(area, n);
	steps->authenticate(area, n);
	for (i = 0; i < n; i++)
		memcpy(msgs[i].dst + msgs[i].len, area->tag[i], NAAWG_TAG_SIZE);
}

/* Nothing is decrypted unless its tag is right. */
static __always_inline void
naawg_simd_section_open(const struct naawg_simd_steps *steps, struct naawg_simd_area *area,
			struct naawg_simd_msg *msgs, unsigned int n)
{
	unsigned int i;

	naawg_simd_first(steps, area, msgs, n);
	for (i = 0; i < n; i++)
		area->text[i] = msgs[i].src;
	naawg_simd_fill_lanes(area, n);
	steps->authenticate(area, n);
	for (i = 0; i < n; i++)
		msgs[i].ok = naawg_equal(area->tag[i], msgs[i].src + msgs[i].len,
					 NAAWG_TAG_SIZE);
	naawg_simd_crypt(steps, area, msgs, n);
}

#endif
