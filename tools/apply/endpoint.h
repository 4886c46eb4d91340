/* SPDX-License-Identifier: GPL-2.0 */
/* Endpoints by name. */

#ifndef NAAWG_ENDPOINT_H
#define NAAWG_ENDPOINT_H

#include "lib/model.h"

#define ENDPOINT_CHOICES	8

/*
 * What HOST:PORT means now, each address once; 0 if nothing, or not yet. Takes a
 * few seconds at most, whatever the name server does.
 */
size_t endpoint_lookup(const char *text, union endpoint found[static ENDPOINT_CHOICES]);
/* Whether HOST is a name, and no address; nobody is asked. */
bool endpoint_is_name(const char *text);

/*
 * Leaves in each peer of @want the endpoint it shall get (PEER_HAS_ENDPOINT), or
 * none if it shall keep what it has. @now is what the kernel reports, sessions
 * and what was said before (state_names()) included. A peer that is being talked
 * to keeps the address it is at, unless the file says something new.
 */
void endpoint_resolve(struct device *want, const struct device *now);

/* Adds to peers whether they have a session. 0 or a negative errno. */
int endpoint_sessions(struct device *now);

/*
 * Looks the name of a peer without a session up again; true: its endpoint is
 * another one now. One that was given by address stays where it is.
 */
bool endpoint_refresh(struct peer *peer);

#endif
