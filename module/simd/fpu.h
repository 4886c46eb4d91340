/* SPDX-License-Identifier: GPL-2.0 */
/* The FPU of x86-64. For other processors there is no vector code here. */
#ifndef _NAAWG_SIMD_FPU_H
#define _NAAWG_SIMD_FPU_H

#include <linux/types.h>

#ifdef CONFIG_X86_64
#include <asm/cpufeature.h>
#include <asm/fpu/api.h>
#else
static inline void kernel_fpu_begin(void) { }
static inline void kernel_fpu_end(void) { }
static inline bool irq_fpu_usable(void) { return false; }
#endif

#endif
