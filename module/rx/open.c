// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of one session, alone or in GSO packets, are opened into fresh
 * memory. TCP packets that belong together become one GSO packet again.
 *
 * Their sender may still write to the memory they came in. So they are copied into
 * ours first, each byte once, and only the copy is authenticated and opened.
 *
 * A message is opened so that, if it joins, its payload continues that of the
 * run: its headers then overlie the last bytes of what is there. Those bytes
 * are kept aside and put back once the headers have been looked at.
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

/* The payload just opened, @len bytes up to buf.used, belongs to the run. */
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

/* Makes room for @len bytes, whatever a buffer usually holds. */
static bool room_for(struct naawg_opener *o, u32 len)
{
	if (o->buf.page && o->buf.used + len <= o->buf.size)
		return true;
	naawg_frag_buf_put(&o->buf);
	return naawg_frag_buf_new_of(&o->buf,
				     get_order(max_t(u32, len, NAAWG_FRAG_BUF_SIZE))) &&
	       len <= o->buf.size;
}

/* Where in the buffer a message would best be opened to. */
static u32 place(const struct naawg_opener *o)
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

/* May the source be used? Runs of one flow ask the table once. */
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

/* Carries congestion marks of the outer packet over to the inner headers. */
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
 * A packet lies opened at @at, its first bytes over those @kept; @headers are a
 * copy of them, brought up to date. Either it joins the run, or it is moved
 * behind it.
 */
