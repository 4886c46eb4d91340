// SPDX-License-Identifier: GPL-2.0
/*
 * Seals a GSO packet, or a run of packets, into one outer GSO packet.
 *
 * For each message the headers are written, and the payload is copied and summed in
 * one pass, in the buffer that is transmitted. There it is sealed, with others.
 */
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "../outer/frag_buf.h"
#include "../outer/packet.h"
#include "seal.h"
#include "sealing.h"
#include "../outer/socket.h"

/**
 * struct sealer - state while one GSO packet or one run of packets is sealed
 * @sealing: the messages that are written and not sealed yet
 * @inner: the GSO packet, or the next packet of the run
 * @segments: the segments of the GSO packet; its count is 0 for a run
 * @counter: nonce of the next message
 * @next: number of the next segment of the GSO packet
 */
struct sealer {
	struct naawg_sealing *sealing;
	struct sk_buff *inner;
	struct naawg_segmenter segments;
	u64 counter;
	unsigned int next;
};

static u32 next_len(const struct sealer *w)
{
	if (!w->segments.count)
		return w->inner->len;
	return w->segments.header_len +
	       naawg_segment_payload(&w->segments, w->next);
}

static u32 message_len(const struct sealer *w)
{
	return naawg_wire_padded(next_len(w), naawg_cb(w->inner)->mtu) +
	       NAAWG_DATA_OVERHEAD;
}

/* Writes the next packet with its checksums, and advances by one packet. */
static bool write_next(struct sealer *w, u8 *packet)
{
	struct naawg_segmenter *s = &w->segments;
	__wsum sum;

	if (!s->count) {
		if (!naawg_packet_copy(w->inner, packet))
			return false;
		w->inner = w->inner->next;
		return true;
	}
	sum = skb_copy_and_csum_bits(w->inner,
				     s->header_len + w->next * s->mss,
				     packet + s->header_len,
				     naawg_segment_payload(s, w->next));
	naawg_segment_write(s, packet, w->next, sum);
	w->next++;
	return true;
}

static bool write_message(struct sealer *w, u8 *dst, u32 len)
{
	struct naawg_msg_data *msg = (struct naawg_msg_data *)dst;
	u32 padded = len - NAAWG_DATA_OVERHEAD;
	u8 *packet = dst + sizeof(*msg);
	u32 inner = next_len(w);

	if (unlikely(!write_next(w, packet)))
		return false;
	memset(packet + inner, 0, padded - inner);
	naawg_sealing_add(w->sealing, msg, padded, w->counter++);
	return true;
}

/*
 * Writes up to @count messages into new buffers, which become fragments of
 * @outer. No message may cross the end of a buffer, because the AEAD needs it
 * in one piece. A buffer is smaller and holds fewer messages if memory is
 * short. Returns the number of messages.
 */
static unsigned int write_frags(struct sealer *w, struct sk_buff *outer,
				u32 message, unsigned int count)
{
	struct naawg_frag_buf buf = {};
	unsigned int done = 0;

	while (done < count && skb_shinfo(outer)->nr_frags < MAX_SKB_FRAGS) {
		if (!naawg_frag_buf_new(&buf, (count - done) * message))
			break;
		while (done < count && buf.used + message <= buf.size) {
			u32 len = message_len(w);

			if (unlikely(!write_message(w, buf.bytes + buf.used,
						    len)))
				break;
			buf.used += len;
			done++;
		}
		if (unlikely(!buf.used)) {
			naawg_frag_buf_put(&buf);
			break;
		}
		skb_add_rx_frag(outer, skb_shinfo(outer)->nr_frags, buf.page,
				0, buf.used, buf.size);
	}
	return done;
}

static void make_outer_gso(struct sk_buff *outer, u32 message,
			   unsigned int count)
{
	struct skb_shared_info *info = skb_shinfo(outer);

	if (count == 1)
		return;
	info->gso_size = message;
	info->gso_segs = count;
	info->gso_type = SKB_GSO_UDP_L4;
	/* the socket adds the UDP header; segmentation fills in its checksum */
	outer->ip_summed = CHECKSUM_PARTIAL;
	outer->csum_start = skb_headroom(outer) - sizeof(struct udphdr);
	outer->csum_offset = offsetof(struct udphdr, check);
}

