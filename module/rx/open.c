// SPDX-License-Identifier: GPL-2.0
/*
 * Opens messages of one session out of place, and joins their TCP packets.
 *
 * Messages, single or in GSO packets, are opened into new memory. Consecutive
 * TCP packets of one flow become one GSO packet again.
 *
 * The sender may still write to the memory of a received packet. So each byte
 * of a message is copied once, and only the copy is authenticated and opened.
 *
 * A message is opened at an offset where its payload would continue the payload
 * of the run. So its headers overwrite the last bytes of the run. Those bytes
 * are saved, and restored after the headers have been read.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/inet_ecn.h>

#include "../core/crypto.h"
#include "deliver.h"
#include "open.h"
#include "../outer/packet.h"
#include "skb_reader.h"

/* Adds the payload in the last @len bytes up to buf.used to the run. */
static void append_payload(struct naawg_opener *o, u32 len)
{
	u32 offset = o->buf.used - len;
	unsigned int n = o->frag_count;

	if (n && o->frags[n - 1].page == o->buf.page &&
	    o->frags[n - 1].offset + o->frags[n - 1].len == offset) {
		o->frags[n - 1].len += len;
		return;
	}
	get_page(o->buf.page);
	o->frags[n].page = o->buf.page;
	o->frags[n].offset = offset;
	o->frags[n].len = len;
	o->frag_count++;
}

/* Makes sure that the buffer has room for @len bytes, even more than usual. */
static bool ensure_room(struct naawg_opener *o, u32 len)
{
	if (o->buf.page && o->buf.used + len <= o->buf.size)
		return true;
	naawg_frag_buf_put(&o->buf);
	return naawg_frag_buf_new_of(&o->buf,
				     get_order(max_t(u32, len, NAAWG_FRAG_BUF_SIZE))) &&
	       len <= o->buf.size;
}

/* Returns the offset at which a message's payload would continue the run. */
static u32 joining_offset(const struct naawg_opener *o)
{
	const struct naawg_run *run = &o->run;
	unsigned int n = o->frag_count;

	if (naawg_run_is_empty(run) || run->closed ||
	    o->frag_count == NAAWG_OPEN_FRAGS ||
	    o->frags[n - 1].page != o->buf.page ||
	    o->frags[n - 1].offset + o->frags[n - 1].len != o->buf.used ||
	    run->header_len > o->buf.used)
		return o->buf.used;
	return o->buf.used - run->header_len;
}

/* Checks the inner source address; for a run of one address it does so once. */
static bool may_send(struct naawg_opener *o, const u8 *packet)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)packet;
	const struct iphdr *ip4 = (const struct iphdr *)packet;
	struct naawg_peer *peer = o->session->peer;
	const struct naawg_run *run = &o->run;

	if (ip4->version == 4) {
		if (!naawg_run_is_empty(run) && !run->ipv6 &&
		    ((const struct iphdr *)run->headers)->saddr == ip4->saddr)
			return true;
		return naawg_allowedips_lookup4(&peer->dev->allowedips,
						ip4->saddr) == peer;
	}
	if (!naawg_run_is_empty(run) && run->ipv6 &&
	    ipv6_addr_equal(&((const struct ipv6hdr *)run->headers)->saddr,
			    &ip6->saddr))
		return true;
	return naawg_allowedips_lookup6(&peer->dev->allowedips,
					&ip6->saddr) == peer;
}

/* Propagates the ECN mark of the outer packet to the inner headers. */
static void propagate_ecn(u8 *headers, u8 ds)
{
	struct ipv6hdr *ip6 = (struct ipv6hdr *)headers;
	struct iphdr *ip4 = (struct iphdr *)headers;
	bool ipv4 = ip4->version == 4;
	u8 inner = ipv4 ? ip4->tos : ipv6_get_dsfield(ip6);
	u8 ecn = inner & INET_ECN_MASK;

	if (likely(!(ds & INET_ECN_MASK) || !ecn))
		return;
	if (INET_ECN_is_ce(ds))
		ecn = INET_ECN_CE;
	else if ((ds & INET_ECN_MASK) == INET_ECN_ECT_1 &&
		 ecn == INET_ECN_ECT_0)
		ecn = INET_ECN_ECT_1;
	if (ipv4)
		ipv4_change_dsfield(ip4, ~INET_ECN_MASK, ecn);
	else
		ipv6_change_dsfield(ip6, ~INET_ECN_MASK, ecn);
}

/*
 * Adds the packet of @len bytes that was opened at offset @at. Its first bytes
 * overwrote the last bytes of the run, which are in @saved. @headers is a copy
 * of its headers with the ECN bits merged. The packet joins the run, or is
 * moved behind it.
 */
