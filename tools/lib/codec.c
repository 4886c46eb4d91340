// SPDX-License-Identifier: GPL-2.0
/* Translates the model to netlink attributes and back. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/codec.h"
#include "lib/codec_parts.h"

static void put_device(struct nlmsghdr *nlh, const struct device *dev, uint32_t without)
{
	uint32_t flags = 0;
	size_t i;

	if (dev->bits & DEVICE_HAS_PRIVATE_KEY)
		mnl_attr_put(nlh, NAAWG_A_DEVICE_PRIVATE_KEY, KEY_LEN, dev->private_key);
	if (dev->bits & DEVICE_HAS_LISTEN_PORT)
		mnl_attr_put_u16(nlh, NAAWG_A_DEVICE_LISTEN_PORT, dev->listen_port);
	if (dev->bits & DEVICE_HAS_FWMARK)
		mnl_attr_put_u32(nlh, NAAWG_A_DEVICE_FWMARK, dev->fwmark);
	if (dev->bits & ~without & DEVICE_HAS_ANSWER)
		mnl_attr_put_u8(nlh, NAAWG_A_DEVICE_ANSWER_UNREACHABLE,
				dev->answer_unreachable);
	if (dev->bits & DEVICE_REPLACE_PEERS)
		flags |= NAAWG_DEVICE_FLAG_REPLACE_PEERS;
	if (dev->bits & DEVICE_REPLACE_FORBIDDEN)
		flags |= NAAWG_DEVICE_FLAG_REPLACE_FORBIDDEN;
	if (flags)
		mnl_attr_put_u32(nlh, NAAWG_A_DEVICE_FLAGS, flags);
	/* Send one network more than the limit: the kernel refuses it and names the limit. */
	for (i = 0; i < dev->n_forbidden && i <= FORBIDDEN_MAX; i++)
		codec_put_net(nlh, NAAWG_A_DEVICE_FORBIDDEN, &dev->forbidden[i]);
}

/* The first message has all attributes of a peer; later ones continue its prefixes. */
static void put_peer(struct nlmsghdr *nlh, const struct peer *peer, bool first)
{
	uint32_t flags = 0;

	mnl_attr_put(nlh, NAAWG_A_PEER_PUBLIC_KEY, KEY_LEN, peer->public_key);
	if (peer->bits & PEER_REMOVE)
		flags |= NAAWG_PEER_FLAG_REMOVE_ME;
	if (peer->bits & PEER_UPDATE_ONLY)
		flags |= NAAWG_PEER_FLAG_UPDATE_ONLY;
	if (first && (peer->bits & PEER_REPLACE_IPS) && !(peer->bits & PEER_REMOVE))
		flags |= NAAWG_PEER_FLAG_REPLACE_ALLOWED_IPS;
	if (flags)
		mnl_attr_put_u32(nlh, NAAWG_A_PEER_FLAGS, flags);
	if (!first || (peer->bits & PEER_REMOVE))
		return;

	if (peer->bits & PEER_HAS_PRESHARED_KEY)
		mnl_attr_put(nlh, NAAWG_A_PEER_PRESHARED_KEY, KEY_LEN, peer->preshared_key);
	if (peer->bits & PEER_HAS_ENDPOINT)
		codec_put_endpoint(nlh, &peer->endpoint);
	if (peer->bits & PEER_HAS_KEEPALIVE)
		mnl_attr_put_u16(nlh, NAAWG_A_PEER_PERSISTENT_KEEPALIVE_INTERVAL,
				 peer->keepalive);
}

