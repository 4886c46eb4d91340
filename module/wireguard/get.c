// SPDX-License-Identifier: GPL-2.0
/* Netlink command WG_CMD_GET_DEVICE: writes a device as the stock driver does. */
#include <linux/math64.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <uapi/linux/wireguard.h>

#include "../ctl/dump.h"
#include "../ctl/netlink_put.h"
#include "../ctl/netlink_wipe.h"
#include "netlink_gen.h"
#include "wireguard.h"

/* Functions of naawg's own family write these, so their numbers have to be the same. */
static_assert((int)WGDEVICE_A_PUBLIC_KEY == (int)NAAWG_A_DEVICE_PUBLIC_KEY);
static_assert((int)WGPEER_A_ENDPOINT == (int)NAAWG_A_PEER_ENDPOINT);
static_assert((int)WGALLOWEDIP_A_FAMILY == (int)NAAWG_A_ALLOWED_IP_FAMILY);
static_assert((int)WGALLOWEDIP_A_IPADDR == (int)NAAWG_A_ALLOWED_IP_ADDRESS);
static_assert((int)WGALLOWEDIP_A_CIDR_MASK == (int)NAAWG_A_ALLOWED_IP_PREFIX_LEN);

static int naawg_wireguard_put_device(struct sk_buff *skb, struct naawg_dev *dev)
{
	return nla_put_u16(skb, WGDEVICE_A_LISTEN_PORT, dev->port) ?:
	       nla_put_u32(skb, WGDEVICE_A_FWMARK, dev->fwmark) ?:
	       nla_put_u32(skb, WGDEVICE_A_IFINDEX, dev->netdev->ifindex) ?:
	       nla_put_string(skb, WGDEVICE_A_IFNAME, dev->netdev->name) ?:
	       naawg_netlink_put_identity(skb, dev, true);
}

/* The time is always present; zero means that there was no handshake. */
static int put_handshake_time(struct sk_buff *skb, const struct naawg_peer *peer)
{
	struct __kernel_timespec time;
	u32 nsec;

	time.tv_sec = div_u64_rem(READ_ONCE(peer->last_handshake), NSEC_PER_SEC, &nsec);
	time.tv_nsec = nsec;
	return nla_put(skb, WGPEER_A_LAST_HANDSHAKE_TIME, sizeof(time), &time);
}

static int naawg_wireguard_put_peer(struct sk_buff *skb, struct naawg_peer *peer)
{
	return naawg_netlink_put_preshared(skb, peer) ?:
	       put_handshake_time(skb, peer) ?:
	       nla_put_u16(skb, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL,
			   peer->persistent) ?:
	       nla_put_u64_64bit(skb, WGPEER_A_TX_BYTES,
				 atomic64_read(&peer->tx_bytes), WGPEER_A_UNSPEC) ?:
	       nla_put_u64_64bit(skb, WGPEER_A_RX_BYTES,
				 atomic64_read(&peer->rx_bytes), WGPEER_A_UNSPEC) ?:
	       nla_put_u32(skb, WGPEER_A_PROTOCOL_VERSION, 1) ?:
	       naawg_netlink_put_endpoint(skb, peer);
}

static const struct naawg_dump_form form = {
	.family		= &naawg_wireguard_family,
	.cmd		= WG_CMD_GET_DEVICE,
	.peers		= WGDEVICE_A_PEERS,
	.prefixes	= WGPEER_A_ALLOWEDIPS,
	.put_device	= naawg_wireguard_put_device,
	.put_peer	= naawg_wireguard_put_peer,
};

/* Clients distinguish "no such link" from "not WireGuard" by the error of the request. */
int wg_get_device_start(struct netlink_callback *cb)
{
	struct net_device *netdev;

	netdev = naawg_wireguard_device(sock_net(cb->skb->sk),
					genl_info_dump(cb)->attrs, cb->extack);
	if (IS_ERR(netdev))
		return PTR_ERR(netdev);
	naawg_dump_start(cb, netdev->ifindex);
	dev_put(netdev);
	return 0;
}

int wg_get_device_done(struct netlink_callback *cb)
{
	return 0;
}

int wireguard_nl_get_device_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	/* the reply will contain keys */
	naawg_netlink_wipe_reply(skb);
	return naawg_dump(skb, cb, &form);
}
