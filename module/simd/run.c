// SPDX-License-Identifier: GPL-2.0
/*
 * Cuts a run of messages into sections, and handles each by vector code or the library.
 *
 * A section is what a CPU does between kernel_fpu_begin() and kernel_fpu_end(), where it
 * cannot be preempted. Its length is bounded by messages and by bytes.
 */
#include <linux/kasan-checks.h>
#include <linux/kmsan-checks.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/static_call.h>
#include <linux/string.h>

#include "../core/crypto.h"
#include "fpu.h"
#include "run.h"

/* The text of a section fits into the first-level cache. One message may have more. */
#define SECTION_BYTES (24 * 1024)

/* More than the frames of a section take together. */
#define STACK_KILOBYTES 3

typedef void naawg_section_fn(struct naawg_simd_area *area, struct naawg_simd_msg *msgs,
			      unsigned int n);

static void naawg_no_section(struct naawg_simd_area *area, struct naawg_simd_msg *msgs,
			     unsigned int n)
{
}

DEFINE_STATIC_CALL(naawg_seal_section, naawg_no_section);
DEFINE_STATIC_CALL(naawg_open_section, naawg_no_section);

/* A shorter run is faster by the library. None is this long if there is no backend. */
static unsigned int shortest_run __read_mostly = UINT_MAX;

/* A CPU uses its area while it cannot be preempted, and in no hard interrupt. */
static struct naawg_simd_area __percpu *areas;

/* Checks the memory that vector code uses, as the compiler adds no checks to that code. */
static void check_memory(const struct naawg_simd_msg *msg, u32 read, u32 written)
{
	kasan_check_read(msg->src, read);
	kasan_check_write(msg->dst, written);
	kmsan_check_memory(msg->src, read);
}

static struct naawg_simd_area *begin_section(const u8 key[NAAWG_KEY_SIZE])
{
	struct naawg_simd_area *area;

	naawg_fpu_begin();
	area = this_cpu_ptr(areas);
	memcpy(area->key, key, NAAWG_KEY_SIZE);
	return area;
}

static void end_section(struct naawg_simd_area *area)
{
	memzero_explicit(area, sizeof(*area));
	naawg_fpu_end();
}

/* Compilers keep vectors of a section on the stack, key stream among them. */
static noinline void wipe_stack(unsigned int kilobytes)
{
	u8 bytes[1024];

	if (kilobytes > 1)
		wipe_stack(kilobytes - 1);
	memzero_explicit(bytes, sizeof(bytes));
}

static noinline void naawg_seal_by_vectors(struct naawg_simd_msg *msgs, unsigned int n,
					   const u8 key[NAAWG_KEY_SIZE])
{
	struct naawg_simd_area *area;
	unsigned int i;

	for (i = 0; i < n; i++)
		check_memory(&msgs[i], msgs[i].len, msgs[i].len + NAAWG_TAG_SIZE);
	area = begin_section(key);
	static_call(naawg_seal_section)(area, msgs, n);
	end_section(area);
	for (i = 0; i < n; i++)
		kmsan_unpoison_memory(msgs[i].dst, msgs[i].len + NAAWG_TAG_SIZE);
}

static noinline void naawg_open_by_vectors(struct naawg_simd_msg *msgs, unsigned int n,
					   const u8 key[NAAWG_KEY_SIZE])
{
	struct naawg_simd_area *area;
	unsigned int i;

	for (i = 0; i < n; i++)
		check_memory(&msgs[i], msgs[i].len + NAAWG_TAG_SIZE, msgs[i].len);
	area = begin_section(key);
	static_call(naawg_open_section)(area, msgs, n);
	end_section(area);
	for (i = 0; i < n; i++)
		if (msgs[i].ok)
			kmsan_unpoison_memory(msgs[i].dst, msgs[i].len);
}

/**
 * naawg_run_seal_by_library() - naawg_simd_seal() without vector code of this module
 * @msgs: the messages
 * @n: how many
 * @key: the key
 *
 * Context: process or softirq.
 */
void naawg_run_seal_by_library(struct naawg_simd_msg *msgs, unsigned int n,
			       const u8 key[NAAWG_KEY_SIZE])
{
	unsigned int i;

	for (i = 0; i < n; i++)
		naawg_aead_seal(msgs[i].dst, msgs[i].src, msgs[i].len, NULL, 0,
				msgs[i].nonce, key);
}

/**
 * naawg_run_open_by_library() - naawg_simd_open() without vector code of this module
 * @msgs: the messages
 * @n: how many
 * @key: the key
 *
 * Context: process or softirq.
 */
