/* SPDX-License-Identifier: GPL-2.0 */
/* HKDF over HMAC-BLAKE2s with one, two or three outputs. */
#ifndef _NAAWG_KDF_H
#define _NAAWG_KDF_H

#include "crypto.h"

/*
 * Each output is NAAWG_HASH_SIZE bytes. An output may be @key itself. An output that
 * is NULL is not written. The third output needs the second one.
 */
void naawg_kdf(const u8 key[NAAWG_HASH_SIZE], const void *input,
	       size_t input_len, u8 *first, u8 *second, u8 *third);

#endif
