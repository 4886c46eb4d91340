/* SPDX-License-Identifier: GPL-2.0 */
/* Removes the rest of a link that was deleted or moved without naawg-quick. */

#ifndef NAAWG_GONE_H
#define NAAWG_GONE_H

#include <stdbool.h>

/* Whether such a link was made here and its rest is still there. */
bool gone_is(const char *name);

/* Whether a link of this name was made here and is not the present one, if any. */
bool gone_is_another(const char *name);

/* Removes all that such a link has left, except name servers. */
void gone_clear(const char *name);

/*
 * Removes the rules without a route and the nft tables of all links that are gone: such
 * a table drops packets for addresses that another link may have by now.
 */
void gone_sweep(void);

#endif
