/* SPDX-License-Identifier: GPL-2.0 */
/* Keys that were put in the wrong place. */

#ifndef NAAWG_PASTED_H
#define NAAWG_PASTED_H

#include "lib/model.h"

/* Whether @key is @priv, as it was made or as it was before it was clamped. */
bool key_is_private(const uint8_t key[static KEY_LEN], const uint8_t priv[static KEY_LEN]);

/*
 * Says why the keys of @peer cannot be right on a link with the private key @priv
 * (NULL: not known). NULL: nothing is wrong. The sentence holds no key.
 */
const char *pasted_key(const struct peer *peer, const uint8_t *priv);

/*
 * Checks the keys of a request that brings its private key along. If one stands in a
 * wrong place, says so on standard error and returns false. @path may be NULL.
 */
bool keys_in_place(const struct device *dev, const char *path);

#endif