/* True: the peer is complete. */
static bool put_some_of_peer(struct codec_cursor *cursor, struct nlmsghdr *nlh, size_t room)
{
	const struct peer *peer = &cursor->dev->peers[cursor->peer];
	struct nlattr *nest;
	size_t n_ips;

	nest = mnl_attr_nest_start(nlh, NAAWG_A_DEVICE_PEERS);
	put_peer(nlh, peer, !cursor->peer_begun);
	cursor->peer_begun = true;

	n_ips = peer->bits & PEER_REMOVE ? 0 : peer->n_ips;
	while (cursor->ip < n_ips) {
		size_t used = (char *)mnl_nlmsg_get_payload_tail(nlh) - (char *)nest;

		if (nlh->nlmsg_len + IP_ROOM > room || used > NEST_MAX)
			break;
		codec_put_net(nlh, NAAWG_A_PEER_ALLOWED_IPS, &peer->ips[cursor->ip++]);
	}
	mnl_attr_nest_end(nlh, nest);
	return cursor->ip == n_ips;
}

bool codec_put(struct codec_cursor *cursor, struct nlmsghdr *nlh, size_t room)
{
	const struct device *dev = cursor->dev;

	if (cursor->begun && cursor->peer == dev->n_peers)
		return false;

	mnl_attr_put_strz(nlh, NAAWG_A_DEVICE_IFNAME, dev->name);
	if (!cursor->begun)
		put_device(nlh, dev, cursor->without);
	cursor->begun = true;

	while (cursor->peer < dev->n_peers) {
		/* Start a peer only if there is room for a prefix. */
		if (nlh->nlmsg_len + PEER_ROOM + IP_ROOM > room)
			break;
		if (!put_some_of_peer(cursor, nlh, room))
			break;
		cursor->peer++;
		cursor->peer_begun = false;
		cursor->ip = 0;
	}
	return true;
}

/* --- from attributes to the model --------------------------------------- */

static void get_name(char *to, size_t room, const struct nlattr *attr)
{
	size_t len = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));

	if (len >= room)
		len = room - 1;
	memcpy(to, mnl_attr_get_payload(attr), len);
	to[len] = '\0';
}

static int get_ip(struct peer *peer, const struct nlattr *nest)
{
	struct allowed_ip ip, *added;
	int ret = codec_get_net(&ip, nest);

	if (ret)
		return ret;
	added = peer_add_ip(peer);
	if (!added)
		return -ENOMEM;
	*added = ip;
	return 0;
}

static int get_forbidden(struct device *dev, const struct nlattr *nest)
{
	struct allowed_ip ip, *added;
	int ret = codec_get_net(&ip, nest);

	if (ret)
		return ret;
	added = device_add_forbidden(dev);
	if (!added)
		return -ENOMEM;
	*added = ip;
	return 0;
}

static int get_peer_quality(struct peer *peer, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case NAAWG_A_PEER_HANDSHAKE_RTT_US:
		return codec_get_exact(&peer->handshake_rtt_us, attr, sizeof(peer->handshake_rtt_us));
	case NAAWG_A_PEER_RETRANSMISSIONS:
		return codec_get_exact(&peer->retransmissions, attr, sizeof(peer->retransmissions));
	case NAAWG_A_PEER_LOST_PACKETS:
		peer->bits |= PEER_HAS_LOSSES;
		return codec_get_exact(&peer->lost_packets, attr, sizeof(peer->lost_packets));
	case NAAWG_A_PEER_LAST_RX:
		return codec_get_exact(&peer->last_rx, attr, sizeof(peer->last_rx));
	case NAAWG_A_PEER_LAST_TX:
		return codec_get_exact(&peer->last_tx, attr, sizeof(peer->last_tx));
	case NAAWG_A_PEER_CONNECTED_SINCE:
		return codec_get_exact(&peer->connected_since, attr, sizeof(peer->connected_since));
	case NAAWG_A_PEER_ATTEMPT_SINCE:
		return codec_get_exact(&peer->attempt_since, attr, sizeof(peer->attempt_since));
	case NAAWG_A_PEER_ADDED:
		return codec_get_exact(&peer->added, attr, sizeof(peer->added));
	}
	return 0;
}

