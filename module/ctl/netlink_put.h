/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink attributes that several kinds of messages have. */
#ifndef _NAAWG_NETLINK_PUT_H
#define _NAAWG_NETLINK_PUT_H

struct naawg_dev;
struct naawg_peer;
struct sk_buff;

int naawg_netlink_put_name(struct sk_buff *skb, const struct naawg_dev *dev);
int naawg_netlink_put_endpoint(struct sk_buff *skb, struct naawg_peer *peer);
int naawg_netlink_put_handshake(struct sk_buff *skb,
				const struct naawg_peer *peer);
int naawg_netlink_put_preshared(struct sk_buff *skb, struct naawg_peer *peer);
int naawg_netlink_put_identity(struct sk_buff *skb, struct naawg_dev *dev,
			       bool private);

#endif
