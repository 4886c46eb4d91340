// SPDX-License-Identifier: GPL-2.0
/* Endpoint of a peer: its outer address, our address towards it, the cached route. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "endpoint.h"

/**
 * naawg_endpoint_init() - initialise an endpoint without an address
 * @ep: the endpoint
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int naawg_endpoint_init(struct naawg_endpoint *ep)
{
	spin_lock_init(&ep->lock);
	seqcount_spinlock_init(&ep->seq, &ep->lock);
	return dst_cache_init(&ep->cache, GFP_KERNEL);
}

/**
 * naawg_endpoint_destroy() - release the cached route
 * @ep: the endpoint, which is not in use any more
 */
void naawg_endpoint_destroy(struct naawg_endpoint *ep)
{
	dst_cache_destroy(&ep->cache);
}

/**
 * naawg_endpoint_get() - copy the address pair
 * @ep: the endpoint
 * @out: receives the address pair
 *
 * Context: any.
 */
void naawg_endpoint_get(struct naawg_endpoint *ep, struct naawg_address *out)
{
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&ep->seq);
		*out = ep->address;
	} while (read_seqcount_retry(&ep->seq, seq));
}

/**
 * naawg_endpoint_is_set() - tell if the peer's address is known
 * @ep: the endpoint
 *
 * Context: any.
 * Return: true once an address was set or learned; it never becomes unknown again.
 */
bool naawg_endpoint_is_set(struct naawg_endpoint *ep)
{
	return READ_ONCE(ep->address.addr.sa_family) != AF_UNSPEC;
}

static bool remote_equal(const struct naawg_address *a,
			 const struct naawg_address *b)
{
	if (a->addr.sa_family != b->addr.sa_family)
		return false;
	if (a->addr.sa_family == AF_INET)
		return a->addr4.sin_port == b->addr4.sin_port &&
		       a->addr4.sin_addr.s_addr == b->addr4.sin_addr.s_addr;
	return a->addr6.sin6_port == b->addr6.sin6_port &&
	       ipv6_addr_equal(&a->addr6.sin6_addr, &b->addr6.sin6_addr) &&
	       a->addr6.sin6_scope_id == b->addr6.sin6_scope_id;
}

static bool address_equal(const struct naawg_address *a,
			  const struct naawg_address *b)
{
	if (!remote_equal(a, b))
		return false;
	if (a->addr.sa_family == AF_INET)
		return a->src4.s_addr == b->src4.s_addr &&
		       a->src_if == b->src_if;
	return ipv6_addr_equal(&a->src6, &b->src6);
}

/**
 * naawg_endpoint_set() - set or learn an address pair
 * @ep: the endpoint
 * @address: the address pair
 *
 * The usual case is that nothing changes. It costs one comparison.
 *
 * Context: process or softirq.
 * Return: true if the peer's address differs from the one before.
 */
bool naawg_endpoint_set(struct naawg_endpoint *ep,
			const struct naawg_address *address)
{
	struct naawg_address old;

	naawg_endpoint_get(ep, &old);
	if (likely(address_equal(&old, address)))
		return false;
	spin_lock_bh(&ep->lock);
	write_seqcount_begin(&ep->seq);
	ep->address = *address;
	/* a reader that sees the new address must not use the old route */
	dst_cache_reset(&ep->cache);
	write_seqcount_end(&ep->seq);
	spin_unlock_bh(&ep->lock);
	return !remote_equal(&old, address);
}

/**
 * naawg_endpoint_forget_source() - let the routing table choose our address again
 * @ep: the endpoint
 *
 * Context: process or softirq.
 */
void naawg_endpoint_forget_source(struct naawg_endpoint *ep)
{
	spin_lock_bh(&ep->lock);
	write_seqcount_begin(&ep->seq);
	memset(&ep->address.src6, 0, sizeof(ep->address.src6));
	ep->address.src_if = 0;
	dst_cache_reset(&ep->cache);
	write_seqcount_end(&ep->seq);
	spin_unlock_bh(&ep->lock);
}

/**
 * naawg_endpoint_keep_route4() - remember the route to an IPv4 address
 * @ep: the endpoint
 * @address: address pair for which the route was looked up
 * @rt: the route
 * @saddr: our address on it
 *
 * Does nothing if the address pair has changed since.
 *
 * Context: bottom halves off.
 */
void naawg_endpoint_keep_route4(struct naawg_endpoint *ep,
				const struct naawg_address *address,
				struct rtable *rt, __be32 saddr)
{
	spin_lock(&ep->lock);
	if (address_equal(&ep->address, address))
		dst_cache_set_ip4(&ep->cache, &rt->dst, saddr);
	spin_unlock(&ep->lock);
}

/**
 * naawg_endpoint_keep_route6() - remember the route to an IPv6 address
 * @ep: the endpoint
 * @address: address pair for which the route was looked up
 * @dst: the route
 * @saddr: our address on it
 *
 * Does nothing if the address pair has changed since.
 *
 * Context: bottom halves off.
 */
void naawg_endpoint_keep_route6(struct naawg_endpoint *ep,
				const struct naawg_address *address,
				struct dst_entry *dst,
				const struct in6_addr *saddr)
{
	spin_lock(&ep->lock);
	if (address_equal(&ep->address, address))
		dst_cache_set_ip6(&ep->cache, dst, saddr);
	spin_unlock(&ep->lock);
}

/**
 * naawg_endpoint_drop_routes() - release every cached route at once
 * @ep: the endpoint; no CPU sends to it meanwhile
 *
 * Context: process.
 */
void naawg_endpoint_drop_routes(struct naawg_endpoint *ep)
{
	dst_cache_reset_now(&ep->cache);
}

/**
 * naawg_address_of() - find the address pair for answers to a received message
 * @address: receives the address pair
 * @skb: the message, network and transport header set
 *
 * Context: any.
 * Return: false if @skb is neither IPv4 nor IPv6.
 */
bool naawg_address_of(struct naawg_address *address, const struct sk_buff *skb)
{
	memset(address, 0, sizeof(*address));
	if (skb->protocol == htons(ETH_P_IP)) {
		address->addr4.sin_family = AF_INET;
		address->addr4.sin_port = udp_hdr(skb)->source;
		address->addr4.sin_addr.s_addr = ip_hdr(skb)->saddr;
		address->src4.s_addr = ip_hdr(skb)->daddr;
		address->src_if = skb->skb_iif;
		return true;
	}
	if (skb->protocol == htons(ETH_P_IPV6)) {
		address->addr6.sin6_family = AF_INET6;
		address->addr6.sin6_port = udp_hdr(skb)->source;
		address->addr6.sin6_addr = ipv6_hdr(skb)->saddr;
		address->addr6.sin6_scope_id =
			ipv6_iface_scope_id(&ipv6_hdr(skb)->saddr,
					    skb->skb_iif);
		address->src6 = ipv6_hdr(skb)->daddr;
		return true;
	}
	return false;
}
