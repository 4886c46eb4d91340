// SPDX-License-Identifier: GPL-2.0
/* Chooses a backend by features of the processor, or by the module parameter "simd". */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "check.h"
#include "fpu.h"
#include "run.h"
#include "simd.h"

#define LIBRARY "0"

/**
 * struct candidate - a backend, and whether it can be used here
 * @backend: the backend
 * @has_features: tells whether this processor and this kernel have what it needs
 * @usable: they have, and it passed its check
 */
struct candidate {
	const struct naawg_simd_backend *backend;
	bool (*has_features)(void);
	bool usable;
};

#ifdef NAAWG_VECTORS
static bool naawg_has_avx2(void)
{
	return boot_cpu_has(X86_FEATURE_AVX) && boot_cpu_has(X86_FEATURE_AVX2) &&
	       cpu_has_xfeatures(XFEATURE_MASK_SSE | XFEATURE_MASK_YMM, NULL);
}

/*
 * As in the kernel's Poly1305, only Skylake-X is left out, whose clock falls far with these
 * vectors: it has no IFMA.
 */
static bool naawg_has_avx512(void)
{
	return naawg_has_avx2() && boot_cpu_has(X86_FEATURE_AVX512F) &&
	       boot_cpu_has(X86_FEATURE_AVX512BW) && boot_cpu_has(X86_FEATURE_AVX512VL) &&
	       boot_cpu_has(X86_FEATURE_AVX512DQ) && boot_cpu_has(X86_FEATURE_AVX512IFMA) &&
	       cpu_has_xfeatures(XFEATURE_MASK_AVX512, NULL);
}
#endif

/* The fastest comes first. */
static struct candidate candidates[] = {
#ifdef NAAWG_VECTORS
	{ &naawg_simd_avx512, naawg_has_avx512 },
	{ &naawg_simd_avx2, naawg_has_avx2 },
#endif
};

/* Until the module is set up, the parameter only names what shall be used then. */
static const char *wanted;
static const char *used = LIBRARY;
static bool is_set_up;

static void use(const struct naawg_simd_backend *backend)
{
	naawg_run_use(backend);
	used = backend ? backend->name : LIBRARY;
}

/* Takes the backend of this name, or the fastest if @name is NULL. */
static int choose(const char *name)
{
	size_t i;

	if (name && sysfs_streq(name, LIBRARY)) {
		use(NULL);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(candidates); i++) {
		const struct candidate *c = &candidates[i];

		if (!c->usable || (name && !sysfs_streq(name, c->backend->name)))
			continue;
		use(c->backend);
		return 0;
	}
	return -ENODEV;
}

static const char *known_name(const char *text)
{
	size_t i;

	if (sysfs_streq(text, LIBRARY))
		return LIBRARY;
	for (i = 0; i < ARRAY_SIZE(candidates); i++)
		if (sysfs_streq(text, candidates[i].backend->name))
			return candidates[i].backend->name;
	return NULL;
}

static int naawg_set_simd(const char *text, const struct kernel_param *param)
{
	const char *name = known_name(text);

	if (!name)
		return -EINVAL;
	if (is_set_up)
		return choose(name);
	wanted = name;
	return 0;
}

static int naawg_get_simd(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%s\n", used);
}

static const struct kernel_param_ops simd_ops = {
	.set = naawg_set_simd,
	.get = naawg_get_simd,
};

module_param_cb(simd, &simd_ops, NULL, 0644);
MODULE_PARM_DESC(simd,
		 "Vector instructions that encrypt and decrypt runs of messages side by side. The module takes the fastest that the processor has. With 0, and for short runs, the kernel's library does it, one message after the other.");

static void try_candidate(struct candidate *c)
{
	int err;

	if (!c->has_features())
		return;
	err = naawg_simd_check(c->backend);
	if (err)
		pr_err("naawg: simd=%s is not used: %s\n", c->backend->name,
		       err == -ENOMEM ? "memory is short" : "its results are wrong");
	c->usable = !err;
}

static bool has_candidate(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(candidates); i++)
		if (candidates[i].has_features())
			return true;
	return false;
}

/**
 * naawg_simd_setup() - check the backends, and choose one
 *
 * Context: process, when the module is loaded.
 */
void naawg_simd_setup(void)
{
	/* The areas of all CPUs are only for vector code. */
	bool ready = has_candidate() && naawg_run_setup();
	size_t i;

	for (i = 0; ready && i < ARRAY_SIZE(candidates); i++)
		try_candidate(&candidates[i]);
	naawg_run_use(NULL);
	kernel_param_lock(THIS_MODULE);
	if (choose(wanted) && wanted)
		pr_warn("naawg: simd=%s is not available here, the kernel's library is used\n",
			wanted);
	is_set_up = true;
	kernel_param_unlock(THIS_MODULE);
}

/**
 * naawg_simd_teardown() - opposite of naawg_simd_setup()
 *
 * Context: process, when nobody seals or opens any more.
 */
void naawg_simd_teardown(void)
{
	naawg_run_teardown();
}
