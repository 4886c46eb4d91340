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
 * Messages are copied behind the run, and wait there until enough of them can be
 * opened together. Then the payload of each packet that joins the run is moved
 * down to the end of the run. This place is free: before a message lie at least
 * the headers of its packet, which do not stay.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/inet_ecn.h>

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

/* Is the end of the run the end of the used part of the buffer? */
static bool run_is_last(const struct naawg_opener *o)
{
	unsigned int n = o->frag_count;

	return n && o->frags[n - 1].page == o->buf.page &&
	       o->frags[n - 1].offset + o->frags[n - 1].len == o->buf.used;
}

/*
 * Makes sure that the buffer has room for a message of @len bytes. It gets a new one
 * also if the room is so small that few messages would be opened together.
 */
static bool ensure_room(struct naawg_opener *o, u32 len)
{
	u32 need = max_t(u32, len, min_t(u32, 4 * len, NAAWG_FRAG_BUF_SIZE / 8));

	if (o->buf.page && o->buf.used + need <= o->buf.size)
		return true;
	naawg_frag_buf_put(&o->buf);
	return naawg_frag_buf_new_of(&o->buf,
				     get_order(max_t(u32, len, NAAWG_FRAG_BUF_SIZE))) &&
	       len <= o->buf.size;
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
 * Adds the packet of @len bytes that was opened at offset @at. @headers is a copy
 * of its headers with the ECN bits merged. The packet joins the run, or begins
 * the next one where it is.
 */
static void add_packet(struct naawg_opener *o, const u8 *headers, u32 at,
		       u32 len)
{
	bool last = run_is_last(o);
	u8 *bytes = o->buf.bytes;

	if (!naawg_run_is_empty(&o->run) &&
	    (last || o->frag_count < NAAWG_OPEN_FRAGS) &&
	    naawg_run_join(&o->run, headers, len)) {
		u32 payload = len - o->run.header_len;
		u32 from = at + o->run.header_len;
		u32 to = last ? o->buf.used : from;

		if (likely(last))
			memmove(bytes + to, bytes + from, payload);
		o->buf.used = to + payload;
		append_payload(o, payload);
		o->joined++;
		return;
	}
	naawg_deliver_run(o);
	memcpy(bytes + at, headers, min_t(u32, len, NAAWG_HEADERS_MAX));
	o->buf.used = at + len;
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

	notify_timers_once(o, len > NAAWG_DATA_OVERHEAD);
	if (unlikely(!o->was_authenticated)) {
		o->was_authenticated = true;
		o->on_authenticated(o->session, skb);
	}
	dev_sw_netstats_rx_add(peer->dev->netdev, len);
	atomic64_add(len, &peer->rx_bytes);
}

/*
 * Decides on the message that was opened at @dst. If it contains an inner packet,
 * sets @inner to its length and copies its headers to @headers, with the ECN bits
 * merged.
 */
static enum naawg_reason check_opened(struct naawg_opener *o,
				      struct sk_buff *skb,
				      const struct naawg_simd_msg *msg,
				      u8 *headers, u32 *inner)
{
	*inner = 0;
	if (unlikely(!msg->ok))
		return NAAWG_R_BAD_TAG;
	if (unlikely(!accept_counter(o, msg->nonce)))
		return NAAWG_R_REPLAY;
	count_opened(o, skb, msg->len + NAAWG_DATA_OVERHEAD);
	if (!msg->len)
		return NAAWG_OK;
	memcpy(headers, msg->dst, min_t(u32, msg->len, NAAWG_HEADERS_MAX));
	*inner = naawg_wire_inner_len(headers, msg->len);
	if (unlikely(!*inner))
		return naawg_packet_flaw(headers);
	if (unlikely(!may_send(o, headers)))
		return NAAWG_R_UNALLOWED_SOURCE;
	/* the extension headers may be longer than the copy in @headers */
	if (unlikely(!naawg_peer_may_reach(o->session->peer, headers, msg->dst,
					   *inner)))
		return NAAWG_R_FORBIDDEN;
	propagate_ecn(headers, naawg_cb(skb)->ds);
	return NAAWG_OK;
}

/* Opens the messages that wait, and adds or refuses each of them in order. */
static void open_waiting(struct naawg_opener *o)
{
	struct naawg_unopened *u = o->unopened;
	unsigned int i, busy;
	struct sk_buff *skb;

	if (!u->count)
		return;
	busy = naawg_simd_open(u->msgs, u->count, o->session->keys.recv);
	if (unlikely(busy))
		naawg_counter_add(o->dev, NAAWG_C_SIMD_BUSY, busy);
	for (i = 0; i < u->count; i++) {
		u8 headers[NAAWG_HEADERS_MAX] __aligned(8);
		const struct naawg_simd_msg *msg = &u->msgs[i];
		enum naawg_reason reason;
		u32 inner;

		reason = check_opened(o, u->of[i], msg, headers, &inner);
		if (likely(!reason && inner))
			add_packet(o, headers, msg->dst - o->buf.bytes, inner);
		else if (unlikely(reason))
			naawg_opener_refuse(o, reason);
	}
	u->count = 0;
	while ((skb = __skb_dequeue(&u->packets)))
		consume_skb(skb);
}

/*
 * Sets @at to a place for @len bytes behind the messages that wait, and opens those if it is
 * not there. Returns false if memory is short.
 */
static bool find_place(struct naawg_opener *o, u32 len, u32 *at)
{
	struct naawg_unopened *u = o->unopened;

	if (u->count == ARRAY_SIZE(u->msgs) ||
	    (u->count && u->end + len > o->buf.size))
		open_waiting(o);
	if (!u->count) {
		if (unlikely(!ensure_room(o, len)))
			return false;
		u->end = o->buf.used;
	}
	*at = u->end;
	return true;
}

/* Copies the message of @len bytes at @offset, whose header has been read. */
static void take_message(struct naawg_opener *o,
			 struct naawg_skb_reader *reader, u32 offset, u32 len,
			 u64 counter)
{
	u32 sealed_len = len - sizeof(struct naawg_msg_data), at;
	struct naawg_unopened *u = o->unopened;
	u8 *dst;

	if (unlikely(!find_place(o, sealed_len, &at))) {
		naawg_opener_refuse(o, NAAWG_R_NO_MEMORY);
		return;
	}
	dst = o->buf.bytes + at;
	if (unlikely(!naawg_skb_reader_copy(reader, offset + len - sealed_len,
					    dst, sealed_len))) {
		naawg_opener_refuse(o, NAAWG_R_MALFORMED);
		return;
	}
	u->end = at + sealed_len;
	u->of[u->count] = reader->whole;
	u->msgs[u->count++] = (struct naawg_simd_msg){
		.dst = dst,
		.src = dst,
		.len = sealed_len - NAAWG_TAG_SIZE,
		.nonce = counter,
	};
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

/* Takes or refuses a message; false if it belongs to another session. */
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
		take_message(o, reader, offset, len,
			     le64_to_cpu(header.counter));
	return true;
}

/**
 * naawg_open_messages() - open the messages of one session in a packet
 * @o: the opener; before the first call, the fields after @unopened are zero
 * @skb: a message or a GSO packet of messages, data at the first one; its cb
 *	has the offset, receiver index and counter of the first message to open.
 *	Consumed if the return value is true; otherwise its cb describes the
 *	first message of the next session
 *
 * Every call takes or refuses at least one message. Messages that were taken wait
 * to be opened with others, and @skb is kept for them.
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
				    min(size, skb->len - offset))) {
			/* the caller may free @skb */
			if (o->unopened)
				open_waiting(o);
			return false;
		}
	}
	if (o->unopened && o->unopened->count)
		__skb_queue_tail(&o->unopened->packets, skb);
	else
		consume_skb(skb);
	return true;
}

/**
 * naawg_open_finish() - open the messages that wait, and deliver the last run
 * @o: the opener; another opener may use its buffer afterwards
 *
 * Context: NAPI poll, under RCU.
 */
void naawg_open_finish(struct naawg_opener *o)
{
	if (o->unopened)
		open_waiting(o);
	naawg_deliver_run(o);
}
