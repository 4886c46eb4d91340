/* SPDX-License-Identifier: GPL-2.0 */
/* What a link has left behind that went without naawg-quick. */

#ifndef NAAWG_GONE_H
#define NAAWG_GONE_H

#include <stdbool.h>

/* It was made here, is not there any more, and nobody has cleaned up after it. */
bool gone_is(const char *name);

/* A link of this name that was made here is not the one there is now, if any. */
bool gone_is_another(const char *name);

/* Takes away all that such a link has left, but name servers. */
void gone_clear(const char *name);

/*
 * Takes away rules that lead nowhere, and nft tables of links that have gone. Of any
 * link, as a table drops packets for addresses that another link may have by now.
 */
void gone_sweep(void);

#endif