static int get_peer_attr(struct peer *peer, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case NAAWG_A_PEER_PRESHARED_KEY:
		peer->bits |= PEER_HAS_PRESHARED_KEY;
		return codec_get_exact(peer->preshared_key, attr, KEY_LEN);
	case NAAWG_A_PEER_ENDPOINT:
		peer->bits |= PEER_HAS_ENDPOINT;
		return codec_get_endpoint(&peer->endpoint, attr);
	case NAAWG_A_PEER_PERSISTENT_KEEPALIVE_INTERVAL:
		peer->bits |= PEER_HAS_KEEPALIVE;
		return codec_get_exact(&peer->keepalive, attr, sizeof(peer->keepalive));
	case NAAWG_A_PEER_LAST_HANDSHAKE:
		peer->bits |= PEER_HAS_HANDSHAKE;
		return codec_get_exact(&peer->last_handshake, attr, sizeof(peer->last_handshake));
	case NAAWG_A_PEER_RX_BYTES:
		return codec_get_exact(&peer->rx_bytes, attr, sizeof(peer->rx_bytes));
	case NAAWG_A_PEER_TX_BYTES:
		return codec_get_exact(&peer->tx_bytes, attr, sizeof(peer->tx_bytes));
	case NAAWG_A_PEER_RX_PACKETS:
		return codec_get_exact(&peer->rx_packets, attr, sizeof(peer->rx_packets));
	case NAAWG_A_PEER_TX_PACKETS:
		return codec_get_exact(&peer->tx_packets, attr, sizeof(peer->tx_packets));
	case NAAWG_A_PEER_ALLOWED_IPS:
		return get_ip(peer, attr);
	case NAAWG_A_PEER_CONNECTED:
		peer->bits |= PEER_CONNECTED;
		return 0;
	case NAAWG_A_PEER_UNREACHABLE:
		peer->bits |= PEER_UNREACHABLE;
		return 0;
	case NAAWG_A_PEER_REKEYING:
		peer->bits |= PEER_REKEYING;
		return 0;
	case NAAWG_A_PEER_CHANGES:
		return codec_get_exact(&peer->changes, attr, sizeof(peer->changes));
	case NAAWG_A_PEER_ALLOWED_IPS_TOTAL:
		return codec_get_exact(&peer->n_all_ips, attr, sizeof(peer->n_all_ips));
	case NAAWG_A_PEER_LAST_REASON:
		get_name(peer->last_reason, sizeof(peer->last_reason), attr);
		return 0;
	}
	return get_peer_quality(peer, attr);
}

static int get_peer(struct device *dev, const struct nlattr *nest)
{
	struct peer *peer = dev->n_peers ? &dev->peers[dev->n_peers - 1] : NULL;
	const struct nlattr *attr, *key = NULL;
	int ret;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == NAAWG_A_PEER_PUBLIC_KEY)
			key = attr;
	if (!key || mnl_attr_get_payload_len(key) != KEY_LEN)
		return -EBADMSG;

	if (!peer || memcmp(peer->public_key, mnl_attr_get_payload(key), KEY_LEN)) {
		peer = device_add_peer(dev);
		if (!peer)
			return -ENOMEM;
		peer->bits = PEER_HAS_PUBLIC_KEY;
		memcpy(peer->public_key, mnl_attr_get_payload(key), KEY_LEN);
	}
	mnl_attr_for_each_nested(attr, nest) {
		ret = get_peer_attr(peer, attr);
		if (ret)
			return ret;
	}
	return 0;
}

static int get_reason(struct device *dev, const struct nlattr *nest)
{
	struct reason *reason = device_add_reason(dev);
	const struct nlattr *attr;
	int ret = 0;

	if (!reason)
		return -ENOMEM;
	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case NAAWG_A_REASON_NAME:
			get_name(reason->name, sizeof(reason->name), attr);
			break;
		case NAAWG_A_REASON_COUNT:
			ret = codec_get_exact(&reason->count, attr, sizeof(reason->count));
			break;
		case NAAWG_A_REASON_HANDSHAKE:
			reason->handshake = true;
			break;
		}
		if (ret)
			return ret;
	}
	return 0;
}

