// SPDX-License-Identifier: GPL-2.0
/*
 * Runs of messages by vector code, against libsodium. Texts lie between pages that nobody
 * may touch, so that no vector reads or writes beyond them.
 */
#include <sodium.h>
#include <sys/mman.h>

#include "shim_simd.h"
#include "simd/check.h"
#include "simd/run.h"
#include "tap.h"
#include "try_simd.h"

#define TAG		NAAWG_TAG_SIZE
#define LENGTH_MAX	1600
#define LONGEST		65535
#define PAGE		4096
/* Room for one message, with a page in front of it and one behind it. */
#define ROOM		((LONGEST + TAG + 64) / PAGE * PAGE + PAGE)

static const struct naawg_simd_backend *backend;
static void (*authenticate)(struct naawg_simd_area *area, unsigned int n);

static struct naawg_simd_area area;
static u8 key[32], wanted[LONGEST + TAG];
static u8 *text[NAAWG_SIMD_RUN], *sealed[NAAWG_SIMD_RUN];
static struct naawg_simd_msg msgs[NAAWG_SIMD_RUN];

static u8 *guarded(void)
{
	u8 *pages = mmap(NULL, ROOM + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(pages + PAGE, ROOM, PROT_READ | PROT_WRITE);
	return pages + PAGE;
}

static void reference(const struct naawg_simd_msg *msg)
{
	chacha20poly1305_encrypt(wanted, msg->src, msg->len, NULL, 0, msg->nonce, key);
}

/* @gap bytes before the guard page behind the text, or behind the one before it. */
static void place(unsigned int i, u32 len, u32 gap, bool behind)
{
	msgs[i] = (struct naawg_simd_msg){
		.src = behind ? text[i] + ROOM - len - gap : text[i] + gap,
		.dst = behind ? sealed[i] + ROOM - len - TAG - gap : sealed[i] + gap,
		.len = len,
		.nonce = tap_random(),
	};
	tap_fill((u8 *)msgs[i].src, len);
}

static void seal(unsigned int n)
{
	memcpy(area.key, key, sizeof(area.key));
	backend->seal(&area, msgs, n);
}

/* Opens what was sealed, in place. */
static void open(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		msgs[i].src = msgs[i].dst;
	memcpy(area.key, key, sizeof(area.key));
	backend->open(&area, msgs, n);
}

static void check_run(unsigned int n)
{
	const u8 *plain[NAAWG_SIMD_RUN];
	unsigned int i;

	seal(n);
	for (i = 0; i < n; i++) {
		plain[i] = msgs[i].src;
		reference(&msgs[i]);
		check(!memcmp(msgs[i].dst, wanted, msgs[i].len + TAG));
	}
	open(n);
	for (i = 0; i < n; i++)
		check(msgs[i].ok && !memcmp(msgs[i].dst, plain[i], msgs[i].len));
}

static void every_length(void)
{
	unsigned int i, n;
	u32 len;

	for (len = 0; len <= LENGTH_MAX; len++) {
		n = len % NAAWG_SIMD_RUN + 1;
		for (i = 0; i < n; i++)
			place(i, len, (len + 4 * i) % 64, i % 2);
		check_run(n);
	}
}

static void every_alignment(void)
{
	unsigned int i;
	u32 at;

	for (at = 0; at < 64; at++) {
		for (i = 0; i < NAAWG_SIMD_RUN; i++)
			place(i, 1424 + at, (at + i) % 64, at % 2);
		check_run(NAAWG_SIMD_RUN);
	}
}

/* Ends and begins at the guard pages, whatever the length. */
static void at_the_edge(void)
{
	unsigned int i;
	u32 len;

	for (len = 0; len <= 300; len++) {
		for (i = 0; i < NAAWG_SIMD_RUN; i++)
			place(i, len, 0, i % 2);
		check_run(NAAWG_SIMD_RUN);
	}
}

static void unequal(void)
{
	unsigned int round, i, n;

	for (round = 0; round < 3000; round++) {
		n = tap_random() % NAAWG_SIMD_RUN + 1;
		for (i = 0; i < n; i++)
			place(i, tap_random() % (round % 3 ? 256 : LENGTH_MAX),
			      tap_random() % 64, tap_random() % 2);
		check_run(n);
	}
}

static void longest(void)
{
	static const u32 lengths[] = { LONGEST, 0, LONGEST - 1, 32768, 16 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		place(i, lengths[i], i, i % 2);
	check_run(ARRAY_SIZE(lengths));
}

static void spoil(unsigned int n, unsigned int wrong)
{
	u32 at = tap_random() % (msgs[wrong].len + TAG), i;
	u8 *byte = msgs[wrong].dst + at;
	u8 was[LENGTH_MAX + TAG];

	*byte ^= 1 << tap_random() % 8;
	memcpy(was, msgs[wrong].dst, msgs[wrong].len + TAG);
	open(n);
	for (i = 0; i < n; i++)
		check(msgs[i].ok == (i != wrong));
	/* nothing is left of what was forged */
	check(!memcmp(msgs[wrong].dst, was, msgs[wrong].len + TAG));
}

static void wrong_tags(void)
{
	unsigned int n, wrong, i;

	for (n = 1; n <= NAAWG_SIMD_RUN; n++)
		for (wrong = 0; wrong < n; wrong++) {
			for (i = 0; i < n; i++)
				place(i, tap_random() % LENGTH_MAX, 0, 1);
			seal(n);
			spoil(n, wrong);
		}
}

static void all_wrong(void)
{
	unsigned int i;

	for (i = 0; i < NAAWG_SIMD_RUN; i++)
		place(i, 100 + i, 0, 1);
	seal(NAAWG_SIMD_RUN);
	for (i = 0; i < NAAWG_SIMD_RUN; i++)
		msgs[i].nonce++;
	open(NAAWG_SIMD_RUN);
	for (i = 0; i < NAAWG_SIMD_RUN; i++)
		check(!msgs[i].ok);
}

/* The tag of the first @len bytes of text[0] under the one-time key @once. */
static void one_tag(const u8 once[32], u32 len)
{
	u8 padded[LENGTH_MAX + 32] = {}, tag[16];
	u64 lengths[2] = { 0, len };
	unsigned int i, word;

	for (i = 0; i < NAAWG_SIMD_RUN; i++) {
		area.text[i] = text[0];
		area.len[i] = len;
		for (word = 0; word < 8; word++)
			memcpy(&area.first[word][i], once + 4 * word, 4);
	}
	authenticate(&area, NAAWG_SIMD_RUN);
	memcpy(padded, text[0], len);
	memcpy(padded + round_up(len, 16), lengths, 16);
	crypto_onetimeauth(tag, padded, round_up(len, 16) + 16, once);
	for (i = 0; i < NAAWG_SIMD_RUN; i++)
		check(!memcmp(area.tag[i], tag, 16));
}

/* Keys and texts that let sums carry far, or vanish. */
static void extreme_keys(void)
{
	static const u8 fills[] = { 0, 1, 0x7f, 0x80, 0xfa, 0xfb, 0xfc, 0xfe, 0xff };
	static const u8 bytes[] = { 0, 1, 2, 4, 0x0f, 0xfc, 0xff };
	unsigned int r, s, i;
	u8 once[32];
	u32 len;

	for (r = 0; r < ARRAY_SIZE(bytes); r++)
		for (s = 0; s < ARRAY_SIZE(bytes); s++)
			for (i = 0; i < ARRAY_SIZE(fills); i++)
				for (len = 1; len < 200; len += 15) {
					memset(once, bytes[r], 16);
					memset(once + 16, bytes[s], 16);
					memset(text[0], fills[i], len);
					one_tag(once, len);
				}
}

/*
 * With the key 1 the sum is that of the blocks, each with 2^128, and of the length. So the
 * first block can bring it anywhere.
 */
static void sum_of(unsigned int blocks, unsigned __int128 low)
{
	u8 once[32] = { 1 };

	low -= (unsigned __int128)(16 * blocks) << 64;
	memset(text[0], 0, 16 * blocks);
	memcpy(text[0], &low, 16);
	one_tag(once, 16 * blocks);
}

static void extreme_sums(void)
{
	const unsigned __int128 one = 1;
	unsigned int i, ones;

	/* 2^130 - 1 and less, around the prime */
	for (i = 1; i < 12; i++)
		sum_of(2, -one * i);
	/* 2^130 and numbers whose limbs are full, so that 5 more carry */
	for (ones = 0; ones < 128; ones++)
		for (i = 0; i < 8; i++)
			sum_of(3, (ones < 70 ? (one << 64) * 49 : 0) +
				  ((one << ones) - 1) - i);
}

static void fill_registers(void)
{
	if (backend == &naawg_simd_avx2)
		asm volatile("vpcmpeqd %%ymm8, %%ymm8, %%ymm8\n\t"
			     "vmovdqa %%ymm8, %%ymm0\n\tvmovdqa %%ymm8, %%ymm15"
			     : : : "xmm0", "xmm8", "xmm15");
	else
		asm volatile("vpternlogd $255, %%zmm8, %%zmm8, %%zmm8\n\t"
			     "vmovdqa64 %%zmm8, %%zmm0\n\tvmovdqa64 %%zmm8, %%zmm15\n\t"
			     "vmovdqa64 %%zmm8, %%zmm16\n\tvmovdqa64 %%zmm8, %%zmm24\n\t"
			     "vmovdqa64 %%zmm8, %%zmm31" : : : "xmm0", "xmm8", "xmm15");
}

static void nothing_in_registers(void)
{
	u8 kept[64];

	place(0, 1000, 0, 1);
	memcpy(area.key, key, sizeof(area.key));
	fill_registers();
	backend->seal(&area, msgs, 1);
	if (backend == &naawg_simd_avx2)
		asm volatile("vpor %%ymm0, %%ymm8, %%ymm0\n\tvpor %%ymm0, %%ymm15, %%ymm0\n\t"
			     "vmovdqu %%ymm0, %0" : "=m" (kept) : : "xmm0");
	else
		asm volatile("vporq %%zmm0, %%zmm8, %%zmm0\n\tvporq %%zmm0, %%zmm15, %%zmm0\n\t"
			     "vporq %%zmm0, %%zmm16, %%zmm0\n\tvporq %%zmm0, %%zmm24, %%zmm0\n\t"
			     "vporq %%zmm0, %%zmm31, %%zmm0\n\tvmovdqu64 %%zmm0, %0"
			     : "=m" (kept) : : "xmm0");
	check(sodium_is_zero(kept, backend == &naawg_simd_avx2 ? 32 : 64));
}

static void passes_its_check(void)
{
	check(!naawg_simd_check(backend));
}

static void test_backend(const struct naawg_simd_backend *b,
			 void (*tags)(struct naawg_simd_area *area, unsigned int n), bool can)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tests[] = {
		{ "every length up to 1600", every_length },
		{ "every alignment", every_alignment },
		{ "no byte before or behind a message is touched", at_the_edge },
		{ "messages of unequal length", unequal },
		{ "65535 bytes, and shorter ones beside them", longest },
		{ "a wrong tag at each place costs its own message", wrong_tags },
		{ "a run of nothing but wrong tags", all_wrong },
		{ "one-time keys at the limits of Poly1305", extreme_keys },
		{ "sums at the limits of Poly1305", extreme_sums },
		{ "registers are cleared", nothing_in_registers },
		{ "the check at load time finds nothing", passes_its_check },
	};
	char name[100];
	unsigned int i;

	backend = b;
	authenticate = tags;
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		snprintf(name, sizeof(name), "%s: %s", b->name, tests[i].name);
		if (can)
			tap_run(name, tests[i].run);
		else
			tap_skip(name, "this processor lacks the instructions");
	}
}

