// SPDX-License-Identifier: GPL-2.0
/* Messages of one session that are written, and are sealed together. */
#include "../state/peer.h"
#include "sealing.h"

/**
 * naawg_sealing_add() - write the header of a message, and let the message wait
 * @sealing: the messages that wait; they are sealed if they are enough
 * @msg: the message, with its padded plain text; nobody may free it before
 *	naawg_sealing_flush()
 * @len: length of the padded plain text
 * @counter: its nonce
 *
 * Context: softirq or bottom halves off, under RCU.
 */
void naawg_sealing_add(struct naawg_sealing *sealing, struct naawg_msg_data *msg,
		       u32 len, u64 counter)
{
	u8 *text = (u8 *)(msg + 1);

	msg->header.type = cpu_to_le32(NAAWG_MSG_DATA);
	msg->receiver = cpu_to_le32(sealing->session->remote_index);
	msg->counter = cpu_to_le64(counter);
	sealing->msgs[sealing->count++] = (struct naawg_simd_msg){
		.dst = text,
		.src = text,
		.len = len,
		.nonce = counter,
	};
	if (sealing->count == ARRAY_SIZE(sealing->msgs))
		naawg_sealing_flush(sealing);
}

/**
 * naawg_sealing_flush() - seal the messages that wait
 * @sealing: the messages
 *
 * Context: softirq or bottom halves off, under RCU.
 */
void naawg_sealing_flush(struct naawg_sealing *sealing)
{
	struct naawg_session *session = sealing->session;
	unsigned int busy;

	busy = naawg_simd_seal(sealing->msgs, sealing->count, session->keys.send);
	if (unlikely(busy))
		naawg_counter_add(session->peer->dev, NAAWG_C_SIMD_BUSY, busy);
	sealing->count = 0;
}
