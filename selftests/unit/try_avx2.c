// SPDX-License-Identifier: GPL-2.0
/* The AVX2 backend, with its Poly1305 open to test_simd.c. */
#include "../../module/simd/avx2.c"
#include "try_simd.h"

void try_avx2_authenticate(struct naawg_simd_area *area, unsigned int n)
{
	naawg_avx2_authenticate(area, n);
	ymm_clear_all();
}
