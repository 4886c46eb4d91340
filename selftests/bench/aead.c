// SPDX-License-Identifier: GPL-2.0
/*
 * Times runs of messages in the kernel, by the library and by each backend of vector code.
 * The log gets a line of JSON for each measurement. User-Mode Linux does not save registers
 * in kernel_fpu_begin(), so what that costs is not in the numbers.
 */
#include <linux/bottom_half.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <asm/cpufeature.h>

#include "simd/run.h"

#define ROUNDS	5
#define TRIES	200
#define MOST	45
#define LONGEST	1440
#define ROOM	(LONGEST + 2 * NAAWG_TAG_SIZE)

static const unsigned int lengths[] = { 64, 128, 256, 512, 1024, 1368, 1424, 1440 };
static const unsigned int runs[] = { 1, 4, 16, MOST };

struct memory {
	u8 key[NAAWG_KEY_SIZE];
	u8 plain[MOST][ROOM];
	u8 sealed[MOST][ROOM];
	u8 opened[MOST][ROOM];
	struct naawg_simd_msg msgs[MOST];
};

static u64 ticks(void)
{
	return __builtin_ia32_rdtsc();
}

/* Thousandths of a cycle in a tick: a multiplication takes three cycles. */
static unsigned int cycles_in_tick(void)
{
	u64 least = U64_MAX;
	unsigned int try, i;

	for (try = 0; try < 50; try++) {
		unsigned long a = 3;
		u64 begin = ticks();

		for (i = 0; i < 10000; i++)
			asm volatile("imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0"
				     : "+r" (a));
		least = min(least, ticks() - begin);
	}
	return div64_u64(10000ULL * 4 * 3 * 1000, least);
}

static void prepare(struct memory *m, unsigned int len, unsigned int n, bool open)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		m->msgs[i] = (struct naawg_simd_msg){
			.src = open ? m->sealed[i] : m->plain[i],
			.dst = open ? m->opened[i] : m->sealed[i],
			.len = len,
			.nonce = i,
		};
}

/* The least ticks of many tries: what others do on the machine only adds to it. */
static u64 measure(struct memory *m, unsigned int len, unsigned int n, bool open)
{
	u64 least = U64_MAX, begin;
	unsigned int try;

	prepare(m, len, n, open);
	for (try = 0; try < TRIES; try++) {
		local_bh_disable();
		begin = ticks();
		if (open)
			naawg_simd_open(m->msgs, n, m->key);
		else
			naawg_simd_seal(m->msgs, n, m->key);
		least = min(least, ticks() - begin);
		local_bh_enable();
	}
	cond_resched();
	return least;
}

static void measure_backend(struct memory *m, const char *name, unsigned int scale)
{
	unsigned int len, run;
	int open;

	for (len = 0; len < ARRAY_SIZE(lengths); len++)
		for (run = 0; run < ARRAY_SIZE(runs); run++)
			for (open = 0; open < 2; open++)
				pr_info("naawg aead: {\"by\": \"%s\", \"what\": \"%s\", \"bytes\": %u, \"run\": %u, \"cycles\": %llu}\n",
					name, open ? "open" : "seal", lengths[len], runs[run],
					div64_u64(measure(m, lengths[len], runs[run], open) * scale,
						  1000 * runs[run]));
}

static bool has_avx512(void)
{
	return boot_cpu_has(X86_FEATURE_AVX512IFMA) && boot_cpu_has(X86_FEATURE_AVX512BW) &&
	       boot_cpu_has(X86_FEATURE_AVX512VL) && boot_cpu_has(X86_FEATURE_AVX512DQ);
}

static void measure_all(struct memory *m)
{
	unsigned int scale = cycles_in_tick(), round;

	for (round = 0; round < ROUNDS; round++) {
		naawg_run_use(NULL);
		measure_backend(m, "library", scale);
		if (has_avx512()) {
			naawg_run_use(&naawg_simd_avx512);
			measure_backend(m, "avx512", scale);
		}
		if (boot_cpu_has(X86_FEATURE_AVX2)) {
			naawg_run_use(&naawg_simd_avx2);
			measure_backend(m, "avx2", scale);
		}
		naawg_run_use(NULL);
		measure_backend(m, "library again", scale);
	}
}

static int __init naawg_aead_init(void)
{
	struct memory *m = kvmalloc(sizeof(*m), GFP_KERNEL);

	if (!m || !naawg_run_setup()) {
		kvfree(m);
		return -ENOMEM;
	}
	get_random_bytes(m, sizeof(*m));
	measure_all(m);
	naawg_run_teardown();
	kvfree(m);
	return 0;
}

static void __exit naawg_aead_exit(void)
{
}

module_init(naawg_aead_init);
module_exit(naawg_aead_exit);
MODULE_DESCRIPTION("times the cryptography of naawg");
MODULE_LICENSE("GPL");