static void add_packet(struct naawg_opener *o, const u8 *headers, u32 at,
		       u32 len, const u8 *saved)
{
	u32 head = min_t(u32, len, NAAWG_HEADERS_MAX);
	u32 overlap = o->buf.used - at;
	bool tried = overlap;
	u8 *bytes = o->buf.bytes;

	if (overlap && naawg_run_join(&o->run, headers, len)) {
		memcpy(bytes + at, saved, overlap);
		o->buf.used = at + len;
		append_payload(o, len - overlap);
		o->joined++;
		return;
	}
	if (overlap) {
		memmove(bytes + o->buf.used, bytes + at, len);
		memcpy(bytes + at, saved, overlap);
		at = o->buf.used;
	}
	memcpy(bytes + at, headers, head);
	o->buf.used = at + len;
	/* it may still join the run, with its payload in another fragment */
	if (!tried && !naawg_run_is_empty(&o->run) &&
	    o->frag_count < NAAWG_OPEN_FRAGS &&
	    naawg_run_join(&o->run, headers, len)) {
		append_payload(o, len - o->run.header_len);
		o->joined++;
		return;
	}
	naawg_deliver_run(o);
	if (naawg_run_begin(&o->run, headers, len))
		append_payload(o, len - o->run.header_len);
	else
		naawg_deliver_alone(o, at, len);
}

static bool accept_counter(struct naawg_opener *o, u64 counter)
{
	struct naawg_session *session = o->session;
	bool accepted;

	spin_lock(&session->replay_lock);
	accepted = naawg_replay_accept(&session->replay, counter);
	if (unlikely(session->replay.lost))
		naawg_session_count_lost(&session->peer->sessions, session);
	spin_unlock(&session->replay_lock);
	return accepted;
}

/*
 * Reports the first message of each kind to the timers before it is delivered.
 * Delivery may run the whole network stack, which may reply. The reply would be
 * dropped if the timers still considered the peer unreachable.
 */
static void notify_timers_once(struct naawg_opener *o, bool data)
{
	bool *reported = data ? &o->data_reported : &o->keepalive_reported;

	if (likely(*reported))
		return;
	*reported = true;
	naawg_timers_event(&o->session->peer->timers,
			   data ? NAAWG_EV_DATA_RECEIVED :
				  NAAWG_EV_KEEPALIVE_RECEIVED);
}

static void count_opened(struct naawg_opener *o, struct sk_buff *skb, u32 len)
{
	struct naawg_peer *peer = o->session->peer;

	if (unlikely(!o->was_authenticated)) {
		o->was_authenticated = true;
		o->on_authenticated(o->session, skb);
	}
	notify_timers_once(o, len > NAAWG_DATA_OVERHEAD);
	dev_sw_netstats_rx_add(peer->dev->netdev, len);
	atomic64_add(len, &peer->rx_bytes);
}

/* Finds the offset for a message; leaves room to move it behind the run. */
static bool find_offset(struct naawg_opener *o, u32 len, u32 *at)
{
	u32 sealed_len = len - sizeof(struct naawg_msg_data);

	/* a larger message is opened behind the run, so it is never moved */
	if (unlikely(len > NAAWG_FRAG_BUF_MESSAGE)) {
		if (!ensure_room(o, sealed_len))
			return false;
		*at = o->buf.used;
		return true;
	}
	if (!ensure_room(o, sealed_len + NAAWG_HEADERS_MAX))
		return false;
	*at = joining_offset(o);
	return true;
}

/*
 * Opens the sealed payload of @len bytes at @dst in place. If it contains an
 * inner packet, sets @inner to its length and copies its headers to @headers,
 * with the ECN bits merged.
 */
static enum naawg_reason open_payload(struct naawg_opener *o,
				      struct sk_buff *skb, u8 *dst, u32 len,
				      u64 counter, u8 *headers, u32 *inner)
{
	u32 padded = len - NAAWG_TAG_SIZE;

	*inner = 0;
	if (!naawg_aead_open(dst, dst, len, NULL, 0, counter,
			     o->session->keys.recv))
		return NAAWG_R_BAD_TAG;
	if (unlikely(!accept_counter(o, counter)))
		return NAAWG_R_REPLAY;
	count_opened(o, skb, sizeof(struct naawg_msg_data) + len);
	if (!padded)
		return NAAWG_OK;
	memcpy(headers, dst, min_t(u32, padded, NAAWG_HEADERS_MAX));
	*inner = naawg_wire_inner_len(headers, padded);
	if (unlikely(!*inner))
		return naawg_packet_flaw(headers);
	if (unlikely(!may_send(o, headers)))
		return NAAWG_R_UNALLOWED_SOURCE;
	/* the extension headers may be longer than the copy in @headers */
	if (unlikely(!naawg_peer_may_reach(o->session->peer, headers, dst,
					   *inner)))
		return NAAWG_R_FORBIDDEN;
	propagate_ecn(headers, naawg_cb(skb)->ds);
	return NAAWG_OK;
}

