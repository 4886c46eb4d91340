/* SPDX-License-Identifier: GPL-2.0 */
/* Steps of the backends that test_simd.c calls alone. */
#ifndef TRY_SIMD_H
#define TRY_SIMD_H

struct naawg_simd_area;

void try_avx512_authenticate(struct naawg_simd_area *area, unsigned int n);
void try_avx2_authenticate(struct naawg_simd_area *area, unsigned int n);

#endif
