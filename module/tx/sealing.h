/* SPDX-License-Identifier: GPL-2.0 */
/* Messages of one session that are written, and are sealed together. */
#ifndef _NAAWG_SEALING_H
#define _NAAWG_SEALING_H

#include "../core/wire.h"
#include "../simd/simd.h"

struct naawg_session;

/**
 * struct naawg_sealing - messages that are written and not sealed yet
 * @session: their session
 * @count: how many they are
 * @msgs: the messages
 */
struct naawg_sealing {
	struct naawg_session *session;
	unsigned int count;
	struct naawg_simd_msg msgs[NAAWG_SIMD_RUN];
};

void naawg_sealing_add(struct naawg_sealing *sealing, struct naawg_msg_data *msg,
		       u32 len, u64 counter);
void naawg_sealing_flush(struct naawg_sealing *sealing);

#endif
