/* SPDX-License-Identifier: GPL-2.0 */
/* Endpoint of a peer: its outer address, our address towards it, the cached route. */
#ifndef _NAAWG_ENDPOINT_H
#define _NAAWG_ENDPOINT_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/seqlock.h>
#include <net/dst_cache.h>

/**
 * struct naawg_address - outer address pair
 * @addr: the peer's address; family AF_UNSPEC while unknown
 * @addr4: the peer's address if it is IPv4
 * @addr6: the peer's address if it is IPv6
 * @src4: our address if it is IPv4, 0 for any
 * @src6: our address if it is IPv6, :: for any
 * @src_if: interface that received the peer's newest message, 0 for any (IPv4 only;
 *	for IPv6 it is in the scope of a link-local address)
 */
struct naawg_address {
	union {
		struct sockaddr addr;
		struct sockaddr_in addr4;
		struct sockaddr_in6 addr6;
	};
	union {
		struct in_addr src4;
		struct in6_addr src6;
	};
	int src_if;
};

/**
 * struct naawg_endpoint - current address pair of one peer
 * @lock: serialises writers
 * @seq: lets readers copy @address without a lock
 * @address: the address pair (@lock, @seq)
 * @cache: route for @address; reset whenever @address changes
 */
struct naawg_endpoint {
	spinlock_t lock; /* leaf */
	seqcount_spinlock_t seq;
	struct naawg_address address;
	struct dst_cache cache;
};

int naawg_endpoint_init(struct naawg_endpoint *ep);
void naawg_endpoint_destroy(struct naawg_endpoint *ep);
void naawg_endpoint_get(struct naawg_endpoint *ep, struct naawg_address *out);
bool naawg_endpoint_is_set(struct naawg_endpoint *ep);
bool naawg_endpoint_set(struct naawg_endpoint *ep,
			const struct naawg_address *address);
void naawg_endpoint_forget_source(struct naawg_endpoint *ep);

struct rtable;
void naawg_endpoint_keep_route4(struct naawg_endpoint *ep,
				const struct naawg_address *address,
				struct rtable *rt, __be32 saddr);
void naawg_endpoint_keep_route6(struct naawg_endpoint *ep,
				const struct naawg_address *address,
				struct dst_entry *dst,
				const struct in6_addr *saddr);
void naawg_endpoint_drop_routes(struct naawg_endpoint *ep);

struct sk_buff;
bool naawg_address_of(struct naawg_address *address, const struct sk_buff *skb);

#endif
