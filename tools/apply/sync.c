// SPDX-License-Identifier: GPL-2.0
/* From one configuration to another without touching what is the same. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/sync.h"
#include "lib/keys.h"

static int by_key(const void *a, const void *b)
{
	const struct peer *pa = *(const struct peer * const *)a;
	const struct peer *pb = *(const struct peer * const *)b;

	return memcmp(pa->public_key, pb->public_key, KEY_LEN);
}

static struct peer **sorted(const struct device *dev)
{
	struct peer **list = calloc(dev->n_peers + 1, sizeof(*list));
	size_t i;

	if (!list)
		return NULL;
	for (i = 0; i < dev->n_peers; i++)
		list[i] = &dev->peers[i];
	qsort(list, dev->n_peers, sizeof(*list), by_key);
	return list;
}

static const struct peer *find(struct peer * const *list, size_t n, const struct peer *peer)
{
	struct peer * const *hit;

	hit = bsearch(&peer, list, n, sizeof(*list), by_key);
	return hit ? *hit : NULL;
}

/* What the file no longer names has to be unset by name. */
static void unset_missing(struct peer *want, const struct peer *now)
{
	if (!(want->bits & PEER_HAS_PRESHARED_KEY) && !key_is_zero(now->preshared_key)) {
		memset(want->preshared_key, 0, KEY_LEN);
		want->bits |= PEER_HAS_PRESHARED_KEY;
	}
	if (!(want->bits & PEER_HAS_KEEPALIVE) && now->keepalive) {
		want->keepalive = 0;
		want->bits |= PEER_HAS_KEEPALIVE;
	}
}

/*
 * A new array, so that removals come first: a peer that takes over another's
 * prefixes or endpoint then finds them free.
 */
static int prepend_removals(struct device *want, const struct device *now,
			    struct peer * const *wanted)
{
	struct device change = { .n_peers = 0 };
	struct peer *added;
	size_t i;

	for (i = 0; i < now->n_peers; i++) {
		if (find(wanted, want->n_peers, &now->peers[i]))
			continue;
		added = device_add_peer(&change);
		if (!added)
			goto fail;
		added->bits = PEER_HAS_PUBLIC_KEY | PEER_REMOVE;
		memcpy(added->public_key, now->peers[i].public_key, KEY_LEN);
	}
	if (!change.n_peers)
		return 0;
	for (i = 0; i < want->n_peers; i++) {
		added = device_add_peer(&change);
		if (!added)
			goto fail;
		*added = want->peers[i];
	}
	explicit_bzero(want->peers, want->n_peers * sizeof(*want->peers));
	free(want->peers);
	want->peers = change.peers;
	want->n_peers = change.n_peers;
	want->room_peers = change.room_peers;
	return 0;
fail:
	/* The prefixes still belong to @want. */
	explicit_bzero(change.peers, change.n_peers * sizeof(*change.peers));
	free(change.peers);
	return -ENOMEM;
}

int sync_reduce(struct device *want, const struct device *now)
{
	struct peer **wanted, **present;
	const struct peer *there;
	int ret = -ENOMEM;
	size_t i;

	if (!want->n_peers)
		return 0;	/* "replace by none" says it all */

	wanted = sorted(want);
	present = sorted(now);
	if (wanted && present) {
		for (i = 0; i < want->n_peers; i++) {
			there = find(present, now->n_peers, &want->peers[i]);
			if (there)
				unset_missing(&want->peers[i], there);
		}
		want->bits &= ~DEVICE_REPLACE_PEERS;
		ret = prepend_removals(want, now, wanted);
	}
	free(wanted);
	free(present);
	return ret;
}
