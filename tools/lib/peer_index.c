// SPDX-License-Identifier: GPL-2.0
/* The peers of a device, sorted by public key. */

#include <stdlib.h>
#include <string.h>

#include "lib/peer_index.h"

static int by_key(const void *a, const void *b)
{
	return memcmp((*(const struct peer * const *)a)->public_key,
		      (*(const struct peer * const *)b)->public_key, KEY_LEN);
}

/* Peers with the same key stay in the order of the device. */
static int by_key_and_place(const void *a, const void *b)
{
	const struct peer *x = *(const struct peer * const *)a;
	const struct peer *y = *(const struct peer * const *)b;
	int ret = by_key(a, b);

	return ret ? ret : x < y ? -1 : 1;
}

bool peer_index_init(struct peer_index *index, const struct device *dev)
{
	size_t i;

	index->n = dev->n_peers;
	index->list = calloc(dev->n_peers + 1, sizeof(*index->list));
	if (!index->list)
		return false;
	for (i = 0; i < dev->n_peers; i++)
		index->list[i] = &dev->peers[i];
	qsort(index->list, index->n, sizeof(*index->list), by_key_and_place);
	return true;
}

const struct peer *peer_index_find(const struct peer_index *index, const struct peer *like)
{
	const struct peer **hit = bsearch(&like, index->list, index->n, sizeof(*index->list),
					  by_key);

	return hit ? *hit : NULL;
}

void peer_index_destroy(struct peer_index *index)
{
	free(index->list);
}
