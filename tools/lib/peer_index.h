/* SPDX-License-Identifier: GPL-2.0 */
/* The peers of a device, sorted by public key. */

#ifndef NAAWG_PEER_INDEX_H
#define NAAWG_PEER_INDEX_H

#include "lib/model.h"

/* Good until peers are added. Peers with the same key are neighbors, in their order. */
struct peer_index {
	const struct peer **list;
	size_t n;
};

/* False: there is no memory, and nothing to destroy. */
bool peer_index_init(struct peer_index *index, const struct device *dev);
/* A peer with the public key of @like, or NULL. */
const struct peer *peer_index_find(const struct peer_index *index, const struct peer *like);
void peer_index_destroy(struct peer_index *index);

#endif
