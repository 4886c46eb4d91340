/* SPDX-License-Identifier: GPL-2.0 */
/* Vectors of 32 bytes in the compiler's own language; see zmm.h. */
#ifndef _NAAWG_SIMD_YMM_H
#define _NAAWG_SIMD_YMM_H

#include <linux/types.h>

typedef u32 ymm32 __attribute__((vector_size(32)));
typedef u64 ymm64 __attribute__((vector_size(32)));
typedef u32 ymm32_any __attribute__((vector_size(32), may_alias)) __aligned(1);
typedef u64 ymm64_any __attribute__((vector_size(32), may_alias)) __aligned(1);
typedef u32 xmm32_any __attribute__((vector_size(16), may_alias)) __aligned(4);

static __always_inline ymm32 ymm_load32(const void *from)
{
	return *(const ymm32_any *)from;
}

static __always_inline ymm64 ymm_load64(const void *from)
{
	return *(const ymm64_any *)from;
}

static __always_inline void ymm_store32(void *to, ymm32 v)
{
	*(ymm32_any *)to = v;
}

static __always_inline void ymm_store64(void *to, ymm64 v)
{
	*(ymm64_any *)to = v;
}

/* Products of the low halves. Only clang finds the instruction for them by itself. */
static __always_inline ymm64 ymm_multiply(ymm64 a, ymm64 b)
{
#ifdef __clang__
	return (a & 0xffffffffULL) * (b & 0xffffffffULL);
#else
	ymm64 product;

	asm("vpmuludq %2, %1, %0" : "=x" (product) : "x" (a), "xm" (b));
	return product;
#endif
}

/*
 * A shuffle of bytes is one instruction, where a rotation by shifts takes three. Compilers
 * take two shuffles, or a register for the order of the bytes.
 */
static __always_inline ymm32 ymm_shuffle(ymm32 v, const u8 order[32])
{
	asm("vpshufb %1, %0, %0" : "+x" (v) : "m" (*(const u8 (*)[32])order));
	return v;
}

#define YMM_ORDER(...) { __VA_ARGS__, __VA_ARGS__ }

static const u8 ymm_order16[32] __aligned(32) =
	YMM_ORDER(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
static const u8 ymm_order8[32] __aligned(32) =
	YMM_ORDER(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);

static __always_inline ymm32 ymm_rotate(ymm32 v, int bits)
{
	if (bits == 16)
		return ymm_shuffle(v, ymm_order16);
	if (bits == 8)
		return ymm_shuffle(v, ymm_order8);
	return (v << bits) | (v >> (32 - bits));
}

static __always_inline ymm64 ymm_widen(const u32 *words)
{
	return __builtin_convertvector(*(const xmm32_any *)words, ymm64);
}

/* The lanes of @a where @mask is all ones, and those of @b where it is zero. */
static __always_inline ymm64 ymm_select(ymm64 mask, ymm64 a, ymm64 b)
{
	return (a & mask) | (b & ~mask);
}

static __always_inline void ymm_clear_all(void)
{
	asm volatile("vzeroall" : : : "memory",
		     "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
		     "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

#endif
