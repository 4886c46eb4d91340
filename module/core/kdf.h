/* SPDX-License-Identifier: GPL-2.0 */
/* HKDF over HMAC-BLAKE2s with one, two or three outputs. */
#ifndef _NAAWG_KDF_H
#define _NAAWG_KDF_H

#include "crypto.h"

/*
 * Each output is NAAWG_HASH_SIZE bytes; an output may be the key itself, and
 * those that are NULL are not computed (the third needs the second).
 */
void naawg_kdf(const u8 key[NAAWG_HASH_SIZE], const void *input,
	       size_t input_len, u8 *first, u8 *second, u8 *third);

#endif