void naawg_run_open_by_library(struct naawg_simd_msg *msgs, unsigned int n,
			       const u8 key[NAAWG_KEY_SIZE])
{
	unsigned int i;

	for (i = 0; i < n; i++)
		msgs[i].ok = naawg_aead_open(msgs[i].dst, msgs[i].src,
					     msgs[i].len + NAAWG_TAG_SIZE, NULL, 0,
					     msgs[i].nonce, key);
}

/* The length of the next section. */
static unsigned int section_len(const struct naawg_simd_msg *msgs, unsigned int n)
{
	unsigned int i;
	u32 bytes = 0;

	n = min_t(unsigned int, n, NAAWG_SIMD_RUN);
	for (i = 0; i < n; i++) {
		bytes += msgs[i].len;
		if (i && bytes > SECTION_BYTES)
			break;
	}
	return i;
}

/**
 * struct direction - the functions that seal, or those that open
 * @by_section: handles one section by vector code
 * @by_library: handles any number of messages by the library
 */
struct direction {
	void (*by_section)(struct naawg_simd_msg *msgs, unsigned int n,
			   const u8 key[NAAWG_KEY_SIZE]);
	void (*by_library)(struct naawg_simd_msg *msgs, unsigned int n,
			   const u8 key[NAAWG_KEY_SIZE]);
};

/* Inlined with a constant @direction, so that no call is indirect. */
static __always_inline unsigned int handle_run(struct naawg_simd_msg *msgs, unsigned int n,
					       const u8 key[NAAWG_KEY_SIZE],
					       const struct direction *direction)
{
	unsigned int least = READ_ONCE(shortest_run), busy = 0;
	bool used = false;

	while (n >= least) {
		unsigned int len = section_len(msgs, n);

		if (unlikely(!naawg_fpu_usable())) {
			busy = n;
			break;
		}
		if (likely(len >= least)) {
			direction->by_section(msgs, len, key);
			used = true;
		} else {
			direction->by_library(msgs, len, key);
		}
		msgs += len;
		n -= len;
	}
	if (used)
		wipe_stack(STACK_KILOBYTES);
	direction->by_library(msgs, n, key);
	return busy;
}

/**
 * naawg_simd_seal() - seal a run of messages of one session
 * @msgs: the messages
 * @n: how many
 * @key: the session's key
 *
 * Context: softirq or bottom halves off.
 * Return: how many messages the library sealed because this code interrupted a user of the
 * FPU. They are sealed as well as the others.
 */
unsigned int naawg_simd_seal(struct naawg_simd_msg *msgs, unsigned int n,
			     const u8 key[NAAWG_KEY_SIZE])
{
	static const struct direction seal = {
		.by_section = naawg_seal_by_vectors,
		.by_library = naawg_run_seal_by_library,
	};

	return handle_run(msgs, n, key, &seal);
}

/**
 * naawg_simd_open() - open a run of messages of one session
 * @msgs: the messages; sets @ok of each
 * @n: how many
 * @key: the session's key
 *
 * A wrong tag costs only its own message: the destination of that one stays as it was.
 *
 * Context: softirq or bottom halves off.
 * Return: how many messages the library opened because this code interrupted a user of the
 * FPU.
 */
unsigned int naawg_simd_open(struct naawg_simd_msg *msgs, unsigned int n,
			     const u8 key[NAAWG_KEY_SIZE])
{
	static const struct direction open = {
		.by_section = naawg_open_by_vectors,
		.by_library = naawg_run_open_by_library,
	};

	return handle_run(msgs, n, key, &open);
}

/**
 * naawg_run_use() - choose a backend
 * @backend: the backend, or NULL for the library
 *
 * Runs that other CPUs handle meanwhile may still use the one before. All give the same
 * results.
 *
 * Context: process, one caller at a time. naawg_run_setup() returned true.
 */
void naawg_run_use(const struct naawg_simd_backend *backend)
{
	if (backend) {
		static_call_update(naawg_seal_section, backend->seal);
		static_call_update(naawg_open_section, backend->open);
	}
	WRITE_ONCE(shortest_run, backend ? backend->shortest_run : UINT_MAX);
}

/**
 * naawg_run_setup() - prepare for a backend
 *
 * Context: process, when the module is loaded.
 * Return: false if memory is short, so that only the library can be used.
 */
bool naawg_run_setup(void)
{
	areas = alloc_percpu(struct naawg_simd_area);
	return areas;
}

/**
 * naawg_run_teardown() - opposite of naawg_run_setup()
 *
 * Context: process, when nobody seals or opens any more.
 */
void naawg_run_teardown(void)
{
	free_percpu(areas);
}
