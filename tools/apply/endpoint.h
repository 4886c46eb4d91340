/* SPDX-License-Identifier: GPL-2.0 */
/* Endpoints given by name. */

#ifndef NAAWG_ENDPOINT_H
#define NAAWG_ENDPOINT_H

#include "lib/model.h"

#define ENDPOINT_CHOICES	8

/*
 * Looks up HOST:PORT. Returns the number of addresses found, 0 after a failure. Takes a
 * few seconds at most, even if the name server does not answer.
 */
size_t endpoint_lookup(const char *text, union endpoint found[static ENDPOINT_CHOICES]);
/* Whether HOST is a name, not an address. Asks no name server. */
bool endpoint_is_name(const char *text);

/*
 * Sets in each peer of @want the endpoint it is to get (PEER_HAS_ENDPOINT), or clears
 * the bit if the present one stays. @now comes from the kernel, after
 * endpoint_sessions() and state_names(). A peer with a session keeps its present
 * address, unless the endpoint in the file has changed.
 */
void endpoint_resolve(struct device *want, const struct device *now);

/* Sets PEER_CONNECTED for peers with a session. Returns 0 or a negative errno. */
int endpoint_sessions(struct device *now);

/*
 * Looks up the name of a peer without a session again. True: its endpoint changed. An
 * endpoint given by address stays.
 */
bool endpoint_refresh(struct peer *peer);

#endif
