/* SPDX-License-Identifier: GPL-2.0 */
/* State while messages of one session are opened out of place. */
#ifndef _NAAWG_OPENER_H
#define _NAAWG_OPENER_H

#include "../core/coalesce.h"
#include "../simd/simd.h"
#include "../state/peer.h"
#include "../outer/frag_buf.h"

/* Largest number of fragments of one run. */
#define NAAWG_OPEN_FRAGS	8

/**
 * struct naawg_unopened - messages that are copied, and are opened together
 * @msgs: the messages, in the opener's buffer
 * @of: for each message, the packet that it came in
 * @count: how many they are
 * @end: end of the last one, as an offset into the buffer
 * @packets: packets that are only kept for these messages
 */
struct naawg_unopened {
	struct naawg_simd_msg msgs[NAAWG_SIMD_RUN];
	struct sk_buff *of[NAAWG_SIMD_RUN];
	unsigned int count;
	u32 end;
	struct sk_buff_head packets;
};

/**
 * struct naawg_opener - state while messages of one session are opened
 * @dev: the device
 * @reason: NAAWG_OK to open the messages, otherwise why all of them are refused
 * @session: the session, borrowed under RCU; NULL if all messages are refused
 * @napi: receives the inner packets
 * @on_authenticated: called once, with the first message that opened, before
 *	any packet is delivered
 * @on_handshake: called for each handshake message in a GSO packet
 * @buf: buffer that messages are copied into, and opened in
 * @unopened: messages that wait to be opened; empty between two openers
 * @run: packets that joined and are not delivered yet
 * @frags: fragments that hold the payload of @run
 * @frag_count: number of @frags; the last one may still grow
 * @data_reported: the timers know that a message with payload was opened
 * @keepalive_reported: the timers know that a message without payload was
 *	opened
 * @was_authenticated: @on_authenticated was called
 * @messages: number of messages opened or refused
 * @joined: number of packets that joined others
 * @singles: number of longer packets that joined no other
 */
struct naawg_opener {
	struct naawg_dev *dev;
	enum naawg_reason reason;
	struct naawg_session *session;
	struct napi_struct *napi;
	void (*on_authenticated)(struct naawg_session *session,
				 struct sk_buff *skb);
	void (*on_handshake)(struct naawg_dev *dev, const struct sk_buff *skb,
			     u32 offset, u32 len);
	struct naawg_frag_buf buf;
	struct naawg_unopened *unopened;
	struct naawg_run run;
	struct {
		struct page *page;
		u32 offset;
		u32 len;
	} frags[NAAWG_OPEN_FRAGS];
	unsigned int frag_count;
	bool data_reported;
	bool keepalive_reported;
	bool was_authenticated;
	unsigned int messages;
	unsigned int joined;
	unsigned int singles;
};

/* Counts a refused message, and records the reason at the peer. */
static inline void naawg_opener_refuse(struct naawg_opener *o,
				       enum naawg_reason reason)
{
	struct naawg_peer *peer = o->session->peer;

	WRITE_ONCE(peer->last_reason, reason);
	naawg_refuse_outer(peer->dev, reason);
}

#endif
