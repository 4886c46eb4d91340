/* SPDX-License-Identifier: GPL-2.0 */
/* Declaration of crypto_memneq(), which was in algapi.h before 6.4. */
#ifndef _NAAWG_COMPAT_CRYPTO_UTILS_H
#define _NAAWG_COMPAT_CRYPTO_UTILS_H

#ifdef NAAWG_COMPAT_CRYPTO_UTILS
#include <crypto/algapi.h>
#else
#include_next <crypto/utils.h>
#endif

#endif
