/* SPDX-License-Identifier: GPL-2.0 */
/* The outer UDP sockets: opening, routing, sending. */
#ifndef _NAAWG_SOCKET_H
#define _NAAWG_SOCKET_H

#include "../state/peer.h"

/* Room for the link, IPv6, UDP and our own header in front of a payload. */
#define NAAWG_HEADROOM \
	(LL_MAX_HEADER + sizeof(struct ipv6hdr) + sizeof(struct udphdr) + \
	 sizeof(struct naawg_msg_data))

/* Handshakes are worth more than what they carry later: DSCP AF41. */
#define NAAWG_HANDSHAKE_DS	0x88

/**
 * struct naawg_receivers - who takes what arrives
 * @datagram: gets every datagram and every chain of them, in softirq under RCU,
 *	and consumes it
 * @gro: chains datagrams in receive offload; must be the same for all devices,
 *	as the kernel calls it directly while there is only one of its kind
 */
struct naawg_receivers {
	int (*datagram)(struct sock *sk, struct sk_buff *skb);
	struct sk_buff *(*gro)(struct sock *sk, struct list_head *held,
			       struct sk_buff *skb);
};

int naawg_socket_open(struct naawg_dev *dev, u16 port,
		      const struct naawg_receivers *receivers);
void naawg_socket_close(struct naawg_dev *dev);
enum naawg_reason naawg_socket_send(struct naawg_peer *peer,
				    struct sk_buff *skb, u8 ds);
enum naawg_reason naawg_socket_send_message(struct naawg_peer *peer,
					    const void *msg, size_t len);
enum naawg_reason naawg_socket_reply(struct naawg_dev *dev,
				     const struct sk_buff *to,
				     const void *msg, size_t len);

#endif
