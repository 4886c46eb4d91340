/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Vectors of 64 bytes in the compiler's own language. The header with intrinsics needs a
 * libc, so that instructions without an operator are assembler here.
 */
#ifndef _NAAWG_SIMD_ZMM_H
#define _NAAWG_SIMD_ZMM_H

#include <linux/types.h>

typedef u32 zmm32 __attribute__((vector_size(64)));
typedef u64 zmm64 __attribute__((vector_size(64)));
typedef u32 zmm32_any __attribute__((vector_size(64), may_alias)) __aligned(1);
typedef u64 zmm64_any __attribute__((vector_size(64), may_alias)) __aligned(1);
typedef u32 ymm32_any __attribute__((vector_size(32), may_alias)) __aligned(4);

static __always_inline zmm32 zmm_load32(const void *from)
{
	return *(const zmm32_any *)from;
}

static __always_inline zmm64 zmm_load64(const void *from)
{
	return *(const zmm64_any *)from;
}

static __always_inline void zmm_store32(void *to, zmm32 v)
{
	*(zmm32_any *)to = v;
}

static __always_inline void zmm_store64(void *to, zmm64 v)
{
	*(zmm64_any *)to = v;
}

/* Bits of the mask stand for bytes. The processor touches no other byte. */
static __always_inline u64 zmm_mask(u32 bytes)
{
	return bytes >= 64 ? ~0ULL : (1ULL << bytes) - 1;
}

static __always_inline zmm64 zmm_load_part(const void *from, u64 mask)
{
	zmm64 v;

	asm("vmovdqu8 %2, %0%{%1%}%{z%}"
	    : "=v" (v) : "Yk" (mask), "m" (*(const char (*)[64])from));
	return v;
}

static __always_inline void zmm_store_part(void *to, zmm64 v, u64 mask)
{
	asm("vmovdqu8 %1, %0%{%2%}"
	    : "+m" (*(char (*)[64])to) : "v" (v), "Yk" (mask));
}

/* Low and high 52 bits of the products of the low 52 bits, added to @sum. */
static __always_inline zmm64 zmm_madd_low(zmm64 sum, zmm64 a, zmm64 b)
{
	asm("vpmadd52luq %2, %1, %0" : "+v" (sum) : "v" (a), "v" (b));
	return sum;
}

static __always_inline zmm64 zmm_madd_high(zmm64 sum, zmm64 a, zmm64 b)
{
	asm("vpmadd52huq %2, %1, %0" : "+v" (sum) : "v" (a), "v" (b));
	return sum;
}

static __always_inline zmm32 zmm_rotate(zmm32 v, int bits)
{
	return (v << bits) | (v >> (32 - bits));
}

/* Eight words, each as wide as two. */
static __always_inline zmm64 zmm_widen(const u32 *words)
{
	return __builtin_convertvector(*(const ymm32_any *)words, zmm64);
}

/* The lanes of @a where the mask's bit is set, and those of @b elsewhere. */
static __always_inline zmm64 zmm_select(u8 mask, zmm64 a, zmm64 b)
{
	asm("vmovdqa64 %1, %0%{%2%}" : "+v" (b) : "v" (a), "Yk" (mask));
	return b;
}

/* Clears all vector registers. vzeroall does not reach the upper sixteen. */
#define ZMM_CLEAR(n) "vpxord %%zmm" #n ", %%zmm" #n ", %%zmm" #n "\n\t"
static __always_inline void zmm_clear_all(void)
{
	asm volatile("vzeroall\n\t"
		     ZMM_CLEAR(16) ZMM_CLEAR(17) ZMM_CLEAR(18) ZMM_CLEAR(19)
		     ZMM_CLEAR(20) ZMM_CLEAR(21) ZMM_CLEAR(22) ZMM_CLEAR(23)
		     ZMM_CLEAR(24) ZMM_CLEAR(25) ZMM_CLEAR(26) ZMM_CLEAR(27)
		     ZMM_CLEAR(28) ZMM_CLEAR(29) ZMM_CLEAR(30) ZMM_CLEAR(31)
		     : : : "memory",
		     "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
		     "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
		     "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23",
		     "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31");
}

#endif