/* Makes an outer packet of up to @count messages, the first @message long. */
static struct sk_buff *seal_outer(struct sealer *w, u32 message,
				  unsigned int count)
{
	struct sk_buff *first = w->inner, *outer;

	if (message > NAAWG_FRAG_BUF_MESSAGE)
		return NULL;
	outer = alloc_skb(NAAWG_HEADROOM, GFP_ATOMIC | __GFP_NOWARN);
	if (!outer)
		return NULL;
	skb_reserve(outer, NAAWG_HEADROOM);
	count = write_frags(w, outer, message,
			    min(count, naawg_seal_most(message)));
	if (!count) {
		kfree_skb(outer);
		return NULL;
	}
	make_outer_gso(outer, message, count);
	outer->priority = first->priority;
	skb_get_hash(first);
	skb_copy_hash(outer, first);
	*naawg_cb(outer) = *naawg_cb(first);
	naawg_cb(outer)->len = outer->len;
	naawg_cb(outer)->segments = count;
	return outer;
}

/**
 * naawg_seal_gso() - turn a GSO packet into as few outer packets as possible
 * @sealing: the messages of the batch, which the caller flushes
 * @skb: GSO packet that naawg_packet_segments() accepts; not consumed
 * @counter: nonce of its first segment
 * @sealed: list to which the outer packets are appended, all or none
 *
 * Context: softirq or bottom halves off, under RCU.
 * Return: false if memory is short; the nonces must not be used again then.
 */
bool naawg_seal_gso(struct naawg_sealing *sealing, struct sk_buff *skb,
		    u64 counter, struct sk_buff_head *sealed)
{
	struct sealer w = {
		.sealing = sealing,
		.inner = skb,
		.counter = counter,
	};
	struct sk_buff_head outers;
	struct sk_buff *outer;

	if (!naawg_packet_segments(skb, &w.segments))
		return false;
	__skb_queue_head_init(&outers);
	while (w.next < w.segments.count) {
		outer = seal_outer(&w, message_len(&w),
				   w.segments.count - w.next);
		if (!outer) {
			/* the messages that wait may be in the memory of these */
			naawg_sealing_flush(sealing);
			__skb_queue_purge(&outers);
			return false;
		}
		__skb_queue_tail(&outers, outer);
	}
	naawg_packet_hand_over(skb_peek_tail(&outers), skb);
	skb_queue_splice_tail(&outers, sealed);
	return true;
}

static u32 single_len(struct sk_buff *skb)
{
	return naawg_wire_padded(skb->len, naawg_cb(skb)->mtu) +
	       NAAWG_DATA_OVERHEAD;
}

/*
 * Returns how many packets at the front of the list can leave as one GSO
 * packet. None of them is a GSO packet. All have the same socket, priority, DS
 * field and length, except that the last one may be shorter.
 */
static unsigned int equal_packets(struct sk_buff_head *packets)
{
	struct sk_buff *first = skb_peek(packets), *skb = first;
	u32 message = single_len(first), len = message;
	unsigned int n = 1, most;

	if (!READ_ONCE(naawg_batch_tx) || !first->len)
		return 1;
	most = naawg_seal_most(message);
	skb_queue_walk_from(packets, skb) {
		struct sk_buff *next = skb->next;

		if (n >= most || len < message ||
		    next == (struct sk_buff *)packets ||
		    naawg_cb(next)->segments > 1 || !next->len ||
		    naawg_cb(next)->ds != naawg_cb(first)->ds ||
		    next->priority != first->priority ||
		    next->sk != first->sk ||
		    next->destructor != first->destructor)
			break;
		len = single_len(next);
		if (len > message)
			break;
		n++;
	}
	return n;
}

/**
 * naawg_seal_run() - turn a run of packets into one outer packet
 * @sealing: the messages of the batch, which the caller flushes
 * @packets: at least one packet; the sealed packets are removed and consumed
 * @counter: nonce of the first packet
 * @sealed: list to which the outer packet is appended
 *
 * Context: softirq or bottom halves off, under RCU.
 * Return: number of packets sealed and nonces used; 0 if the first packet has
 * to be sealed alone.
 */
unsigned int naawg_seal_run(struct naawg_sealing *sealing,
			    struct sk_buff_head *packets, u64 counter,
			    struct sk_buff_head *sealed)
{
	struct sealer w = {
		.sealing = sealing,
		.inner = skb_peek(packets),
		.counter = counter,
	};
	unsigned int n = equal_packets(packets), i;
	struct sk_buff *outer;

	if (n < 2)
		return 0;
	outer = seal_outer(&w, single_len(w.inner), n);
	if (unlikely(!outer))
		return 0;
	n = naawg_cb(outer)->segments;
	naawg_packet_hand_over(outer, skb_peek(packets));
	for (i = 0; i < n; i++)
		consume_skb(__skb_dequeue(packets));
	__skb_queue_tail(sealed, outer);
	return n;
}
