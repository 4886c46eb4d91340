// SPDX-License-Identifier: GPL-2.0
/* Checks a backend against known answers and against the library, before it is used. */
#include <linux/bottom_half.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/string.h>

#include "check.h"
#include "run.h"
#include "simd.h"

#define RUNS		1000
#define TEXT_MAX	1600
#define ROOM		(TEXT_MAX + NAAWG_TAG_SIZE)

/**
 * struct trial - memory of the check
 * @key: key of this run
 * @random: where lengths, nonces and texts come from
 * @text: plain texts, each with room behind it
 * @vector: the results of the backend
 * @library: the results of the library
 */
struct trial {
	u8 key[NAAWG_KEY_SIZE];
	u64 random;
	u8 text[NAAWG_SIMD_RUN][ROOM];
	u8 vector[NAAWG_SIMD_RUN][ROOM];
	u8 library[NAAWG_SIMD_RUN][ROOM];
};

/* Marsaglia's generator: fast, and good enough for tests. */
static u64 draw(struct trial *t)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return t->random;
}

/* Messages of any lengths, or all of one length as in a GSO packet. */
static unsigned int make_run(struct trial *t, struct naawg_simd_msg *msgs)
{
	unsigned int n = draw(t) % NAAWG_SIMD_RUN + 1, i;
	bool equal = draw(t) % 2;
	/* Most are short, so that the check is, too. */
	u32 most = draw(t) % 16 ? 200 : TEXT_MAX;
	u32 len = draw(t) % (most + 1);

	for (i = 0; i < n; i++) {
		if (!equal)
			len = draw(t) % (most + 1);
		msgs[i] = (struct naawg_simd_msg){
			.src = t->text[i],
			.dst = t->vector[i],
			.len = len,
			.nonce = draw(t),
		};
	}
	return n;
}

static bool seals_like_library(struct trial *t, const struct naawg_simd_msg *msgs,
			       unsigned int n)
{
	struct naawg_simd_msg copy;
	unsigned int i;

	for (i = 0; i < n; i++) {
		copy = msgs[i];
		copy.dst = t->library[i];
		naawg_run_seal_by_library(&copy, 1, t->key);
		if (memcmp(msgs[i].dst, copy.dst, copy.len + NAAWG_TAG_SIZE))
			return false;
	}
	return true;
}

/* Opens what was sealed, in place, with one byte of one message or of none changed. */
static bool opens_what_is_right(struct trial *t, struct naawg_simd_msg *msgs, unsigned int n)
{
	unsigned int wrong = draw(t) % (n + 1), i;

	if (wrong < n) {
		msgs[wrong].dst[draw(t) % (msgs[wrong].len + NAAWG_TAG_SIZE)] ^= 1;
		memcpy(t->library[wrong], msgs[wrong].dst, msgs[wrong].len);
	}
	for (i = 0; i < n; i++)
		msgs[i].src = msgs[i].dst;
	naawg_simd_open(msgs, n, t->key);
	for (i = 0; i < n; i++) {
		bool right = i != wrong;

		if (msgs[i].ok != right)
			return false;
		/* a forged message stays as it was */
		if (memcmp(msgs[i].dst, right ? t->text[i] : t->library[i], msgs[i].len))
			return false;
	}
	return true;
}

static bool try_random(struct trial *t)
{
	struct naawg_simd_msg msgs[NAAWG_SIMD_RUN];
	unsigned int n, run;
	bool right;

	for (run = 0; run < RUNS; run++) {
		t->key[draw(t) % NAAWG_KEY_SIZE] = draw(t);
		n = make_run(t, msgs);
		local_bh_disable();
		naawg_simd_seal(msgs, n, t->key);
		right = seals_like_library(t, msgs, n) && opens_what_is_right(t, msgs, n);
		local_bh_enable();
		if (!right)
			return false;
	}
	return true;
}

/* Tags of 114 bytes 0, 1, 2 ... under the key 0x80, 0x81 ... and the nonces 0 to 3. */
static const u8 known[4][NAAWG_TAG_SIZE] = {
	{ 0xa6, 0xba, 0x7e, 0x0c, 0xfb, 0x96, 0xb7, 0x2b,
	  0x2f, 0x9d, 0x6a, 0xb9, 0xad, 0x95, 0xae, 0x2e },
	{ 0xda, 0xd7, 0x34, 0xaf, 0xed, 0x25, 0x32, 0x45,
	  0x9d, 0x18, 0x01, 0x23, 0xc7, 0xea, 0x75, 0x92 },
	{ 0x4d, 0xec, 0x3c, 0xe1, 0x93, 0x6b, 0x78, 0xe2,
	  0x49, 0x41, 0x99, 0xf6, 0x7c, 0xb2, 0x09, 0xdc },
	{ 0xf5, 0x4d, 0xc3, 0x71, 0x36, 0xd8, 0x6f, 0xf0,
	  0x9b, 0x69, 0xa2, 0x64, 0x75, 0xc1, 0x0f, 0x67 },
};

static bool try_known(struct trial *t)
{
	struct naawg_simd_msg msgs[ARRAY_SIZE(known)];
	unsigned int i;

	for (i = 0; i < NAAWG_KEY_SIZE; i++)
		t->key[i] = 0x80 + i;
	for (i = 0; i < 114; i++)
		t->text[0][i] = i;
	for (i = 0; i < ARRAY_SIZE(known); i++)
		msgs[i] = (struct naawg_simd_msg){
			.src = t->text[0],
			.dst = t->vector[i],
			.len = 114,
			.nonce = i,
		};
	local_bh_disable();
	naawg_simd_seal(msgs, ARRAY_SIZE(known), t->key);
	local_bh_enable();
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (memcmp(t->vector[i] + 114, known[i], NAAWG_TAG_SIZE))
			return false;
	return true;
}

/**
 * naawg_simd_check() - compare a backend with known answers and with the library
 * @backend: the backend, which is in use when this function returns
 *
 * Context: process, before anybody else seals or opens.
 * Return: 0, -ENOMEM, or -EBADMSG if its results are wrong.
 */
int naawg_simd_check(const struct naawg_simd_backend *backend)
{
	struct trial *t = kvmalloc(sizeof(*t), GFP_KERNEL);
	bool right;

	if (!t)
		return -ENOMEM;
	get_random_bytes(t, sizeof(*t));
	t->random |= 1;
	naawg_run_use(backend);
	right = try_known(t) && try_random(t);
	kvfree_sensitive(t, sizeof(*t));
	return right ? 0 : -EBADMSG;
}
