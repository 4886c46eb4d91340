// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of one session, alone or in super-packets, are opened into fresh
 * memory. TCP packets that belong together become one super-packet again.
 *
 * A message is opened so that, if it joins, its payload continues that of the
 * run: its headers then overlie the last bytes of what is there. Those bytes
 * are kept aside and put back once the headers have been looked at.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/inet_ecn.h>

#include "../core/crypto.h"
#include "open.h"
#include "packet.h"

/* Up to here copying is cheaper than pointing. */
#define COPY_MAX	256

static void refuse(struct naawg_opener *o, enum naawg_reason reason)
{
	struct naawg_peer *peer = o->session->peer;

	WRITE_ONCE(peer->last_reason, reason);
	naawg_refuse_outer(peer->dev, reason);
}

static struct sk_buff *inner_skb(struct naawg_opener *o, const u8 *headers,
				 u32 header_len)
{
	struct sk_buff *skb = napi_alloc_skb(o->napi, header_len);

	if (unlikely(!skb))
		return NULL;
	skb_put_data(skb, headers, header_len);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->protocol = headers[0] >> 4 == 4 ? htons(ETH_P_IP) :
					       htons(ETH_P_IPV6);
	skb->dev = o->session->peer->dev->netdev;
	/* the peer vouches for it, with more than a sum */
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	skb->csum_level = ~0;
	return skb;
}

/* Takes over the caller's reference to @page. */
static void add_frag(struct sk_buff *skb, struct page *page, u32 offset,
		     u32 len)
{
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, offset, len,
			SKB_DATA_ALIGN(len));
}

/* What the kernel's own receive offload would have made of the packets. */
static void make_super(struct sk_buff *skb, const struct naawg_run *run)
{
	const struct tcphdr *tcp =
		(const struct tcphdr *)(run->headers + run->transport);
	struct skb_shared_info *info = skb_shinfo(skb);

	info->gso_size = run->mss;
	info->gso_segs = run->count;
	info->gso_type = run->ipv6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
	if (run->fixed_id)
		info->gso_type |= SKB_GSO_TCP_FIXEDID;
	if (tcp->cwr)
		info->gso_type |= SKB_GSO_TCP_ECN;
	skb_set_transport_header(skb, run->transport);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_level = 0;
	skb->csum_start = skb_headroom(skb) + run->transport;
	skb->csum_offset = offsetof(struct tcphdr, check);
}

static void deliver(struct naawg_opener *o, struct sk_buff *skb, u16 count)
{
	if (unlikely(!skb)) {
		refuse(o, NAAWG_R_NO_MEMORY);
		return;
	}
	atomic64_add(count, &o->session->peer->rx_packets);
	napi_gro_receive(o->napi, skb);
}

static void flush_run(struct naawg_opener *o)
{
	struct naawg_run *run = &o->run;
	struct sk_buff *skb;
	unsigned int i;

	if (naawg_run_is_empty(run))
		return;
	if (run->count > 1) {
		naawg_run_finish(run);
		naawg_add(o->session->peer->dev, NAAWG_C_SUPERS_DELIVERED, 1);
		naawg_add(o->session->peer->dev, NAAWG_C_PACKETS_JOINED,
			  run->count);
	}
	skb = inner_skb(o, run->headers, run->header_len);
	if (likely(skb)) {
		for (i = 0; i < o->frag_count; i++)
			add_frag(skb, o->frags[i].page, o->frags[i].offset,
				 o->frags[i].len);
		if (run->count > 1)
			make_super(skb, run);
	}
	for (i = 0; !skb && i < o->frag_count; i++)
		put_page(o->frags[i].page);
	deliver(o, skb, run->count);
	o->frag_count = 0;
	run->header_len = 0;
}

/* A packet nobody joins, lying in the chunk from @at on. */
static void deliver_alone(struct naawg_opener *o, u32 at, u32 len)
{
	u32 head = len <= COPY_MAX ? len : min_t(u32, len, NAAWG_HEADERS_MAX);
	struct sk_buff *skb = inner_skb(o, o->chunk.bytes + at, head);

	if (likely(skb) && len > head) {
		get_page(o->chunk.page);
		add_frag(skb, o->chunk.page, at + head, len - head);
	}
	if (len > COPY_MAX)
		o->loners++;
	deliver(o, skb, 1);
}

/* The payload just opened, @len bytes up to chunk.used, belongs to the run. */
static void append(struct naawg_opener *o, u32 len)
{
	u32 offset = o->chunk.used - len;
	unsigned int n = o->frag_count;

	if (n && o->frags[n - 1].page == o->chunk.page &&
	    o->frags[n - 1].offset + o->frags[n - 1].len == offset) {
		o->frags[n - 1].len += len;
		return;
	}
	get_page(o->chunk.page);
	o->frags[n].page = o->chunk.page;
	o->frags[n].offset = offset;
	o->frags[n].len = len;
	o->frag_count++;
}

