/* SPDX-License-Identifier: GPL-2.0 */
/* crypto_memneq() where it lives now; older kernels have it in algapi.h. */
#ifndef _NAAWG_COMPAT_CRYPTO_UTILS_H
#define _NAAWG_COMPAT_CRYPTO_UTILS_H

#ifdef NAAWG_COMPAT_CRYPTO_UTILS
#include <crypto/algapi.h>
#else
#include_next <crypto/utils.h>
#endif

#endif
