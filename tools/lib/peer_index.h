/* SPDX-License-Identifier: GPL-2.0 */
/* The peers of a device, sorted by public key. */

#ifndef NAAWG_PEER_INDEX_H
#define NAAWG_PEER_INDEX_H

#include "lib/model.h"

/* Peers by public key. Good until peers are added. */
struct peer_index {
	const struct peer **list;
	size_t n;
};

bool peer_index_init(struct peer_index *index, const struct device *dev);
const struct peer *peer_index_find(const struct peer_index *index, const struct peer *like);
void peer_index_destroy(struct peer_index *index);

#endif
