// SPDX-License-Identifier: GPL-2.0
/* Finds keys that are in the place of another key. */

#include <stdlib.h>
#include <string.h>

#include "audit/parts.h"
#include "conf/pasted.h"
#include "lib/keys.h"

static int by_psk(const void *a, const void *b)
{
	return memcmp((*(const struct peer * const *)a)->preshared_key,
		      (*(const struct peer * const *)b)->preshared_key, KEY_LEN);
}

/* Finds peers whose public key is a preshared key of this file. */
static void crossed(struct audit *audit, const struct device *dev)
{
	const struct peer **list = calloc(dev->n_peers + 1, sizeof(*list)), *key = NULL;
	struct peer like = { 0 };
	size_t i, with = 0;

	if (!list) {
		audit_error(audit, 0, "out of memory");
		return;
	}
	for (i = 0; i < dev->n_peers; i++)
		if (!key_is_zero(dev->peers[i].preshared_key))
			list[with++] = &dev->peers[i];
	qsort(list, with, sizeof(*list), by_psk);
	key = &like;
	for (i = 0; with && i < dev->n_peers; i++) {
		memcpy(like.preshared_key, dev->peers[i].public_key, KEY_LEN);
		if (!bsearch(&key, list, with, sizeof(*list), by_psk))
			continue;
		audit_error(audit, dev->peers[i].line, "this PublicKey is a PresharedKey of this file, and every user could read it: use the key that `naawg pubkey' made from the peer's private key");
	}
	explicit_bzero(&like, sizeof(like));
	free(list);
}

static void against(struct audit *audit, const struct device *dev, const uint8_t *priv)
{
	const char *why;
	size_t i;

	for (i = 0; i < dev->n_peers; i++) {
		why = pasted_key(&dev->peers[i], priv);
		if (why)
			audit_error(audit, dev->peers[i].line, "%s", why);
	}
	for (i = 0; priv && i < dev->n_forwards; i++)
		if (dev->forwards[i].bits & FORWARD_FROM_PEER &&
		    key_is_private(dev->forwards[i].from_peer, priv))
			audit_error(audit, 0, "a Forward has our own private key after `from', and every user could read it: use the public key of a peer");
}

bool audit_keys(struct audit *audit, const struct device *dev)
{
	const uint8_t *file = dev->bits & DEVICE_HAS_PRIVATE_KEY ? dev->private_key : NULL;
	unsigned int before = audit->errors;

	against(audit, dev, file);
	/* The present private key, which the file replaces, is a secret as well. */
	if (audit->errors == before && audit->own_private)
		against(audit, dev, audit->own_private);
	if (file && audit->own && key_is_private(audit->own, file))
		audit_error(audit, 0, "this PrivateKey is the public key of the interface, which every user can read: make a new one with `naawg genkey'");
	if (audit->errors == before)
		crossed(audit, dev);
	return audit->errors == before;
}