static bool room_for(struct naawg_opener *o, u32 len)
{
	if (o->chunk.page && o->chunk.used + len <= o->chunk.size)
		return true;
	naawg_chunk_put(&o->chunk);
	return naawg_chunk_new(&o->chunk, NAAWG_CHUNK_SIZE) &&
	       len <= o->chunk.size;
}

/* Where in the chunk a message would best be opened to. */
static u32 place(const struct naawg_opener *o)
{
	const struct naawg_run *run = &o->run;
	unsigned int n = o->frag_count;

	if (naawg_run_is_empty(run) || run->closed ||
	    o->frag_count == NAAWG_OPEN_FRAGS ||
	    o->frags[n - 1].page != o->chunk.page ||
	    o->frags[n - 1].offset + o->frags[n - 1].len != o->chunk.used ||
	    run->header_len > o->chunk.used)
		return o->chunk.used;
	return o->chunk.used - run->header_len;
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
static void mark(u8 *headers, u8 ds)
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
	u32 overlap = o->chunk.used - at;
	bool tried = overlap;
	u8 *bytes = o->chunk.bytes;

	if (overlap && naawg_run_join(&o->run, headers, len)) {
		memcpy(bytes + at, kept, overlap);
		o->chunk.used = at + len;
		append(o, len - overlap);
		o->joined++;
		return;
	}
	if (overlap) {
		memmove(bytes + o->chunk.used, bytes + at, len);
		memcpy(bytes + at, kept, overlap);
		at = o->chunk.used;
	}
	memcpy(bytes + at, headers, head);
	o->chunk.used = at + len;
	/* it may still join, only not side by side */
	if (!tried && !naawg_run_is_empty(&o->run) &&
	    o->frag_count < NAAWG_OPEN_FRAGS &&
	    naawg_run_join(&o->run, headers, len)) {
		append(o, len - o->run.header_len);
		o->joined++;
		return;
	}
	flush_run(o);
	if (naawg_run_begin(&o->run, headers, len))
		append(o, len - o->run.header_len);
	else
		deliver_alone(o, at, len);
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

static void account(struct naawg_opener *o, struct sk_buff *skb, u32 len)
{
	struct naawg_peer *peer = o->session->peer;

	if (unlikely(!o->told)) {
		o->told = true;
		o->genuine(o->session, skb);
	}
	if (len > NAAWG_DATA_OVERHEAD)
		o->data = true;
	else
		o->keepalive = true;
	dev_sw_netstats_rx_add(peer->dev->netdev, len);
	atomic64_add(len, &peer->rx_bytes);
}

/* Opens one message of @len bytes. */
static void open_message(struct naawg_opener *o, struct sk_buff *skb,
			 const u8 *message, u32 len)
{
	const struct naawg_msg_data *msg = (const void *)message;
	u32 padded = len - NAAWG_DATA_OVERHEAD, inner, at;
	u64 counter = le64_to_cpu(msg->counter);
	u8 headers[NAAWG_HEADERS_MAX] __aligned(8);
	u8 kept[NAAWG_HEADERS_MAX];
	u8 *dst;

	/* room to move it out of the way as well */
	if (!room_for(o, padded + NAAWG_HEADERS_MAX)) {
		refuse(o, NAAWG_R_NO_MEMORY);
		return;
	}
	at = place(o);
	dst = o->chunk.bytes + at;
	memcpy(kept, dst, o->chunk.used - at);
	if (!naawg_aead_open(dst, message + sizeof(*msg),
			     padded + NAAWG_TAG_SIZE, NULL, 0, counter,
			     o->session->keys.recv)) {
		memcpy(dst, kept, o->chunk.used - at);
		refuse(o, NAAWG_R_BAD_TAG);
		return;
	}
	if (unlikely(!accept(o, counter))) {
		memcpy(dst, kept, o->chunk.used - at);
		refuse(o, NAAWG_R_REPLAY);
		return;
	}
	account(o, skb, len);
	if (!padded)
		return;
	memcpy(headers, dst, min_t(u32, padded, sizeof(headers)));
	inner = naawg_wire_inner_len(headers, padded);
	if (unlikely(!inner || !may_send(o, headers))) {
		memcpy(dst, kept, o->chunk.used - at);
		refuse(o, inner ? NAAWG_R_UNALLOWED_SOURCE :
				  naawg_packet_flaw(headers));
		return;
	}
	mark(headers, naawg_cb(skb)->ds);
	sort_in(o, headers, at, inner, kept);
}

/* One of the packets a super-packet consists of, and where it begins in it. */
struct piece {
	struct sk_buff *skb;
	u32 start;
	u32 len;
};

/* Moves on to the piece @offset lies in; offsets only grow. */
static void seek(struct piece *piece, struct sk_buff *whole, u32 offset)
{
	if (!piece->skb) {
		piece->skb = whole;
		piece->start = 0;
		piece->len = skb_pagelen(whole);
	}
	while (offset >= piece->start + piece->len) {
		struct sk_buff *next = piece->skb == whole ?
			skb_shinfo(whole)->frag_list : piece->skb->next;

		if (!next)
			return;
		piece->start += piece->len;
		piece->skb = next;
		piece->len = next->len;
	}
}

/* Bytes that lie side by side in a piece; NULL if they do not. */
static const u8 *bytes_in(const struct piece *piece, u32 offset, u32 len)
{
	const struct skb_shared_info *info = skb_shinfo(piece->skb);
	u32 end = skb_headlen(piece->skb);
	int i;

	offset -= piece->start;
	if (offset + len <= end)
		return piece->skb->data + offset;
	for (i = 0; i < info->nr_frags; i++) {
		const skb_frag_t *frag = &info->frags[i];
		u32 start = end;

		end += skb_frag_size(frag);
		if (offset >= start && offset + len <= end &&
		    !PageHighMem(skb_frag_page(frag)))
			return (u8 *)skb_frag_address(frag) + offset - start;
	}
	return NULL;
}

/* The bytes of a message, where they lie or put together in the scratch. */
static const u8 *message_at(struct naawg_opener *o, struct sk_buff *skb,
			    struct piece *piece, u32 offset, u32 len)
{
	const u8 *bytes;

	seek(piece, skb, offset);
	bytes = bytes_in(piece, offset, len);
	if (likely(bytes))
		return bytes;
	if (!o->scratch.page &&
	    !naawg_chunk_new(&o->scratch, NAAWG_CHUNK_SIZE))
		return NULL;
	if (len > o->scratch.size ||
	    skb_copy_bits(skb, offset, o->scratch.bytes, len))
		return NULL;
	return o->scratch.bytes;
}

/**
 * naawg_open_messages() - open a packet's messages, as far as of one session
 * @o: the opener, dev, session, napi, genuine and other set, the rest zero at
 *	first
 * @skb: one message or a super-packet of them, data at the first; its cb says
 *	where to begin, and with which receiver index. Consumed when true is
 *	returned; otherwise its cb says where the next session's messages begin
 *
 * Every call deals with one message at least.
 *
 * Context: NAPI poll, under RCU; any softirq if all are refused.
 * Return: false if messages are left that are another session's.
 */
bool naawg_open_messages(struct naawg_opener *o, struct sk_buff *skb)
{
	u32 size = skb_is_gso(skb) ? skb_shinfo(skb)->gso_size : skb->len;
	struct naawg_cb *cb = naawg_cb(skb);
	struct piece piece = {};
	u32 offset;

	for (offset = cb->offset; offset < skb->len; offset += size) {
		u32 len = min(size, skb->len - offset), index;
		const struct naawg_msg_data *msg;
		enum naawg_message_type type;
		const u8 *message;

		message = message_at(o, skb, &piece, offset, len);
		if (unlikely(!message)) {
			naawg_refuse_outer(o->dev, NAAWG_R_NO_MEMORY);
			continue;
		}
		/* nobody has looked at others than the first */
		type = naawg_wire_classify(message, len);
		if (unlikely(type != NAAWG_MSG_DATA)) {
			if (type == NAAWG_MSG_INVALID)
				naawg_refuse_outer(o->dev, NAAWG_R_MALFORMED);
			else
				o->other(o->dev, skb, offset, len);
			continue;
		}
		msg = (const void *)message;
		index = le32_to_cpu(msg->receiver);
		if (unlikely(index != cb->index)) {
			cb->index = index;
			cb->offset = offset;
			return false;
		}
		o->messages++;
		if (unlikely(o->reason))
			naawg_refuse_outer(o->dev, o->reason);
		else
			open_message(o, skb, message, len);
	}
	consume_skb(skb);
	return true;
}

/**
 * naawg_open_finish() - deliver what is left
 * @o: the opener; its chunk may serve the next one
 *
 * Context: NAPI poll, under RCU.
 */
void naawg_open_finish(struct naawg_opener *o)
{
	flush_run(o);
	naawg_chunk_put(&o->scratch);
}
