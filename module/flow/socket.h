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

typedef int (*naawg_receive_t)(struct sock *sk, struct sk_buff *skb);

int naawg_socket_open(struct naawg_dev *dev, u16 port, naawg_receive_t receive);
void naawg_socket_close(struct naawg_dev *dev);
enum naawg_reason naawg_socket_send(struct naawg_peer *peer,
				    struct sk_buff *skb, u8 ds);
enum naawg_reason naawg_socket_send_message(struct naawg_peer *peer,
					    const void *msg, size_t len);
enum naawg_reason naawg_socket_reply(struct naawg_dev *dev,
				     const struct sk_buff *to,
				     const void *msg, size_t len);

#endif
