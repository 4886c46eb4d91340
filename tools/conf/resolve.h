/* SPDX-License-Identifier: GPL-2.0 */
/* Resolves names with the C library. */

#ifndef NAAWG_RESOLVE_H
#define NAAWG_RESOLVE_H

#include "conf/value.h"

/*
 * Retries with growing pauses, as often as WG_ENDPOINT_RESOLUTION_RETRIES says: at boot,
 * the name server may start later.
 */
extern const struct resolver resolver_libc;

/* False: that variable has no valid value. The resolver prints an error for it. */
bool resolve_environment_ok(void);

#endif
