// SPDX-License-Identifier: GPL-2.0
/* Makes skbs from packets that were opened out of place, and delivers them. */
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "deliver.h"

/*
 * A single packet up to this length is copied. From a longer packet only the
 * headers are copied, and its skb refers to the buffer that holds the rest.
 */
#define COPY_MAX	1536

/* A longer packet is one that another TCP packet could have joined. */
#define SINGLE_MIN	256

/* Each fragment is charged for at least this fraction of its buffer. */
#define CHARGED_FRACTION	8

/* Makes an skb with room for @len bytes that begins with a copy of @headers. */
static struct sk_buff *make_skb(struct naawg_opener *o, const u8 *headers,
				u32 header_len, u32 len)
{
	struct sk_buff *skb = napi_alloc_skb(o->napi, len);

	if (unlikely(!skb))
		return NULL;
	skb_put_data(skb, headers, header_len);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->protocol = headers[0] >> 4 == 4 ? htons(ETH_P_IP) :
					       htons(ETH_P_IPV6);
	skb->dev = o->session->peer->dev->netdev;
	/* the AEAD tag was verified, which protects more than a checksum */
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	skb->csum_level = ~0;
	return skb;
}

/*
 * Takes over the caller's reference to @page. A fragment keeps its whole
 * buffer, even after all other fragments of the buffer are freed. So a socket
 * is charged for more than the length of a small fragment.
 */
static void add_frag(struct sk_buff *skb, struct page *page, u32 offset,
		     u32 len)
{
	u32 min_charge = page_size(page) / CHARGED_FRACTION;

	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, offset, len,
			max_t(u32, SKB_DATA_ALIGN(len), min_charge));
}

/* Sets the GSO fields like the kernel's own receive offload would. */
static void make_inner_gso(struct sk_buff *skb, const struct naawg_run *run)
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

static void deliver_skb(struct naawg_opener *o, struct sk_buff *skb, u16 count)
{
	if (unlikely(!skb)) {
		while (count--)
			naawg_opener_refuse(o, NAAWG_R_NO_MEMORY);
		return;
	}
	if (count > 1) {
		naawg_counter_add(o->session->peer->dev, NAAWG_C_SUPERS_DELIVERED, 1);
		naawg_counter_add(o->session->peer->dev, NAAWG_C_PACKETS_JOINED, count);
	}
	atomic64_add(count, &o->session->peer->rx_packets);
	napi_gro_receive(o->napi, skb);
}

/* Copies a run of one small packet, and frees its fragment. */
static struct sk_buff *copy_of_run(struct naawg_opener *o)
{
	const struct naawg_run *run = &o->run;
	struct sk_buff *skb = make_skb(o, run->headers, run->header_len,
				       run->header_len + run->payload_len);

	if (likely(skb))
		skb_put_data(skb, page_address(o->frags[0].page) +
				  o->frags[0].offset, run->payload_len);
	put_page(o->frags[0].page);
	return skb;
}

static struct sk_buff *skb_of_run(struct naawg_opener *o)
{
	const struct naawg_run *run = &o->run;
	struct sk_buff *skb;
	unsigned int i;

	if (run->count == 1 && run->header_len + run->payload_len <= COPY_MAX)
		return copy_of_run(o);
	skb = make_skb(o, run->headers, run->header_len, run->header_len);
	for (i = 0; i < o->frag_count; i++) {
		if (likely(skb))
			add_frag(skb, o->frags[i].page, o->frags[i].offset,
				 o->frags[i].len);
		else
			put_page(o->frags[i].page);
	}
	if (likely(skb) && run->count > 1)
		make_inner_gso(skb, run);
	return skb;
}

/**
 * naawg_deliver_run() - deliver the packets of the run as one GSO packet
 * @o: the opener; its run is empty afterwards
 *
 * Context: NAPI poll, under RCU.
 */
void naawg_deliver_run(struct naawg_opener *o)
{
	struct naawg_run *run = &o->run;

	if (naawg_run_is_empty(run))
		return;
	if (run->count > 1)
		naawg_run_finish(run);
	deliver_skb(o, skb_of_run(o), run->count);
	o->frag_count = 0;
	run->header_len = 0;
}

/**
 * naawg_deliver_alone() - deliver a packet that joins no other packet
 * @o: the opener
 * @at: offset of the packet in the opener's buffer
 * @len: length of the packet
 *
 * Context: NAPI poll, under RCU.
 */
void naawg_deliver_alone(struct naawg_opener *o, u32 at, u32 len)
{
	u32 head = len <= COPY_MAX ? len : min_t(u32, len, NAAWG_HEADERS_MAX);
	struct sk_buff *skb = make_skb(o, o->buf.bytes + at, head, head);

	if (likely(skb) && len > head) {
		get_page(o->buf.page);
		add_frag(skb, o->buf.page, at + head, len - head);
	}
	if (len > SINGLE_MIN)
		o->singles++;
	deliver_skb(o, skb, 1);
}
