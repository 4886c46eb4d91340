/* SPDX-License-Identifier: GPL-2.0 */
/* Removes the rest of a link that was deleted or moved without naawg-quick. */

#ifndef NAAWG_GONE_H
#define NAAWG_GONE_H

#include <stdbool.h>

/* Whether naawg-quick made a link of this name, which is gone but has left traces. */
bool gone_is(const char *name);

/* Whether naawg-quick made a link of this name that is not the present one. */
bool gone_is_another(const char *name);

/* Removes all traces of such a link, except name servers. */
void gone_clear(const char *name);

/*
 * Removes rules without a route, and the nft tables of all links that are gone. Such a
 * table would drop packets for addresses that another link may have now.
 */
void gone_sweep(void);

#endif
