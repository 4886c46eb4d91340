// SPDX-License-Identifier: GPL-2.0
/*
 * Checks whether a forward can work on this host.
 *
 * A forward that can never work is refused. A forward that lacks a route, an address
 * or an interface is accepted with a warning, as users often configure forwards
 * first.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "../state/peer.h"
#include "checks.h"

static const char *bad_address(const struct naawg_forward_spec *spec)
{
	__be32 addr4;

	memcpy(&addr4, spec->addr, sizeof(addr4));
	if (spec->family == AF_INET6) {
		int type = ipv6_addr_type((const struct in6_addr *)spec->addr);

		/* multicast first, as multicast addresses have scopes too */
		if (type == IPV6_ADDR_ANY || type & IPV6_ADDR_MULTICAST)
			goto not_host;
		if (type & IPV6_ADDR_LOOPBACK)
			goto loopback;
		if (type & IPV6_ADDR_LINKLOCAL)
			return "a link-local destination is ambiguous; give a wider address";
	} else if (spec->family == AF_INET) {
		if (ipv4_is_loopback(addr4))
			goto loopback;
		if (ipv4_is_zeronet(addr4) || ipv4_is_multicast(addr4) ||
		    ipv4_is_lbcast(addr4))
			goto not_host;
	}
	return NULL;

loopback:
	return "a loopback address cannot be reached; leave the destination out to mean this host";
not_host:
	return "the destination is not the address of a host";
}

static bool in_own_subnet4(const struct naawg_dev *dev, __be32 addr)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev->netdev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (inet_ifa_match(addr, ifa))
			return true;
	}
	return false;
}

static bool in_own_subnet6(const struct naawg_dev *dev,
			   const struct in6_addr *addr)
{
	return IS_ENABLED(CONFIG_IPV6) &&
	       ipv6_chk_prefix(addr, dev->netdev);
}

static bool is_inside(const void *addr, u8 family,
		      const struct naawg_forbidden *forbidden)
{
	__be32 addr4;

	if (!forbidden || !family)
		return false;
	if (family == AF_INET6)
		return naawg_forbidden_has6(forbidden, addr);
	memcpy(&addr4, addr, sizeof(addr4));
	return naawg_forbidden_has4(forbidden, addr4);
}

/* Returns why the forward can never work, or NULL if it can. */
static const char *never_works(const struct naawg_dev *dev,
			       const struct naawg_forward_spec *spec)
{
	const char *why = bad_address(spec);
	__be32 addr4;

	if (why)
		return why;
	if (spec->proto == IPPROTO_UDP && dev->port &&
	    spec->first <= dev->port && dev->port <= spec->last)
		return "the link itself listens on this port; choose another port or listen-port";
	memcpy(&addr4, spec->addr, sizeof(addr4));
	if ((spec->family == AF_INET && in_own_subnet4(dev, addr4)) ||
	    (spec->family == AF_INET6 &&
	     in_own_subnet6(dev, (const struct in6_addr *)spec->addr)))
		return "the destination is in the tunnel's own subnet; give one behind this host";
	if (is_inside(spec->addr, spec->family,
		      rcu_dereference(dev->forbidden)))
		return "the destination is in a network that this interface forbids its peers";
	return NULL;
}

static const char *route_warning4(const struct naawg_dev *dev,
				  const struct naawg_forward_spec *spec)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev->netdev);
	struct flowi4 fl4 = {
		.flowi4_oif = l3mdev_master_ifindex_rcu(dev->netdev),
	};
	struct rtable *rt;
	bool local;

	memcpy(&fl4.daddr, spec->addr, sizeof(fl4.daddr));
	rt = ip_route_output_key(dev_net(dev->netdev), &fl4);
	if (IS_ERR(rt))
		return "there is no route to the destination; add one";
	local = rt->rt_flags & RTCF_LOCAL;
	ip_rt_put(rt);
	if (!local && in_dev && !IN_DEV_FORWARD(in_dev))
		return "this host does not forward IPv4; set sysctl net.ipv4.ip_forward=1";
	if (!local && !in_dev &&
	    !IPV4_DEVCONF_ALL(dev_net(dev->netdev), FORWARDING))
		return "this host does not forward IPv4; set sysctl net.ipv4.ip_forward=1";
	if (in_dev && !rcu_access_pointer(in_dev->ifa_list))
		return "the link has no IPv4 address for incoming connections; add one";
	return NULL;
}

