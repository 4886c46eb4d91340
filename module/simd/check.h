/* SPDX-License-Identifier: GPL-2.0 */
/* Checks a backend against known answers and against the library. */
#ifndef _NAAWG_SIMD_CHECK_H
#define _NAAWG_SIMD_CHECK_H

#include "backend.h"

int naawg_simd_check(const struct naawg_simd_backend *backend);

#endif