/* --- runs of any length, with a backend that is not there or not usable ----- */

static void long_run(const struct naawg_simd_backend *use, bool fpu, unsigned int busy)
{
	static struct naawg_simd_msg many[100];
	static u8 out[100][700 + TAG], in[700];
	unsigned int i;

	naawg_run_use(use);
	shim_fpu_usable = fpu;
	tap_fill(in, sizeof(in));
	for (i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = (struct naawg_simd_msg){ out[i], in, tap_random() % 700, i, false };
	check(naawg_simd_seal(many, ARRAY_SIZE(many), key) == busy);
	for (i = 0; i < ARRAY_SIZE(many); i++) {
		reference(&many[i]);
		check(!memcmp(out[i], wanted, many[i].len + TAG));
		many[i].src = out[i];
	}
	out[50][0] ^= 1;
	check(naawg_simd_open(many, ARRAY_SIZE(many), key) == busy);
	for (i = 0; i < ARRAY_SIZE(many); i++)
		check(many[i].ok == (i != 50) &&
		      (!many[i].ok || !memcmp(out[i], in, many[i].len)));
	shim_fpu_usable = true;
}

static void by_library(void)
{
	long_run(NULL, true, 0);
}

static void by_vectors(void)
{
	long_run(backend, true, 0);
}

static void fpu_in_use(void)
{
	long_run(backend, false, 100);
}

static void wrong_seal(struct naawg_simd_area *a, struct naawg_simd_msg *m, unsigned int n)
{
	naawg_simd_avx2.seal(a, m, n);
	m[n - 1].dst[m[n - 1].len] ^= 1;
}

static void lenient_open(struct naawg_simd_area *a, struct naawg_simd_msg *m, unsigned int n)
{
	naawg_simd_avx2.open(a, m, n);
	m[0].ok = true;
}

static void refuses_wrong_ones(void)
{
	struct naawg_simd_backend wrong = naawg_simd_avx2;

	wrong.seal = wrong_seal;
	check(naawg_simd_check(&wrong) == -EBADMSG);
	wrong = naawg_simd_avx2;
	wrong.open = lenient_open;
	check(naawg_simd_check(&wrong) == -EBADMSG);
	shim_alloc_left = 0;
	check(naawg_simd_check(&naawg_simd_avx2) == -ENOMEM);
	shim_alloc_left = -1;
}

int main(void)
{
	bool avx2 = __builtin_cpu_supports("avx2");
	bool avx512 = avx2 && __builtin_cpu_supports("avx512ifma") &&
		      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
		      __builtin_cpu_supports("avx512dq");
	unsigned int i;

	for (i = 0; i < NAAWG_SIMD_RUN; i++) {
		text[i] = guarded();
		sealed[i] = guarded();
	}
	tap_fill(key, sizeof(key));
	naawg_run_setup();
	test_backend(&naawg_simd_avx512, try_avx512_authenticate, avx512);
	test_backend(&naawg_simd_avx2, try_avx2_authenticate, avx2);
	tap_run("a run of 100 messages by the library", by_library);
	if (avx2) {
		tap_run("a run of 100 messages by vectors", by_vectors);
		tap_run("the library takes over while the FPU is in use", fpu_in_use);
		tap_run("the check at load time refuses wrong results", refuses_wrong_ones);
	} else {
		tap_skip("runs by vectors", "this processor lacks the instructions");
	}
	naawg_run_teardown();
	return tap_done();
}