static void sort_in(struct naawg_opener *o, const u8 *headers, u32 at, u32 len,
		    const u8 *kept)
{
	u32 head = min_t(u32, len, NAAWG_HEADERS_MAX);
	u32 overlap = o->buf.used - at;
	bool tried = overlap;
	u8 *bytes = o->buf.bytes;

	if (overlap && naawg_run_join(&o->run, headers, len)) {
		memcpy(bytes + at, kept, overlap);
		o->buf.used = at + len;
		append_payload(o, len - overlap);
		o->joined++;
		return;
	}
	if (overlap) {
		memmove(bytes + o->buf.used, bytes + at, len);
		memcpy(bytes + at, kept, overlap);
		at = o->buf.used;
	}
	memcpy(bytes + at, headers, head);
	o->buf.used = at + len;
	/* it may still join, only not side by side */
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

static bool accept(struct naawg_opener *o, u64 counter)
{
	struct naawg_session *session = o->session;
	bool accepted;

	spin_lock(&session->replay_lock);
	accepted = naawg_replay_accept(&session->replay, counter);
	spin_unlock(&session->replay_lock);
	return accepted;
}

/*
 * Tells the timers of the first message of each kind. Delivery may run the whole
 * stack, and an unreachable peer would be refused the replies.
 */
static void notify_timers_once(struct naawg_opener *o, bool data)
{
	bool *told = data ? &o->data : &o->keepalive;

	if (likely(*told))
		return;
	*told = true;
	naawg_timers_event(&o->session->peer->timers,
			   data ? NAAWG_EV_DATA_RECEIVED :
				  NAAWG_EV_KEEPALIVE_RECEIVED);
}

static void account(struct naawg_opener *o, struct sk_buff *skb, u32 len)
{
	struct naawg_peer *peer = o->session->peer;

	if (unlikely(!o->told)) {
		o->told = true;
		o->authenticated(o->session, skb);
	}
	notify_timers_once(o, len > NAAWG_DATA_OVERHEAD);
	dev_sw_netstats_rx_add(peer->dev->netdev, len);
	atomic64_add(len, &peer->rx_bytes);
}

/* Makes room for a message, and for moving it out of another's way. */
static bool place_for(struct naawg_opener *o, u32 len, u32 *at)
{
	u32 text = len - sizeof(struct naawg_msg_data);

	/* a large one is opened behind all the others, so it is never moved */
	if (unlikely(len > NAAWG_FRAG_BUF_MESSAGE)) {
		if (!room_for(o, text))
			return false;
		*at = o->buf.used;
		return true;
	}
	if (!room_for(o, text + NAAWG_HEADERS_MAX))
		return false;
	*at = place(o);
	return true;
}

/*
 * Opens the sealed text of @len bytes at @dst. If it holds an inner packet, marks
 * that and copies its headers to @headers.
 */
static enum naawg_reason open_text(struct naawg_opener *o, struct sk_buff *skb,
				   u8 *dst, u32 len, u64 counter, u8 *headers,
				   u32 *inner)
{
	u32 padded = len - NAAWG_TAG_SIZE;

	*inner = 0;
	if (!naawg_aead_open(dst, dst, len, NULL, 0, counter,
			     o->session->keys.recv))
		return NAAWG_R_BAD_TAG;
	if (unlikely(!accept(o, counter)))
		return NAAWG_R_REPLAY;
	account(o, skb, sizeof(struct naawg_msg_data) + len);
	if (!padded)
		return NAAWG_OK;
	memcpy(headers, dst, min_t(u32, padded, NAAWG_HEADERS_MAX));
	*inner = naawg_wire_inner_len(headers, padded);
	if (unlikely(!*inner))
		return naawg_packet_flaw(headers);
	if (unlikely(!may_send(o, headers)))
		return NAAWG_R_UNALLOWED_SOURCE;
	/* its extension headers may be longer than what was copied */
	if (unlikely(!naawg_peer_may_reach(o->session->peer, headers, dst,
					   *inner)))
		return NAAWG_R_FORBIDDEN;
	propagate_ecn(headers, naawg_cb(skb)->ds);
	return NAAWG_OK;
}

/* Opens the message of @len bytes at @offset; its header was read. */
static void open_message(struct naawg_opener *o, struct naawg_skb_reader *pieces,
			 u32 offset, u32 len, u64 counter)
{
	u8 headers[NAAWG_HEADERS_MAX] __aligned(8);
	u32 text = len - sizeof(struct naawg_msg_data), inner, at;
	enum naawg_reason reason = NAAWG_R_MALFORMED;
	u8 kept[NAAWG_HEADERS_MAX];
	u8 *dst;

	if (unlikely(!place_for(o, len, &at))) {
		naawg_opener_refuse(o, NAAWG_R_NO_MEMORY);
		return;
	}
	dst = o->buf.bytes + at;
	memcpy(kept, dst, o->buf.used - at);
	if (likely(naawg_skb_reader_copy(pieces, offset + len - text, dst, text)))
		reason = open_text(o, pieces->whole, dst, text, counter,
				   headers, &inner);
	if (likely(!reason && inner)) {
		sort_in(o, headers, at, inner, kept);
		return;
	}
	memcpy(dst, kept, o->buf.used - at);
	if (unlikely(reason))
		naawg_opener_refuse(o, reason);
}

/*
 * Reads the header of the message at @offset. The header of the first message
 * was read for the session lookup. It is not read again, as its sender may have
 * changed it since.
 */
static bool read_header(struct naawg_skb_reader *pieces, u32 offset, u32 len,
			struct naawg_msg_data *header)
{
	const struct naawg_cb *cb = naawg_cb(pieces->whole);

	memset(header, 0, sizeof(*header));
	if (offset == cb->offset) {
		header->header.type = cpu_to_le32(NAAWG_MSG_DATA);
		header->receiver = cpu_to_le32(cb->index);
		header->counter = cpu_to_le64(cb->counter);
		return true;
	}
	return naawg_skb_reader_copy(pieces, offset, header,
				     min_t(u32, len, sizeof(*header)));
}

/* Deals with one message; false if it is another session's. */
static bool one_message(struct naawg_opener *o, struct naawg_skb_reader *pieces,
			u32 offset, u32 len)
{
	struct naawg_cb *cb = naawg_cb(pieces->whole);
	enum naawg_message_type type = NAAWG_MSG_INVALID;
	struct naawg_msg_data header;

	if (likely(read_header(pieces, offset, len, &header)))
		type = naawg_wire_classify(&header, len);
	if (unlikely(type != NAAWG_MSG_DATA)) {
		if (type == NAAWG_MSG_INVALID)
			naawg_refuse_outer(o->dev, NAAWG_R_MALFORMED);
		else
			o->other(o->dev, pieces->whole, offset, len);
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
		open_message(o, pieces, offset, len,
			     le64_to_cpu(header.counter));
	return true;
}

/**
 * naawg_open_messages() - open a packet's messages, as far as of one session
 * @o: the opener, dev, session, napi, authenticated and other set, the rest zero at
 *	first
 * @skb: one message or a GSO packet of them, data at the first; its cb says
 *	where to begin, and the receiver index and counter there. Consumed when
 *	true is returned; otherwise its cb says the same of the next session's
 *	messages
 *
 * Every call deals with one message at least.
 *
 * Context: NAPI poll, under RCU; any softirq if all are refused.
 * Return: false if messages are left that are another session's.
 */
bool naawg_open_messages(struct naawg_opener *o, struct sk_buff *skb)
{
	u32 size = skb_is_gso(skb) ? skb_shinfo(skb)->gso_size : skb->len;
	struct naawg_skb_reader pieces;
	u32 offset;

	naawg_skb_reader_begin(&pieces, skb);
	for (offset = naawg_cb(skb)->offset; offset < skb->len; offset += size) {
		if (!one_message(o, &pieces, offset,
				 min(size, skb->len - offset)))
			return false;
	}
	consume_skb(skb);
	return true;
}

/**
 * naawg_open_finish() - deliver what is left
 * @o: the opener; its buffer may serve the next one
 *
 * Context: NAPI poll, under RCU.
 */
void naawg_open_finish(struct naawg_opener *o)
{
	naawg_deliver_run(o);
}
