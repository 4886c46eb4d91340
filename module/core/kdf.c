// SPDX-License-Identifier: GPL-2.0
/* HKDF (RFC 5869) over HMAC-BLAKE2s, without the info field. */
#include <linux/string.h>

#include "kdf.h"

/**
 * naawg_kdf() - derive up to three keys
 * @key: salt of the extraction; for the protocol, the chaining key
 * @input: key material
 * @input_len: its length, may be 0
 * @first: first output or NULL; may be @key
 * @second: second output or NULL
 * @third: third output or NULL
 *
 * Context: any.
 */
void naawg_kdf(const u8 key[NAAWG_HASH_SIZE], const void *input,
	       size_t input_len, u8 *first, u8 *second, u8 *third)
{
	u8 *const outputs[] = { first, second, third };
	u8 block[NAAWG_HASH_SIZE] = {};
	u8 secret[NAAWG_HASH_SIZE];
	u8 wanted;
	u8 i;

	naawg_hmac(secret, key, input, input_len, NULL, 0);

	wanted = third ? 3 : second ? 2 : 1;
	for (i = 1; i <= wanted; i++) {
		/* each block is the MAC of the block before it and its own number */
		naawg_hmac(block, secret, block, i > 1 ? sizeof(block) : 0,
			   &i, 1);
		if (outputs[i - 1])
			memcpy(outputs[i - 1], block, sizeof(block));
	}

	naawg_wipe(block, sizeof(block));
	naawg_wipe(secret, sizeof(secret));
}
