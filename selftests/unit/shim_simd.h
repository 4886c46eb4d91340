/* SPDX-License-Identifier: GPL-2.0 */
/* Replacements for what simd/run.c and simd/check.c use of the kernel. */
#ifndef SHIM_SIMD_H
#define SHIM_SIMD_H

#include <errno.h>
#include <limits.h>

#include "shim.h"

/* One CPU. */
#define __percpu
#define alloc_percpu(type)		aligned_alloc(_Alignof(type), sizeof(type))
#define free_percpu(p)			free(p)
#define this_cpu_ptr(p)			(p)
#define local_bh_disable()		((void)0)
#define local_bh_enable()		((void)0)

#define DEFINE_STATIC_CALL(name, f)	static typeof(f) *name = f
#define static_call(name)		(*name)
#define static_call_update(name, f)	((name) = (f))

#define kasan_check_read(p, len)	((void)0)
#define kasan_check_write(p, len)	((void)0)
#define kmsan_check_memory(p, len)	((void)0)
#define kmsan_unpoison_memory(p, len)	((void)0)

#define kvmalloc(size, gfp)		kmalloc(size, gfp)

static inline void kvfree_sensitive(void *p, size_t len)
{
	memzero_explicit(p, len);
	kfree(p);
}

extern bool shim_fpu_usable;

#define kernel_fpu_begin()	((void)0)
#define kernel_fpu_end()	((void)0)
#define irq_fpu_usable()	shim_fpu_usable

#endif
