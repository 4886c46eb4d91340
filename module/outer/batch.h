/* SPDX-License-Identifier: GPL-2.0 */
/* Batch: a run of packets of one session, sealed or opened together. */
#ifndef _NAAWG_BATCH_H
#define _NAAWG_BATCH_H

#include "packet.h"

/**
 * struct naawg_batch - a run of packets of one session
 * @session: borrowed under RCU
 * @packets: inner packets or messages, in order; owned by the batch
 */
struct naawg_batch {
	struct naawg_session *session;
	struct sk_buff_head packets;
};

#endif
