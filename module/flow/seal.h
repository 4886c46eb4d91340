/* SPDX-License-Identifier: GPL-2.0 */
/* Sealing a super-packet without cutting it into packets of the stack. */
#ifndef _NAAWG_SEAL_H
#define _NAAWG_SEAL_H

#include "../state/peer.h"

bool naawg_seal_super(struct naawg_session *session, struct sk_buff *skb,
		      u64 counter, struct sk_buff_head *sealed);

#endif
