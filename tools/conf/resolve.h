/* SPDX-License-Identifier: GPL-2.0 */
/* Names to addresses, by way of the C library. */

#ifndef NAAWG_RESOLVE_H
#define NAAWG_RESOLVE_H

#include "conf/value.h"

/*
 * Asks again, with growing pauses, for as often as
 * WG_ENDPOINT_RESOLUTION_RETRIES allows: at boot the name server may come up
 * after us.
 */
extern const struct resolver resolver_libc;

/* False when that variable makes no sense, which is complained about on use. */
bool resolve_environment_ok(void);

#endif
