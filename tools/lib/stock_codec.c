// SPDX-License-Identifier: GPL-2.0
/* Translates the model to attributes of the netlink family "wireguard" and back. */

#include <errno.h>
#include <linux/wireguard.h>
#include <string.h>

#include "lib/codec_parts.h"
#include "lib/stock_codec.h"

#define NS_PER_SEC	UINT64_C(1000000000)

/* Functions of naawg's own family read and write these, so the numbers have to be the same. */
_Static_assert((int)WGPEER_A_ENDPOINT == (int)NAAWG_A_PEER_ENDPOINT, "ENDPOINT");
_Static_assert((int)WGALLOWEDIP_A_FAMILY == (int)NAAWG_A_ALLOWED_IP_FAMILY, "FAMILY");
_Static_assert((int)WGALLOWEDIP_A_IPADDR == (int)NAAWG_A_ALLOWED_IP_ADDRESS, "IPADDR");
_Static_assert((int)WGALLOWEDIP_A_CIDR_MASK == (int)NAAWG_A_ALLOWED_IP_PREFIX_LEN, "CIDR_MASK");

/* The kernel ignores the type of an element of an array. */
#define ELEMENT		0

/* The nests around the first allowed IP of a message. */
#define NESTS_ROOM	(3 * MNL_ATTR_HDRLEN)

static void put_device(struct nlmsghdr *nlh, const struct device *dev)
{
	if (dev->bits & DEVICE_HAS_PRIVATE_KEY)
		mnl_attr_put(nlh, WGDEVICE_A_PRIVATE_KEY, KEY_LEN, dev->private_key);
	if (dev->bits & DEVICE_HAS_LISTEN_PORT)
		mnl_attr_put_u16(nlh, WGDEVICE_A_LISTEN_PORT, dev->listen_port);
	if (dev->bits & DEVICE_HAS_FWMARK)
		mnl_attr_put_u32(nlh, WGDEVICE_A_FWMARK, dev->fwmark);
	if (dev->bits & DEVICE_REPLACE_PEERS)
		mnl_attr_put_u32(nlh, WGDEVICE_A_FLAGS, WGDEVICE_F_REPLACE_PEERS);
}

static uint32_t peer_flags(const struct peer *peer, bool first)
{
	uint32_t flags = 0;

	if (peer->bits & PEER_REMOVE)
		flags |= WGPEER_F_REMOVE_ME;
	if (peer->bits & PEER_UPDATE_ONLY)
		flags |= WGPEER_F_UPDATE_ONLY;
	if (first && (peer->bits & PEER_REPLACE_IPS) && !(peer->bits & PEER_REMOVE))
		flags |= WGPEER_F_REPLACE_ALLOWEDIPS;
	return flags;
}

/* The first message has all attributes of a peer; later ones continue its prefixes. */
static void put_peer(struct nlmsghdr *nlh, const struct peer *peer, bool first)
{
	uint32_t flags = peer_flags(peer, first);

	mnl_attr_put(nlh, WGPEER_A_PUBLIC_KEY, KEY_LEN, peer->public_key);
	if (flags)
		mnl_attr_put_u32(nlh, WGPEER_A_FLAGS, flags);
	if (!first || (peer->bits & PEER_REMOVE))
		return;

	if (peer->bits & PEER_HAS_PRESHARED_KEY)
		mnl_attr_put(nlh, WGPEER_A_PRESHARED_KEY, KEY_LEN, peer->preshared_key);
	if (peer->bits & PEER_HAS_ENDPOINT)
		codec_put_endpoint(nlh, &peer->endpoint);
	if (peer->bits & PEER_HAS_KEEPALIVE)
		mnl_attr_put_u16(nlh, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, peer->keepalive);
}

/* True: the peer is complete. */
static bool put_some_of_peer(struct codec_cursor *cursor, struct nlmsghdr *nlh, size_t room)
{
	const struct peer *peer = &cursor->dev->peers[cursor->peer];
	struct nlattr *nest = mnl_attr_nest_start(nlh, ELEMENT), *list;
	size_t n_ips = peer->bits & PEER_REMOVE ? 0 : peer->n_ips;

	put_peer(nlh, peer, !cursor->peer_begun);
	cursor->peer_begun = true;
	if (cursor->ip < n_ips) {
		list = mnl_attr_nest_start(nlh, WGPEER_A_ALLOWEDIPS);
		while (cursor->ip < n_ips && nlh->nlmsg_len + IP_ROOM <= room)
			codec_put_net(nlh, ELEMENT, &peer->ips[cursor->ip++]);
		mnl_attr_nest_end(nlh, list);
	}
	mnl_attr_nest_end(nlh, nest);
	return cursor->ip == n_ips;
}

static void put_peers(struct codec_cursor *cursor, struct nlmsghdr *nlh, size_t room)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, WGDEVICE_A_PEERS);

	while (cursor->peer < cursor->dev->n_peers) {
		/* Start a peer only if there is room for a prefix. */
		if (nlh->nlmsg_len + NESTS_ROOM + PEER_ROOM + IP_ROOM > room)
			break;
		if (!put_some_of_peer(cursor, nlh, room))
			break;
		cursor->peer++;
		cursor->peer_begun = false;
		cursor->ip = 0;
	}
	mnl_attr_nest_end(nlh, nest);
}

