/* SPDX-License-Identifier: GPL-2.0 */
/* Hosts that sent handshakes and are no peers. */

#ifndef NAAWG_CALLS_H
#define NAAWG_CALLS_H

#include "diag/facts.h"

/* Whether the peer may be a host that calls with a wrong key. */
bool calls_may_be(const struct peer *peer);

/*
 * Writes the command that replaces a peer by one with the @right key. A preshared key is a
 * secret, and only a file may have it. @when: a condition, behind the command.
 */
void calls_replace(const struct facts *facts, struct finding *finding, const struct peer *peer,
		   const char *right, const char *when);

/* Reports the callers. False: they cannot be read. */
bool calls_report(struct facts *facts);

#endif
