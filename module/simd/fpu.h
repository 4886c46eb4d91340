/* SPDX-License-Identifier: GPL-2.0 */
/* The FPU of x86-64. Without NAAWG_VECTORS nobody uses it here. */
#ifndef _NAAWG_SIMD_FPU_H
#define _NAAWG_SIMD_FPU_H

#include <linux/types.h>

#ifdef NAAWG_VECTORS
#include <asm/cpufeature.h>
#include <asm/fpu/api.h>

static inline void naawg_fpu_begin(void)
{
	kernel_fpu_begin();
}

static inline void naawg_fpu_end(void)
{
	kernel_fpu_end();
}

static inline bool naawg_fpu_usable(void)
{
	return irq_fpu_usable();
}
#else
static inline void naawg_fpu_begin(void) { }
static inline void naawg_fpu_end(void) { }
static inline bool naawg_fpu_usable(void) { return false; }
#endif

#endif
