/* SPDX-License-Identifier: GPL-2.0 */
/* Finds keys that were pasted in the wrong place. */

#ifndef NAAWG_PASTED_H
#define NAAWG_PASTED_H

#include "lib/model.h"

/* Whether @key is @priv, clamped or not. */
bool key_is_private(const uint8_t key[static KEY_LEN], const uint8_t priv[static KEY_LEN]);

/*
 * Returns why the keys of @peer cannot be right on a link with the private key @priv
 * (NULL: not known), or NULL. The sentence shows no key.
 */
const char *pasted_key(const struct peer *peer, const uint8_t *priv);

/*
 * Checks the keys of a request that sets the private key. False: a key is in a wrong
 * place, which was printed to standard error. @path may be NULL.
 */
bool keys_in_place(const struct device *dev, const char *path);

#endif
