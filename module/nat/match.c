// SPDX-License-Identifier: GPL-2.0
/*
 * Matching of connections and forwards.
 *
 * A connection has no field that names its forward, as marks and labels belong to
 * the administrator. The forward is derived from the two tuples of the connection,
 * which never change once it exists.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>

#include "../state/peer.h"
#include "match.h"

/**
 * naawg_forward_is_own_address() - tell if the link itself has an address
 * @dev: the device
 * @family: AF_INET or AF_INET6
 * @addr: the address
 *
 * Context: under rcu_read_lock().
 * Return: whether it has.
 */
bool naawg_forward_is_own_address(const struct naawg_dev *dev, u8 family,
				  const union nf_inet_addr *addr)
{
	const struct in_ifaddr *ifa;
	struct in_device *in_dev;

	if (family == AF_INET6)
		return IS_ENABLED(CONFIG_IPV6) &&
		       ipv6_chk_addr(dev_net(dev->netdev), &addr->in6,
				     dev->netdev, 1);
	in_dev = __in_dev_get_rcu(dev->netdev);
	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (ifa->ifa_local == addr->ip)
			return true;
	}
	return false;
}

static bool peer_has(const struct naawg_dev *dev, const u8 *key, u8 family,
		     const union nf_inet_addr *source)
{
	const struct naawg_peer *peer;

	if (family == AF_INET)
		peer = naawg_allowedips_lookup4(&dev->allowedips, source->ip);
	else
		peer = naawg_allowedips_lookup6(&dev->allowedips, &source->in6);
	return peer && !memcmp(peer->pubkey.key, key, NAAWG_KEY_SIZE);
}

/**
 * naawg_forward_admits() - tell if a source may use a forward
 * @forward: the forward
 * @dev: its device
 * @family: AF_INET or AF_INET6
 * @source: inner source address, which the sending peer may use
 *
 * Context: under rcu_read_lock().
 * Return: whether it may.
 */
bool naawg_forward_admits(const struct naawg_forward *forward,
			  const struct naawg_dev *dev, u8 family,
			  const union nf_inet_addr *source)
{
	const struct naawg_forward_spec *spec = &forward->spec;
	const struct naawg_prefix *from = &spec->from;
	struct in6_addr prefix6;
	__be32 prefix4;

	if (spec->by_peer)
		return peer_has(dev, spec->from_peer, family, source);
	if (!from->family)
		return true;
	if (from->family != family)
		return false;
	if (family == AF_INET6) {
		memcpy(&prefix6, from->addr, sizeof(prefix6));
		return ipv6_prefix_equal(&source->in6, &prefix6, from->len);
	}
	memcpy(&prefix4, from->addr, sizeof(prefix4));
	return !((source->ip ^ prefix4) & inet_make_mask(from->len));
}

/**
 * naawg_forward_target() - compute the new destination of a connection
 * @forward: the forward
 * @original: tuple of the connection in the original direction
 * @addr: receives the destination address
 * @port: receives the destination port
 */
void naawg_forward_target(const struct naawg_forward *forward,
			  const struct nf_conntrack_tuple *original,
			  union nf_inet_addr *addr, __be16 *port)
{
	const struct naawg_forward_spec *spec = &forward->spec;

	*addr = original->dst.u3;
	if (spec->family)
		memcpy(addr, spec->addr, sizeof(*addr));
	*port = htons(ntohs(original->dst.u.all) - spec->first + spec->to_port);
}

/**
 * naawg_forward_of() - find the forward that made a connection
 * @dev: the device whose link received the connection
 * @table: forwards of the device, or NULL
 * @ct: the connection
 *
 * Context: under rcu_read_lock().
 * Return: the forward, or NULL if no forward of @table made the connection.
 */
struct naawg_forward *
naawg_forward_of(const struct naawg_dev *dev,
		 const struct naawg_forward_table *table,
		 const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *original, *reply;
	struct naawg_forward *forward;
	union nf_inet_addr addr;
	__be16 port;

	original = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	reply = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	forward = naawg_forward_find(table, original->src.l3num,
				     original->dst.protonum,
				     ntohs(original->dst.u.all));
	if (!forward)
		return NULL;
	naawg_forward_target(forward, original, &addr, &port);
	if (reply->src.u.all != port ||
	    !nf_inet_addr_cmp(&reply->src.u3, &addr))
		return NULL;
	/* a connection may also be routed to the same destination without a forward */
	if (!(ct->status & IPS_DST_NAT) &&
	    !naawg_forward_is_own_address(dev, original->src.l3num,
					  &original->dst.u3))
		return NULL;
	return forward;
}
