/* SPDX-License-Identifier: GPL-2.0 */
/* Outer UDP sockets: opening, closing, routing and sending. */
#ifndef _NAAWG_SOCKET_H
#define _NAAWG_SOCKET_H

#include "../state/peer.h"

/* Room for the link, IPv6, UDP and data message headers before a payload. */
#define NAAWG_HEADROOM \
	(LL_MAX_HEADER + sizeof(struct ipv6hdr) + sizeof(struct udphdr) + \
	 sizeof(struct naawg_msg_data))

/* DSCP AF41: handshake messages take precedence over tunnelled data. */
#define NAAWG_HANDSHAKE_DS	0x88

/**
 * struct naawg_receivers - callbacks for received datagrams
 * @datagram: consumes a datagram or a chain of them, in softirq under RCU
 * @gro: chains datagrams in receive offload; the same for all devices, because
 *	the kernel calls it directly while all tunnel sockets have the same
 *	callback
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
