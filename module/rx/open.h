/* SPDX-License-Identifier: GPL-2.0 */
/* Opens messages of one session out of place, and joins their TCP packets. */
#ifndef _NAAWG_OPEN_H
#define _NAAWG_OPEN_H

#include "opener.h"

bool naawg_open_messages(struct naawg_opener *o, struct sk_buff *skb);
void naawg_open_finish(struct naawg_opener *o);

#endif