/* Opens the message of @len bytes at @offset, whose header has been read. */
static void open_message(struct naawg_opener *o,
			 struct naawg_skb_reader *reader, u32 offset, u32 len,
			 u64 counter)
{
	u8 headers[NAAWG_HEADERS_MAX] __aligned(8);
	u32 sealed_len = len - sizeof(struct naawg_msg_data), inner, at;
	enum naawg_reason reason = NAAWG_R_MALFORMED;
	u8 saved[NAAWG_HEADERS_MAX];
	u8 *dst;

	if (unlikely(!find_offset(o, len, &at))) {
		naawg_opener_refuse(o, NAAWG_R_NO_MEMORY);
		return;
	}
	dst = o->buf.bytes + at;
	memcpy(saved, dst, o->buf.used - at);
	if (likely(naawg_skb_reader_copy(reader, offset + len - sealed_len, dst,
					 sealed_len)))
		reason = open_payload(o, reader->whole, dst, sealed_len,
				      counter, headers, &inner);
	if (likely(!reason && inner)) {
		add_packet(o, headers, at, inner, saved);
		return;
	}
	memcpy(dst, saved, o->buf.used - at);
	if (unlikely(reason))
		naawg_opener_refuse(o, reason);
}

/*
 * Reads the header of the message at @offset. The header of the first message
 * was read for the session lookup. It is not read again, because the sender may
 * have changed it since then.
 */
static bool read_header(struct naawg_skb_reader *reader, u32 offset, u32 len,
			struct naawg_msg_data *header)
{
	const struct naawg_cb *cb = naawg_cb(reader->whole);

	memset(header, 0, sizeof(*header));
	if (offset == cb->offset) {
		header->header.type = cpu_to_le32(NAAWG_MSG_DATA);
		header->receiver = cpu_to_le32(cb->index);
		header->counter = cpu_to_le64(cb->counter);
		return true;
	}
	return naawg_skb_reader_copy(reader, offset, header,
				     min_t(u32, len, sizeof(*header)));
}

/* Opens or refuses a message; false if it belongs to another session. */
static bool handle_message(struct naawg_opener *o,
			   struct naawg_skb_reader *reader, u32 offset,
			   u32 len)
{
	struct naawg_cb *cb = naawg_cb(reader->whole);
	enum naawg_message_type type = NAAWG_MSG_INVALID;
	struct naawg_msg_data header;

	if (likely(read_header(reader, offset, len, &header)))
		type = naawg_wire_classify(&header, len);
	if (unlikely(type != NAAWG_MSG_DATA)) {
		if (type == NAAWG_MSG_INVALID)
			naawg_refuse_outer(o->dev, NAAWG_R_MALFORMED);
		else
			o->on_handshake(o->dev, reader->whole, offset, len);
		return true;
	}
	if (unlikely(le32_to_cpu(header.receiver) != cb->index)) {
		cb->index = le32_to_cpu(header.receiver);
		cb->counter = le64_to_cpu(header.counter);
		cb->offset = offset;
		return false;
	}
	o->messages++;
	if (unlikely(o->reason))
		naawg_refuse_outer(o->dev, o->reason);
	else
		open_message(o, reader, offset, len,
			     le64_to_cpu(header.counter));
	return true;
}

/**
 * naawg_open_messages() - open the messages of one session in a packet
 * @o: the opener; before the first call, the fields after @buf are zero
 * @skb: a message or a GSO packet of messages, data at the first one; its cb
 *	has the offset, receiver index and counter of the first message to open.
 *	Consumed if the return value is true; otherwise its cb describes the
 *	first message of the next session
 *
 * Every call opens or refuses at least one message.
 *
 * Context: NAPI poll, under RCU; any softirq if all messages are refused.
 * Return: false if messages of another session are left.
 */
bool naawg_open_messages(struct naawg_opener *o, struct sk_buff *skb)
{
	u32 size = skb_is_gso(skb) ? skb_shinfo(skb)->gso_size : skb->len;
	struct naawg_skb_reader reader;
	u32 offset;

	naawg_skb_reader_begin(&reader, skb);
	for (offset = naawg_cb(skb)->offset; offset < skb->len;
	     offset += size) {
		if (!handle_message(o, &reader, offset,
				    min(size, skb->len - offset)))
			return false;
	}
	consume_skb(skb);
	return true;
}

/**
 * naawg_open_finish() - deliver the packets of the last run
 * @o: the opener; another opener may use its buffer afterwards
 *
 * Context: NAPI poll, under RCU.
 */
void naawg_open_finish(struct naawg_opener *o)
{
	naawg_deliver_run(o);
}
