/* SPDX-License-Identifier: GPL-2.0 */
/* Finds the peer that a user named, and prints why a peer has no session. */

#ifndef NAAWG_PEER_REASON_H
#define NAAWG_PEER_REASON_H

#include <stdio.h>

#include "lib/model.h"

/* The peer with this public key or name; NULL if there is none. */
struct peer *peer_by_word(struct device *dev, const char *word);

/*
 * Prints "; " and the most likely reason: the peer's own, or handshakes refused here. Prints
 * nothing if there is none. @dev is from nl_get_stats().
 */
void peer_reason_print(FILE *out, const struct device *dev, const struct peer *peer);

#endif
