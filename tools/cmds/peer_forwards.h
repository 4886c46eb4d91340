/* SPDX-License-Identifier: GPL-2.0 */
/* The forwards of the running link that are for one peer only. */

#ifndef NAAWG_PEER_FORWARDS_H
#define NAAWG_PEER_FORWARDS_H

#include "lib/model.h"

/*
 * Takes the forwards of the peer with this key from the link, and leaves all others there.
 * The caller destroys @gone. False: the link still has them, which was printed.
 */
bool peer_forwards_take(struct device *gone, const char *name, const uint8_t key[static KEY_LEN]);
/* Gives the link forwards, from the peer with this key. An error is printed. */
void peer_forwards_give(struct device *forwards, const uint8_t key[static KEY_LEN]);

#endif
