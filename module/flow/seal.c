// SPDX-License-Identifier: GPL-2.0
/*
 * One inner super-packet becomes one outer one: every packet's headers are
 * written, its payload copied and summed in one go, and the whole sealed where
 * it will leave from.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "../core/crypto.h"
#include "chunk.h"
#include "packet.h"
#include "seal.h"
#include "socket.h"

/* Messages of one outer super-packet: what its 16-bit length has room for. */
#define OUTER_MAX	(U16_MAX - sizeof(struct ipv6hdr) - \
			 sizeof(struct iphdr) - sizeof(struct udphdr))
#define OUTER_SEGMENTS	64

/**
 * struct sealer - the work on one super-packet
 * @session: whose
 * @inner: what is sealed
 * @segments: how it is cut
 * @counter: nonce of the next message
 * @next: number of the next packet
 */
struct sealer {
	struct naawg_session *session;
	struct sk_buff *inner;
	struct naawg_segmenter segments;
	u64 counter;
	unsigned int next;
};

static u32 message_len(const struct sealer *w, unsigned int i)
{
	u32 len = w->segments.header_len +
		  naawg_segment_payload(&w->segments, i);

	return naawg_wire_padded(len, naawg_cb(w->inner)->mtu) +
	       NAAWG_DATA_OVERHEAD;
}

static void seal_next(struct sealer *w, u8 *dst, u32 len)
{
	struct naawg_segmenter *s = &w->segments;
	struct naawg_msg_data *msg = (struct naawg_msg_data *)dst;
	u32 payload = naawg_segment_payload(s, w->next);
	u32 padded = len - NAAWG_DATA_OVERHEAD;
	u8 *packet = dst + sizeof(*msg);
	__wsum sum;

	sum = skb_copy_and_csum_bits(w->inner,
				     s->header_len + w->next * s->mss,
				     packet + s->header_len, payload);
	naawg_segment_write(s, packet, w->next, sum);
	memset(packet + s->header_len + payload, 0,
	       padded - s->header_len - payload);

	msg->header.type = cpu_to_le32(NAAWG_MSG_DATA);
	msg->receiver = cpu_to_le32(w->session->remote_index);
	msg->counter = cpu_to_le64(w->counter);
	naawg_aead_seal(packet, packet, padded, NULL, 0, w->counter,
			w->session->keys.send);
	w->counter++;
	w->next++;
}

/* Messages must not straddle chunks: what seals them wants them in one piece. */
static bool fill(struct sealer *w, struct sk_buff *outer, u32 message,
		 unsigned int count)
{
	struct naawg_chunk chunk = {};
	unsigned int frag = 0;

	while (count) {
		if (!naawg_chunk_new(&chunk, count * message))
			return false;
		while (count && chunk.used + message <= chunk.size) {
			u32 len = message_len(w, w->next);

			seal_next(w, chunk.bytes + chunk.used, len);
			chunk.used += len;
			count--;
		}
		skb_add_rx_frag(outer, frag++, chunk.page, 0, chunk.used,
				chunk.size);
	}
	return true;
}

static void make_super(struct sk_buff *outer, u32 message, unsigned int count)
{
	struct skb_shared_info *info = skb_shinfo(outer);

	if (count == 1)
		return;
	info->gso_size = message;
	info->gso_segs = count;
	info->gso_type = SKB_GSO_UDP_L4;
	/* the UDP header is pushed below; it is summed by whoever cuts */
	outer->ip_summed = CHECKSUM_PARTIAL;
	outer->csum_start = skb_headroom(outer) - sizeof(struct udphdr);
	outer->csum_offset = offsetof(struct udphdr, check);
}

static struct sk_buff *seal_outer(struct sealer *w)
{
	unsigned int count = w->segments.count - w->next;
	u32 message = message_len(w, w->next);
	struct sk_buff *outer;

	if (message > NAAWG_CHUNK_MESSAGE)
		return NULL;
	count = min_t(unsigned int, count, OUTER_MAX / message);
	count = min_t(unsigned int, count, OUTER_SEGMENTS);
	outer = alloc_skb(NAAWG_HEADROOM, GFP_ATOMIC | __GFP_NOWARN);
	if (!outer)
		return NULL;
	skb_reserve(outer, NAAWG_HEADROOM);
	if (!fill(w, outer, message, count)) {
		kfree_skb(outer);
		return NULL;
	}
	make_super(outer, message, count);
	outer->priority = w->inner->priority;
	skb_get_hash(w->inner);
	skb_copy_hash(outer, w->inner);
	*naawg_cb(outer) = *naawg_cb(w->inner);
	naawg_cb(outer)->len = outer->len;
	naawg_cb(outer)->segments = count;
	return outer;
}

/**
 * naawg_seal_super() - turn a super-packet into as few outer ones as it takes
 * @session: session to seal with
 * @skb: super-packet naawg_packet_segments() said yes to; not consumed
 * @counter: nonce of its first packet
 * @sealed: receives the outer packets, if all could be made
 *
 * Context: softirq or bottom halves off, under RCU.
 * Return: false without memory; the nonces may not be used again then.
 */
bool naawg_seal_super(struct naawg_session *session, struct sk_buff *skb,
		      u64 counter, struct sk_buff_head *sealed)
{
	struct sealer w = {
		.session = session,
		.inner = skb,
		.counter = counter,
	};
	struct sk_buff_head outers;
	struct sk_buff *outer;

	if (!naawg_packet_segments(skb, &w.segments))
		return false;
	__skb_queue_head_init(&outers);
	while (w.next < w.segments.count) {
		outer = seal_outer(&w);
		if (!outer) {
			__skb_queue_purge(&outers);
			return false;
		}
		__skb_queue_tail(&outers, outer);
	}
	naawg_packet_hand_over(skb_peek_tail(&outers), skb);
	skb_queue_splice_tail(&outers, sealed);
	return true;
}
