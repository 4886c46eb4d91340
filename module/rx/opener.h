/* SPDX-License-Identifier: GPL-2.0 */
/* Work on the messages of one session that are opened out of place. */
#ifndef _NAAWG_OPENER_H
#define _NAAWG_OPENER_H

#include "../core/coalesce.h"
#include "../state/peer.h"
#include "../outer/frag_buf.h"

/* GSO packets a run may be spread over. */
#define NAAWG_OPEN_FRAGS	8

/**
 * struct naawg_opener - work on messages of one session
 * @session: borrowed under RCU
 * @napi: what inner packets are handed to
 * @dev: the device
 * @reason: why all messages are refused, NAAWG_OK to open them; the session is
 *	NULL if they are
 * @authenticated: told once, with the first message that opened, before anything is
 *	delivered
 * @other: told of every handshake message in a GSO packet
 * @buf: where the next message is opened into
 * @run: packets joined and not yet delivered
 * @frags: where the payload of @run lies
 * @frag_count: how many of them; the last one may still grow
 * @from: address the newest authenticated message came from
 * @data: a message with payload opened, and the timers were told
 * @keepalive: a message without payload opened, and the timers were told
 * @told: @authenticated was called
 * @messages: messages opened or refused
 * @joined: packets that joined others
 * @loners: packets that did not, but for short ones
 */
struct naawg_opener {
	struct naawg_dev *dev;
	enum naawg_reason reason;
	struct naawg_session *session;
	struct napi_struct *napi;
	void (*authenticated)(struct naawg_session *session, struct sk_buff *skb);
	void (*other)(struct naawg_dev *dev, const struct sk_buff *skb,
		      u32 offset, u32 len);
	struct naawg_frag_buf buf;
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

/* Drops one message of the opener's session. */
static inline void naawg_opener_refuse(struct naawg_opener *o,
				       enum naawg_reason reason)
{
	struct naawg_peer *peer = o->session->peer;

	WRITE_ONCE(peer->last_reason, reason);
	naawg_refuse_outer(peer->dev, reason);
}

#endif
