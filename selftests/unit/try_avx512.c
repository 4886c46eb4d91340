// SPDX-License-Identifier: GPL-2.0
/* The AVX-512 backend, with its Poly1305 open to test_simd.c. */
#include "../../module/simd/avx512.c"
#include "try_simd.h"

void try_avx512_authenticate(struct naawg_simd_area *area, unsigned int n)
{
	naawg_avx512_authenticate(area, n);
	zmm_clear_all();
}