static const char *route_warning6(const struct naawg_dev *dev,
				  const struct naawg_forward_spec *spec)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct net *net = dev_net(dev->netdev);
	struct in6_addr addr;
	struct rt6_info *rt;
	bool local;

	memcpy(&addr, spec->addr, sizeof(addr));
	rt = rt6_lookup(net, &addr, NULL,
			l3mdev_master_ifindex_rcu(dev->netdev), NULL, 0);
	if (!rt)
		return "there is no route to the destination; add one";
	local = rt->rt6i_flags & RTF_LOCAL;
	ip6_rt_put(rt);
	if (!local && !READ_ONCE(net->ipv6.devconf_all->forwarding))
		return "this host does not forward IPv6; set sysctl net.ipv6.conf.all.forwarding=1";
	return NULL;
#else
	return "this kernel has no IPv6";
#endif
}

/* Returns why the forward does not work at present, or NULL if it does. */
static const char *not_working_yet(struct naawg_dev *dev,
				   const struct naawg_forward_spec *spec)
{
	if (spec->egress[0] &&
	    !dev_get_by_name_rcu(dev_net(dev->netdev), spec->egress))
		return "there is no interface with the name given as the outgoing interface";
	if (spec->by_peer &&
	    !naawg_pubkeys_lookup(&dev->pubkeys, spec->from_peer))
		return "the device has no peer with the key given as the source";
	if (spec->family == AF_INET)
		return route_warning4(dev, spec);
	if (spec->family == AF_INET6)
		return route_warning6(dev, spec);
	return NULL;
}

/**
 * naawg_forward_check() - check whether the new forwards of a change can work
 * @dev: the device
 * @change: the change, not prepared yet
 * @extack: receives the error text
 *
 * Context: process, dev->config held.
 * Return: 0, with @change->warning set if a forward does not work yet; or -EINVAL.
 */
int naawg_forward_check(struct naawg_dev *dev,
			struct naawg_forward_change *change,
			struct netlink_ext_ack *extack)
{
	struct naawg_forward *forward;
	const char *why = NULL;

	lockdep_assert_held(&dev->config);
	rcu_read_lock();
	list_for_each_entry(forward, &change->wanted, link) {
		why = never_works(dev, &forward->spec);
		if (why) {
			change->refused = forward;
			break;
		}
		if (!change->warning)
			change->warning = not_working_yet(dev, &forward->spec);
	}
	rcu_read_unlock();
	if (!why)
		return 0;
	if (extack)
		extack->_msg = why;
	return -EINVAL;
}

/**
 * naawg_forward_needs_port() - tell if a forward of the device has a UDP port
 * @dev: the device
 * @port: the port, host order
 *
 * Context: process, dev->config held.
 * Return: whether one has.
 */
bool naawg_forward_needs_port(const struct naawg_dev *dev, u16 port)
{
	const struct naawg_forward_table *table;
	struct naawg_forwards *forwards = dev->forwards;

	table = rcu_dereference_protected(forwards->table,
					  lockdep_is_held(&dev->config));
	return naawg_forward_find(table, AF_INET, IPPROTO_UDP, port) ||
	       naawg_forward_find(table, AF_INET6, IPPROTO_UDP, port);
}

/**
 * naawg_forward_leads_into() - tell if a forward has a forbidden destination
 * @dev: the device
 * @forbidden: set of networks, or NULL
 *
 * Context: process, dev->config held.
 * Return: whether the destination of a present forward is in one of the networks.
 */
bool naawg_forward_leads_into(const struct naawg_dev *dev,
			      const struct naawg_forbidden *forbidden)
{
	const struct naawg_forward_table *table;
	bool found = false;
	unsigned int i;

	lockdep_assert_held(&dev->config);
	rcu_read_lock();
	table = rcu_dereference(dev->forwards->table);
	for (i = 0; table && i < table->count && !found; i++)
		found = is_inside(table->forward[i]->spec.addr,
				  table->forward[i]->spec.family, forbidden);
	rcu_read_unlock();
	return found;
}