static int get_batch_counter(struct device *dev, const struct nlattr *nest)
{
	struct counter *counter = device_add_counter(dev);
	const struct nlattr *attr;
	int ret = 0;

	if (!counter)
		return -ENOMEM;
	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case NAAWG_A_COUNTER_NAME:
			get_name(counter->name, sizeof(counter->name), attr);
			break;
		case NAAWG_A_COUNTER_COUNT:
			ret = codec_get_exact(&counter->count, attr, sizeof(counter->count));
			break;
		}
		if (ret)
			return ret;
	}
	return 0;
}

static int get_caller_attr(struct caller *caller, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case NAAWG_A_CALLER_PUBLIC_KEY:
		caller->has_key = true;
		return codec_get_exact(caller->public_key, attr, KEY_LEN);
	case NAAWG_A_CALLER_ENDPOINT:
		return codec_get_endpoint(&caller->endpoint, attr);
	case NAAWG_A_CALLER_COUNT:
		return codec_get_exact(&caller->count, attr, sizeof(caller->count));
	case NAAWG_A_CALLER_FIRST:
		return codec_get_exact(&caller->first, attr, sizeof(caller->first));
	case NAAWG_A_CALLER_LAST:
		return codec_get_exact(&caller->last, attr, sizeof(caller->last));
	}
	return 0;
}

static int get_caller(struct device *dev, const struct nlattr *nest)
{
	struct caller *caller = device_add_caller(dev);
	const struct nlattr *attr;
	int ret;

	if (!caller)
		return -ENOMEM;
	mnl_attr_for_each_nested(attr, nest) {
		ret = get_caller_attr(caller, attr);
		if (ret)
			return ret;
	}
	return 0;
}

static int get_answer(struct device *dev, const struct nlattr *attr)
{
	uint8_t answer = 0;
	int ret = codec_get_exact(&answer, attr, sizeof(answer));

	dev->bits |= DEVICE_HAS_ANSWER;
	dev->answer_unreachable = answer;
	return ret;
}

static int get_device_attr(struct device *dev, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case NAAWG_A_DEVICE_IFINDEX:
		return codec_get_exact(&dev->ifindex, attr, sizeof(dev->ifindex));
	case NAAWG_A_DEVICE_IFNAME:
		get_name(dev->name, sizeof(dev->name), attr);
		return 0;
	case NAAWG_A_DEVICE_PRIVATE_KEY:
		dev->bits |= DEVICE_HAS_PRIVATE_KEY;
		return codec_get_exact(dev->private_key, attr, KEY_LEN);
	case NAAWG_A_DEVICE_PUBLIC_KEY:
		dev->bits |= DEVICE_HAS_PUBLIC_KEY;
		return codec_get_exact(dev->public_key, attr, KEY_LEN);
	case NAAWG_A_DEVICE_LISTEN_PORT:
		dev->bits |= DEVICE_HAS_LISTEN_PORT;
		return codec_get_exact(&dev->listen_port, attr, sizeof(dev->listen_port));
	case NAAWG_A_DEVICE_FWMARK:
		dev->bits |= DEVICE_HAS_FWMARK;
		return codec_get_exact(&dev->fwmark, attr, sizeof(dev->fwmark));
	case NAAWG_A_DEVICE_CHAINS:
		dev->bits |= DEVICE_HAS_CHAINS;
		return codec_get_exact(&dev->chains, attr, sizeof(dev->chains));
	case NAAWG_A_DEVICE_ANSWER_UNREACHABLE:
		return get_answer(dev, attr);
	case NAAWG_A_DEVICE_PEERS:
		return get_peer(dev, attr);
	case NAAWG_A_DEVICE_FORBIDDEN:
		return get_forbidden(dev, attr);
	case NAAWG_A_DEVICE_REASONS:
		return get_reason(dev, attr);
	case NAAWG_A_DEVICE_COUNTERS:
		return get_batch_counter(dev, attr);
	case NAAWG_A_DEVICE_CALLERS:
		return get_caller(dev, attr);
	}
	return 0;
}

int codec_get(struct device *dev, const struct nlmsghdr *nlh, size_t header_len)
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
