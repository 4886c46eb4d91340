/* SPDX-License-Identifier: GPL-2.0 */
/* Opening runs out of place, so that their payloads land side by side. */
#ifndef _NAAWG_OPEN_H
#define _NAAWG_OPEN_H

#include "../core/coalesce.h"
#include "../state/peer.h"
#include "chunk.h"

/* Super-packets a run may be spread over. */
#define NAAWG_OPEN_FRAGS	8

/**
 * struct naawg_opener - work on messages of one session
 * @session: borrowed under RCU
 * @napi: what inner packets are handed to
 * @dev: the device
 * @reason: why all messages are refused, NAAWG_OK to open them; the session is
 *	NULL if they are
 * @genuine: told once, with the first message that opened, before anything is
 *	delivered
 * @other: told of every handshake message in a super-packet
 * @chunk: where the next message is opened into
 * @scratch: where messages in several pieces are put together
 * @run: packets joined and not yet delivered
 * @frags: where the payload of @run lies
 * @frag_count: how many of them; the last one may still grow
 * @from: address the newest genuine message came from
 * @data: a message with payload opened
 * @keepalive: a message without opened
 * @told: @genuine was called
 * @messages: messages opened or refused
 * @joined: packets that joined others
 * @loners: large packets that did not
 */
struct naawg_opener {
	struct naawg_dev *dev;
	enum naawg_reason reason;
	struct naawg_session *session;
	struct napi_struct *napi;
	void (*genuine)(struct naawg_session *session, struct sk_buff *skb);
	void (*other)(struct naawg_dev *dev, const struct sk_buff *skb,
		      u32 offset, u32 len);
	struct naawg_chunk chunk;
	struct naawg_chunk scratch;
	struct naawg_run run;
	struct {
		struct page *page;
		u32 offset;
		u32 len;
	} frags[NAAWG_OPEN_FRAGS];
	unsigned int frag_count;
	bool data;
	bool keepalive;
	bool told;
	unsigned int messages;
	unsigned int joined;
	unsigned int loners;
};

bool naawg_open_messages(struct naawg_opener *o, struct sk_buff *skb);
void naawg_open_finish(struct naawg_opener *o);

#endif
