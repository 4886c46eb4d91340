// SPDX-License-Identifier: GPL-2.0
/* Ownership of packets, and how a GSO packet is to be cut. */
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
 * Only what is charged to a sender's buffer may move: other destructors find
 * their context in the packet they were set on. TCP's is exported nowhere, so
 * it is known by what it is not.
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
 * naawg_packet_hand_over() - charge the sender for the outer packet
 * @outer: outer packet, owned by nobody
 * @inner: inner packet; owned by nobody afterwards
 *
 * TCP's small queues and the pacing of fq hold a sender back by what it has
 * below it in the stack. The inner packet ends here, so its sender is charged
 * for the outer one instead.
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
 * naawg_packet_segments() - can this GSO packet be sealed whole?
 * @skb: inner packet, network header at its data
 * @segments: how it is to be cut, if so
 *
 * Context: softirq or bottom halves off.
 * Return: false if it has to be cut by the stack.
 */
bool naawg_packet_segments(struct sk_buff *skb,
			   struct naawg_segmenter *segments)
{
	const unsigned int tcp = SKB_GSO_TCPV4 | SKB_GSO_TCPV6;
	const unsigned int fine = tcp | SKB_GSO_UDP_L4 | SKB_GSO_DODGY |
				  SKB_GSO_TCP_ECN | SKB_GSO_TCP_FIXEDID;
	unsigned int type = skb_shinfo(skb)->gso_type;
	int transport = skb_transport_offset(skb);
	unsigned int header_len;

	if (!READ_ONCE(naawg_batch_tx) || type & ~fine || skb->encapsulation ||
	    skb->ip_summed != CHECKSUM_PARTIAL || skb_has_frag_list(skb) ||
	    transport <= 0 || !skb_transport_header_was_set(skb))
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
 * naawg_packet_copy() - copy a whole packet with its sum made good
 * @skb: inner packet, no GSO packet
 * @dst: receives skb->len bytes
 *
 * A sum left to whoever comes last is computed on the way.
 *
 * Context: any.
 * Return: false if it cannot be read, or says its sum is where it ends.
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