/* One nest holds all peers of a message, and its length has 16 bits. */
bool stock_codec_put(struct codec_cursor *cursor, struct nlmsghdr *nlh, size_t room)
{
	const struct device *dev = cursor->dev;

	if (cursor->begun && cursor->peer == dev->n_peers)
		return false;
	if (room > NEST_MAX)
		room = NEST_MAX;
	mnl_attr_put_strz(nlh, WGDEVICE_A_IFNAME, dev->name);
	if (!cursor->begun)
		put_device(nlh, dev);
	cursor->begun = true;
	if (dev->n_peers)
		put_peers(cursor, nlh, room);
	return true;
}

/* --- from attributes to the model --------------------------------------- */

static int get_ips(struct peer *peer, const struct nlattr *list)
{
	struct allowed_ip ip, *added;
	const struct nlattr *nest;
	int ret;

	mnl_attr_for_each_nested(nest, list) {
		ret = codec_get_net(&ip, nest);
		if (ret)
			return ret;
		added = peer_add_ip(peer);
		if (!added)
			return -ENOMEM;
		*added = ip;
	}
	return 0;
}

/* Zero means that there was no handshake. */
static int get_handshake(struct peer *peer, const struct nlattr *attr)
{
	struct { int64_t sec, nsec; } time;
	int ret = codec_get_exact(&time, attr, sizeof(time));

	if (ret)
		return ret;
	peer->last_handshake = (uint64_t)time.sec * NS_PER_SEC + (uint64_t)time.nsec;
	if (peer->last_handshake)
		peer->bits |= PEER_HAS_HANDSHAKE;
	return 0;
}

static int get_peer_attr(struct peer *peer, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case WGPEER_A_PRESHARED_KEY:
		peer->bits |= PEER_HAS_PRESHARED_KEY;
		return codec_get_exact(peer->preshared_key, attr, KEY_LEN);
	case WGPEER_A_ENDPOINT:
		peer->bits |= PEER_HAS_ENDPOINT;
		return codec_get_endpoint(&peer->endpoint, attr);
	case WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL:
		peer->bits |= PEER_HAS_KEEPALIVE;
		return codec_get_exact(&peer->keepalive, attr, sizeof(peer->keepalive));
	case WGPEER_A_LAST_HANDSHAKE_TIME:
		return get_handshake(peer, attr);
	case WGPEER_A_RX_BYTES:
		return codec_get_exact(&peer->rx_bytes, attr, sizeof(peer->rx_bytes));
	case WGPEER_A_TX_BYTES:
		return codec_get_exact(&peer->tx_bytes, attr, sizeof(peer->tx_bytes));
	case WGPEER_A_ALLOWEDIPS:
		return get_ips(peer, attr);
	}
	return 0;
}

/* A peer with the same key as the one before continues it. NULL: no memory, or no key. */
static struct peer *peer_of(struct device *dev, const struct nlattr *nest)
{
	struct peer *peer = dev->n_peers ? &dev->peers[dev->n_peers - 1] : NULL;
	const struct nlattr *attr, *key = NULL;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == WGPEER_A_PUBLIC_KEY)
			key = attr;
	if (!key || mnl_attr_get_payload_len(key) != KEY_LEN)
		return NULL;
	if (peer && !memcmp(peer->public_key, mnl_attr_get_payload(key), KEY_LEN))
		return peer;
	peer = device_add_peer(dev);
	if (!peer)
		return NULL;
	peer->bits = PEER_HAS_PUBLIC_KEY;
	memcpy(peer->public_key, mnl_attr_get_payload(key), KEY_LEN);
	return peer;
}

static int get_peers(struct device *dev, const struct nlattr *list)
{
	const struct nlattr *nest, *attr;
	struct peer *peer;
	int ret;

	mnl_attr_for_each_nested(nest, list) {
		peer = peer_of(dev, nest);
		if (!peer)
			return -EBADMSG;
		mnl_attr_for_each_nested(attr, nest) {
			ret = get_peer_attr(peer, attr);
			if (ret)
				return ret;
		}
	}
	return 0;
}

static int get_device_attr(struct device *dev, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case WGDEVICE_A_IFINDEX:
		return codec_get_exact(&dev->ifindex, attr, sizeof(dev->ifindex));
	case WGDEVICE_A_PRIVATE_KEY:
		dev->bits |= DEVICE_HAS_PRIVATE_KEY;
		return codec_get_exact(dev->private_key, attr, KEY_LEN);
	case WGDEVICE_A_PUBLIC_KEY:
		dev->bits |= DEVICE_HAS_PUBLIC_KEY;
		return codec_get_exact(dev->public_key, attr, KEY_LEN);
	case WGDEVICE_A_LISTEN_PORT:
		dev->bits |= DEVICE_HAS_LISTEN_PORT;
		return codec_get_exact(&dev->listen_port, attr, sizeof(dev->listen_port));
	case WGDEVICE_A_FWMARK:
		dev->bits |= DEVICE_HAS_FWMARK;
		return codec_get_exact(&dev->fwmark, attr, sizeof(dev->fwmark));
	case WGDEVICE_A_PEERS:
		return get_peers(dev, attr);
	}
	return 0;
}

int stock_codec_get(struct device *dev, const struct nlmsghdr *nlh, size_t header_len)
{
	const struct nlattr *attr;
	int ret;

	if (mnl_nlmsg_get_payload_len(nlh) < header_len)
		return -EBADMSG;
	mnl_attr_for_each(attr, nlh, header_len) {
		ret = get_device_attr(dev, attr);
		if (ret)
			return ret;
	}
	return 0;
}
