// SPDX-License-Identifier: GPL-2.0
/* Socket charges, segmentation and copying of inner packets. */
#include <linux/moduleparam.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/sock.h>

#include "packet.h"

bool naawg_batch_tx __read_mostly = true;
module_param_named(batch_tx, naawg_batch_tx, bool, 0644);
MODULE_PARM_DESC(batch_tx,
		 "Encrypt GSO packets as a whole. With N they are segmented first, and every message leaves alone.");

bool naawg_batch_rx __read_mostly = true;
module_param_named(batch_rx, naawg_batch_rx, bool, 0644);
MODULE_PARM_DESC(batch_rx,
		 "Receive several datagrams as one GSO packet, and join decrypted TCP packets into GSO packets. With N every message is received and delivered alone.");

/*
 * Only a charge to a send buffer may move to another packet. Other destructors
 * look for their context in the packet they were set on. The kernel exports
 * TCP's destructor to no module, so it is recognised by exclusion of all
 * others.
 */
static bool is_charged_for_sending(const struct sk_buff *skb)
{
	if (skb->destructor == sock_wfree)
		return true;
	return skb->destructor && sk_fullsock(skb->sk) && sk_is_tcp(skb->sk) &&
	       skb->destructor != sock_rfree &&
	       skb->destructor != sock_efree &&
	       skb->destructor != sock_pfree &&
	       skb->destructor != sock_edemux;
}

/**
 * naawg_packet_hand_over() - move the socket charge to the outer packet
 * @outer: outer packet without an owner
 * @inner: inner packet; has no owner afterwards
 *
 * TCP small queues and the pacing of fq limit a sender by the memory of its
 * packets in the lower layers. The inner packet ends here, so its sender is
 * charged for the outer packet instead.
 *
 * Context: any.
 */
void naawg_packet_hand_over(struct sk_buff *outer, struct sk_buff *inner)
{
	struct sock *sk = inner->sk;
	int delta;

	if (!sk || !is_charged_for_sending(inner))
		return;
	delta = outer->truesize - inner->truesize;
	outer->sk = sk;
	outer->destructor = inner->destructor;
	inner->sk = NULL;
	inner->destructor = NULL;
	if (delta > 0)
		refcount_add(delta, &sk->sk_wmem_alloc);
	else if (delta < 0)
		WARN_ON_ONCE(refcount_sub_and_test(-delta, &sk->sk_wmem_alloc));
}

/**
 * naawg_packet_segments() - check whether a GSO packet can be sealed as one
 * @skb: inner packet, data at its network header
 * @segments: receives its segments on success
 *
 * Context: softirq or bottom halves off.
 * Return: false if the network stack has to segment it first.
 */
bool naawg_packet_segments(struct sk_buff *skb,
			   struct naawg_segmenter *segments)
{
	const unsigned int tcp = SKB_GSO_TCPV4 | SKB_GSO_TCPV6;
	const unsigned int supported = tcp | SKB_GSO_UDP_L4 | SKB_GSO_DODGY |
				       SKB_GSO_TCP_ECN | SKB_GSO_TCP_FIXEDID;
	unsigned int type = skb_shinfo(skb)->gso_type;
	int transport = skb_transport_offset(skb);
	unsigned int header_len;

	if (!READ_ONCE(naawg_batch_tx) || type & ~supported ||
	    skb->encapsulation || skb->ip_summed != CHECKSUM_PARTIAL ||
	    skb_has_frag_list(skb) || transport <= 0 ||
	    !skb_transport_header_was_set(skb))
		return false;
	segments->tcp = type & tcp;
	if (segments->tcp == !!(type & SKB_GSO_UDP_L4))
		return false;
	if (!pskb_may_pull(skb, transport + (segments->tcp ?
					     sizeof(struct tcphdr) :
					     sizeof(struct udphdr))))
		return false;
	header_len = transport + (segments->tcp ? tcp_hdrlen(skb) :
						  sizeof(struct udphdr));
	if (header_len > NAAWG_HEADERS_MAX || header_len >= skb->len ||
	    skb_copy_bits(skb, 0, segments->headers, header_len))
		return false;
	segments->ipv6 = skb->protocol == htons(ETH_P_IPV6);
	segments->fixed_id = type & SKB_GSO_TCP_FIXEDID;
	return naawg_segment_begin(segments, transport, header_len,
				   skb->len - header_len,
				   skb_shinfo(skb)->gso_size) &&
	       segments->count <= NAAWG_SEGMENTS_MAX;
}

/**
 * naawg_packet_copy() - copy a packet and complete its checksum
 * @skb: inner packet, no GSO packet
 * @dst: receives skb->len bytes
 *
 * The copy contains the full checksum if @skb has a partial one.
 *
 * Context: any.
 * Return: false if the packet cannot be read or its checksum field is outside
 * it.
 */
bool naawg_packet_copy(const struct sk_buff *skb, u8 *dst)
{
	unsigned int start;
	__sum16 check;
	__wsum sum;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return !skb_copy_bits(skb, 0, dst, skb->len);
	start = skb_checksum_start_offset(skb);
	if (start > skb->len ||
	    start + skb->csum_offset + sizeof(check) > skb->len ||
	    skb_copy_bits(skb, 0, dst, start))
		return false;
	sum = skb_copy_and_csum_bits(skb, start, dst + start, skb->len - start);
	check = csum_fold(sum) ?: CSUM_MANGLED_0;
	memcpy(dst + start + skb->csum_offset, &check, sizeof(check));
	return true;
}
