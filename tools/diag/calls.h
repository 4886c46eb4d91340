/* SPDX-License-Identifier: GPL-2.0 */
/* Hosts that sent handshakes and are no peers. */

#ifndef NAAWG_CALLS_H
#define NAAWG_CALLS_H

#include "diag/facts.h"

/* Whether the peer may be a host that calls with a wrong key. */
bool calls_may_be(const struct peer *peer);

/* The only peer that may be such a host, or NULL; @n: how many may be. */
const struct peer *calls_suspect(const struct facts *facts, size_t *n);

/* Reports the callers. False: they cannot be read. */
bool calls_report(struct facts *facts);

#endif
