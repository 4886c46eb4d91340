// SPDX-License-Identifier: GPL-2.0
/* Netlink attributes that several kinds of messages have. */
#include <linux/export.h>
#include <linux/netdevice.h>
#include <net/netlink.h>

#include "../state/peer.h"
#include "../uapi/naawg.h"
#include "netlink_put.h"

/**
 * naawg_netlink_put_name() - write the index and name of the device of a message
 * @skb: the message
 * @dev: the device
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int naawg_netlink_put_name(struct sk_buff *skb, const struct naawg_dev *dev)
{
	return nla_put_u32(skb, NAAWG_A_DEVICE_IFINDEX, dev->netdev->ifindex) ?:
	       nla_put_string(skb, NAAWG_A_DEVICE_IFNAME, dev->netdev->name);
}

/**
 * naawg_netlink_put_endpoint() - write the endpoint of a peer, if it is known
 * @skb: the message, within the entry of the peer
 * @peer: the peer
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int naawg_netlink_put_endpoint(struct sk_buff *skb, struct naawg_peer *peer)
{
	struct naawg_address at;

	naawg_endpoint_get(&peer->endpoint, &at);
	if (at.addr.sa_family == AF_INET)
		return nla_put(skb, NAAWG_A_PEER_ENDPOINT, sizeof(at.addr4),
			       &at.addr4);
	if (at.addr.sa_family == AF_INET6)
		return nla_put(skb, NAAWG_A_PEER_ENDPOINT, sizeof(at.addr6),
			       &at.addr6);
	return 0;
}
EXPORT_SYMBOL_NAAWG(naawg_netlink_put_endpoint);

/**
 * naawg_netlink_put_handshake() - write the time of a peer's newest handshake, if any
 * @skb: the message, within the entry of the peer
 * @peer: the peer
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int naawg_netlink_put_handshake(struct sk_buff *skb,
				const struct naawg_peer *peer)
{
	u64 handshake = READ_ONCE(peer->last_handshake);

	if (!handshake)
		return 0;
	return nla_put_u64_64bit(skb, NAAWG_A_PEER_LAST_HANDSHAKE, handshake,
				 NAAWG_A_PEER_PAD);
}

/**
 * naawg_netlink_put_preshared() - write the preshared key of a peer
 * @skb: the message, within the entry of the peer; it has to be wiped when it was read
 * @peer: the peer
 *
 * Context: process.
 * Return: 0 or -EMSGSIZE.
 */
int naawg_netlink_put_preshared(struct sk_buff *skb, struct naawg_peer *peer)
{
	int err;

	mutex_lock(&peer->handshake_lock);
	err = nla_put(skb, NAAWG_A_PEER_PRESHARED_KEY, NAAWG_KEY_LEN,
		      peer->handshake.preshared);
	mutex_unlock(&peer->handshake_lock);
	return err;
}
EXPORT_SYMBOL_NAAWG(naawg_netlink_put_preshared);

/**
 * naawg_netlink_put_identity() - write the keys of a device, if it has them
 * @skb: the message; it has to be wiped when it was read if it has the private key
 * @dev: the device
 * @private: write the private key, too
 *
 * Context: process.
 * Return: 0 or -EMSGSIZE.
 */
int naawg_netlink_put_identity(struct sk_buff *skb, struct naawg_dev *dev,
			       bool private)
{
	int err = 0;

	down_read(&dev->identity_lock);
	if (dev->identity.set) {
		if (private)
			err = nla_put(skb, NAAWG_A_DEVICE_PRIVATE_KEY,
				      NAAWG_KEY_LEN, dev->identity.private);
		if (!err)
			err = nla_put(skb, NAAWG_A_DEVICE_PUBLIC_KEY,
				      NAAWG_KEY_LEN, dev->identity.public);
	}
	up_read(&dev->identity_lock);
	return err;
}
EXPORT_SYMBOL_NAAWG(naawg_netlink_put_identity);
