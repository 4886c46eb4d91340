/* SPDX-License-Identifier: GPL-2.0 */
/* Opening runs out of place, so that their payloads land side by side. */
#ifndef _NAAWG_OPEN_H
#define _NAAWG_OPEN_H

#include "opener.h"

bool naawg_open_messages(struct naawg_opener *o, struct sk_buff *skb);
void naawg_open_finish(struct naawg_opener *o);

#endif
