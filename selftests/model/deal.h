/* SPDX-License-Identifier: GPL-2.0 */
/* Handshakes by name: their bytes and keys, made by core/noise.c. */
#ifndef MODEL_DEAL_H
#define MODEL_DEAL_H

#include "world.h"

/* Receiver indices and ephemeral keys that belong to a name, for one of its two hosts. */
u32 deal_index(struct deal deal, bool initiator);
void deal_ephemeral(u8 key[NAAWG_KEY_SIZE], struct deal deal, bool initiator);
void deal_timestamp(u8 timestamp[NAAWG_TIMESTAMP_SIZE], struct deal deal);
/* The name that an index stands for. */
struct deal deal_of_index(u32 index);
bool deal_is_same(struct deal a, struct deal b);
/* The name of a session that was begun. */
#define STAMPS	32	/* ranks of timestamps, more than a state ever has */
#define LIVES	4

struct deal deal_of_session(const struct naawg_session *session, u8 host);

/**
 * struct made - everything that follows from a name
 * @initiator: handshake of the initiator, which waits for the response
 * @initiation: its message
 * @response: the answer
 * @keys: transport keys of the initiator, and of the responder
 */
struct made {
	struct naawg_handshake initiator;
	struct naawg_msg_initiation initiation;
	struct naawg_msg_response response;
	struct naawg_transport_keys keys[2];
};

/* The result is valid until deal_forget_all(), which has to follow a change of the hosts' keys. */
const struct made *deal_made(struct deal deal);
void deal_forget_all(void);

#endif
