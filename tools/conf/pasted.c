// SPDX-License-Identifier: GPL-2.0
/*
 * Finds keys that were pasted in the wrong place.
 *
 * Every user can see public keys, and the peer knows the preshared key, so a private key
 * must not be used as either of them. No message shows the key.
 */

#include <stdio.h>
#include <string.h>

#include "conf/pasted.h"
#include "lib/keys.h"
#include "lib/prog.h"

static void clamp(uint8_t to[static KEY_LEN], const uint8_t from[static KEY_LEN])
{
	memcpy(to, from, KEY_LEN);
	to[0] &= 248;
	to[KEY_LEN - 1] = (to[KEY_LEN - 1] & 127) | 64;
}

bool key_is_private(const uint8_t key[static KEY_LEN], const uint8_t priv[static KEY_LEN])
{
	uint8_t a[KEY_LEN], b[KEY_LEN], differ = 0;
	size_t i;

	clamp(a, key);
	clamp(b, priv);
	for (i = 0; i < KEY_LEN; i++)
		differ |= a[i] ^ b[i];
	explicit_bzero(a, sizeof(a));
	explicit_bzero(b, sizeof(b));
	return !differ && !key_is_zero(priv) && !key_is_zero(key);
}

static bool name_is(const struct peer *peer, const uint8_t *priv)
{
	uint8_t key[KEY_LEN];
	bool is = key_from_text(key, peer->name) && key_is_private(key, priv);

	explicit_bzero(key, sizeof(key));
	return is;
}

const char *pasted_key(const struct peer *peer, const uint8_t *priv)
{
	if (peer->bits & PEER_REMOVE)
		return NULL;
	if (priv && key_is_private(peer->public_key, priv))
		return "this PublicKey is our own private key, and every user could read it: use the key that `naawg pubkey' made from the peer's private key";
	if (priv && key_is_private(peer->preshared_key, priv))
		return "this PresharedKey is our own private key, which the peer must not have: make one with `naawg genpsk', and give it to both sides";
	if (priv && name_is(peer, priv))
		return "this Name is our own private key, and every user could read it";
	if (!key_is_zero(peer->preshared_key) &&
	    !memcmp(peer->preshared_key, peer->public_key, KEY_LEN))
		return "PublicKey and PresharedKey are the same key, and every user can read the first: make the second with `naawg genpsk', and give it to both sides";
	return NULL;
}

bool keys_in_place(const struct device *dev, const char *path)
{
	const uint8_t *priv = dev->bits & DEVICE_HAS_PRIVATE_KEY ? dev->private_key : NULL;
	const char *why;
	size_t i;

	for (i = 0; i < dev->n_peers; i++) {
		why = pasted_key(&dev->peers[i], priv);
		if (!why)
			continue;
		fprintf(stderr, "%s: ", prog_name);
		if (path)
			fprintf(stderr, "%s:%u: ", path, dev->peers[i].line);
		fprintf(stderr, "%s. Nothing was changed\n", why);
		return false;
	}
	return true;
}
