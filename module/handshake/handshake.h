/* SPDX-License-Identifier: GPL-2.0 */
/* Sends initiations and responses, and begins sessions. */
#ifndef _NAAWG_HANDSHAKE_H
#define _NAAWG_HANDSHAKE_H

#include "../state/peer.h"

extern struct workqueue_struct *naawg_wq;

int naawg_handshake_setup(void);
void naawg_handshake_teardown(void);
void naawg_handshake_kick(struct naawg_peer *peer, bool fresh);
void naawg_handshake_ask(struct naawg_peer *peer);
void naawg_handshake_initiate_work(struct work_struct *work);
enum naawg_reason naawg_handshake_respond(struct naawg_peer *peer,
					  struct naawg_handshake *answer);
bool naawg_handshake_begin_session(struct naawg_peer *peer,
				   struct naawg_handshake *hs,
				   struct naawg_session *session,
				   bool initiator);

#endif
