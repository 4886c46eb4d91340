// SPDX-License-Identifier: GPL-2.0
/*
 * Queue of received handshake messages that wait for a worker.
 *
 * Each queued message is a copy in a buffer of its own size. The buffer of a
 * driver or a sender may be much larger, and the queue limits only the number
 * of messages.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "handshake_queue.h"

/* Copies a message with its IP and UDP headers, and with no other header. */
static struct sk_buff *copy_message(struct naawg_dev *dev,
				    const struct sk_buff *skb)
{
	u32 network = skb->protocol == htons(ETH_P_IP) ?
		      sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	struct sk_buff *copy;

	copy = alloc_skb(network + sizeof(struct udphdr) + skb->len,
			 GFP_ATOMIC | __GFP_NOWARN);
	if (!copy)
		return NULL;
	skb_reset_network_header(copy);
	skb_put_data(copy, skb_network_header(skb), network);
	skb_set_transport_header(copy, network);
	skb_put_data(copy, skb_transport_header(skb), sizeof(struct udphdr));
	__skb_pull(copy, copy->len);
	skb_put_data(copy, skb->data, skb->len);
	copy->protocol = skb->protocol;
	copy->skb_iif = skb->skb_iif;
	copy->dev = dev->netdev;
	return copy;
}

/**
 * naawg_handshake_queue_put() - queue a copy of a message
 * @dev: the device
 * @skb: the message, linear, data at its first byte; consumed on NAAWG_OK
 *
 * Context: softirq or bottom halves off.
 * Return: NAAWG_OK, or why the message was not queued.
 */
enum naawg_reason naawg_handshake_queue_put(struct naawg_dev *dev,
					    struct sk_buff *skb)
{
	struct sk_buff *copy;
	bool fits;

	if (skb_queue_len_lockless(&dev->handshakes) >=
	    NAAWG_HANDSHAKE_QUEUE_MAX)
		return NAAWG_R_HS_QUEUE_FULL;
	copy = copy_message(dev, skb);
	if (!copy)
		return NAAWG_R_NO_MEMORY;
	spin_lock_bh(&dev->handshakes.lock);
	fits = skb_queue_len(&dev->handshakes) < NAAWG_HANDSHAKE_QUEUE_MAX;
	if (fits)
		__skb_queue_tail(&dev->handshakes, copy);
	spin_unlock_bh(&dev->handshakes.lock);
	if (!fits) {
		kfree_skb(copy);
		return NAAWG_R_HS_QUEUE_FULL;
	}
	consume_skb(skb);
	return NAAWG_OK;
}
