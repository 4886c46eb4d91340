// SPDX-License-Identifier: GPL-2.0
/* Finds networks that contradict each other. */

#include <stdlib.h>
#include <string.h>

#include "audit/parts.h"
#include "lib/format.h"

#define IP6_MTU_LEAST	1280	/* the kernel disables IPv6 below this MTU */
#define TABLE_MAIN	254

static bool same_host(const struct allowed_ip *a, const struct allowed_ip *b)
{
	return prefix_same_bits(a, b, prefix_max(a));
}

/* The first address names the network, and the last IPv4 address is for broadcasts. */
static void address(struct audit *audit, const struct quick *quick, size_t i)
{
	const struct allowed_ip *ip = &quick->addresses.list[i];
	unsigned int line = quick->address_lines[i];
	struct allowed_ip first = prefix_masked(ip);
	char text[PREFIX_TEXT_LEN];
	uint32_t hosts;

	audit_policy(audit, line, "Address", ip, true);
	/* In networks of one or two addresses, each address is that of a host. */
	if (ip->prefix_len + 1U >= prefix_max(ip))
		return;
	prefix_text(text, ip);
	if (same_host(ip, &first))
		audit_error(audit, line, "Address %s is the network itself: give this host an address in it",
			    text);
	hosts = ip->family == AF_INET ? UINT32_MAX >> ip->prefix_len : 0;
	if (hosts && (ntohl(ip->ip4.s_addr) & hosts) == hosts)
		audit_error(audit, line, "Address %s is the broadcast address of its network: give this host another one",
			    text);
}

static const struct allowed_ip *first_ip6(const struct device *dev, const struct quick *quick)
{
	size_t i, k;

	for (i = 0; i < quick->addresses.n; i++)
		if (quick->addresses.list[i].family == AF_INET6)
			return &quick->addresses.list[i];
	for (i = 0; i < dev->n_peers; i++)
		for (k = 0; k < dev->peers[i].n_ips; k++)
			if (dev->peers[i].ips[k].family == AF_INET6)
				return &dev->peers[i].ips[k];
	return NULL;
}

void audit_addresses(struct audit *audit, const struct device *dev, const struct quick *quick)
{
	const struct allowed_ip *ip6 = first_ip6(dev, quick);
	char text[PREFIX_TEXT_LEN];
	size_t i;

	for (i = 0; i < quick->addresses.n; i++)
		address(audit, quick, i);
	if (ip6 && quick->mtu && quick->mtu < IP6_MTU_LEAST)
		audit_error(audit, quick->mtu_line,
			    "MTU %u is too small: IPv6 needs %u, and %s is IPv6. Raise the MTU, or remove the address",
			    quick->mtu, IP6_MTU_LEAST, prefix_text(text, ip6));
}

struct claim {
	struct allowed_ip net;
	const struct peer *peer;
};

static int by_net(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int ret = prefix_order(&x->net, &y->net);

	return ret ? ret : x->peer < y->peer ? -1 : x->peer > y->peer;
}

/* A network inside that of another peer may be intended; the same one twice is not. */
static void two_claims(struct audit *audit, const struct claim *outer,
		       const struct claim *inner)
{
	char a[PEER_LABEL_LEN], b[PEER_LABEL_LEN];
	char out[PREFIX_TEXT_LEN], in[PREFIX_TEXT_LEN];

	peer_label(a, outer->peer);
	peer_label(b, inner->peer);
	prefix_text(out, &outer->net);
	/* The kernel would give it to the last peer, without an error. */
	if (!prefix_order(&outer->net, &inner->net))
		audit_error(audit, inner->peer->line,
			    "%s is an allowed IP of two peers, %s (line %u) and %s: remove it from one, as a packet goes to one peer only",
			    out, a, outer->peer->line, b);
	else
		audit_warning(audit, inner->peer->line,
			      "allowed IP %s of %s lies inside %s of %s (line %u): the longer prefix wins",
			      prefix_text(in, &inner->net), b, out, a, outer->peer->line);
}

/* @claims are sorted, so the networks around one of them form a stack. */
static void compare_claims(struct audit *audit, const struct claim *claims, size_t n)
{
	const struct claim *around[130];
	unsigned int depth = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		/* The same peer has the same network twice. */
		if (i && !by_net(&claims[i - 1], &claims[i]))
			continue;
		while (depth && !prefix_contains(&around[depth - 1]->net, &claims[i].net))
			depth--;
		if (depth && around[depth - 1]->peer != claims[i].peer)
			two_claims(audit, around[depth - 1], &claims[i]);
		/* The stack has at most one network of each prefix length, so there is room. */
		if (depth && !prefix_order(&around[depth - 1]->net, &claims[i].net))
			depth--;
		around[depth++] = &claims[i];
	}
}

static void claims(struct audit *audit, const struct device *dev)
{
	size_t i, k, n = 0, all = 0;
	struct claim *list;

	for (i = 0; i < dev->n_peers; i++)
		all += dev->peers[i].n_ips;
	list = calloc(all + 1, sizeof(*list));
	if (!list) {
		audit_error(audit, 0, "out of memory");
		return;
	}
	for (i = 0; i < dev->n_peers; i++)
		for (k = 0; k < dev->peers[i].n_ips; k++)
			list[n++] = (struct claim){ prefix_masked(&dev->peers[i].ips[k]),
						    &dev->peers[i] };
	qsort(list, n, sizeof(*list), by_net);
	compare_claims(audit, list, n);
	free(list);
}

static bool gather(struct prefixes *to, const struct peer *peer)
{
	struct allowed_ip *net;
	size_t i;

	for (i = 0; i < peer->n_ips; i++) {
		net = prefixes_add(to);
		if (!net)
			return false;
		*net = prefix_masked(&peer->ips[i]);
	}
	return true;
}

static void tidy(struct prefixes *nets)
{
	if (nets->n)
		qsort(nets->list, nets->n, sizeof(*nets->list), prefix_order);
}

bool audit_is_everybody(const struct peer *peer)
{
	struct prefixes nets = { 0 };
	bool all;

	gather(&nets, peer);
	tidy(&nets);
	all = prefixes_are_all(&nets, AF_INET) || prefixes_are_all(&nets, AF_INET6);
	prefixes_destroy(&nets);
	return all;
}

/* Reports one peer, or all peers together, with all addresses, if the policy says so. */
static void everybody(struct audit *audit, const struct peer *peer, const char *who,
		      const char *net)
{
	unsigned int line = peer ? peer->line : 0;

	if (audit->policy->wildcard == WILDCARD_NO)
		audit_error(audit, line, "%s %s, and the policy says AllowWildcard = no", who, net);
	else if (audit->policy->wildcard == WILDCARD_YES)
		return;
	else if (audit_is_strict(audit))
		audit_error(audit, line, "%s %s: with --strict or Strict = yes, the policy has to say AllowWildcard = yes",
			    who, net);
	else if (audit->leave == LEAVE_GIVEN || (peer && peer->may_be_all))
		return;
	else if (audit->leave == LEAVE_WARN)
		audit_warning(audit, line, "%s %s. If this is intended, set AllowWildcard = yes in the policy",
			      who, net);
	else
		audit_error(audit, line, "%s %s. If this is intended, use --allow-wildcard, or set AllowWildcard = yes in the policy",
			    who, net);
}

/* Reports networks that together cover all addresses. True: they do. */
static bool is_all(struct audit *audit, const struct prefixes *nets, const struct peer *peer,
		   int family)
{
	const char *whole = family == AF_INET ? "0.0.0.0/0" : "::/0";
	size_t i;

	if (!prefixes_are_all(nets, family))
		return false;
	for (i = 0; i < nets->n; i++)
		if (nets->list[i].family == family && !nets->list[i].prefix_len)
			break;
	if (i < nets->n)
		everybody(audit, peer, "this peer may use every address, as an allowed IP is", whole);
	else
		everybody(audit, peer, peer ?
			  "this peer may use every address, as its allowed IPs together are" :
			  "all traffic enters the tunnel, as the allowed IPs of all peers together are",
			  whole);
	return true;
}

static void wildcards(struct audit *audit, const struct device *dev)
{
	struct prefixes nets = { 0 }, all = { 0 };
	bool ok = true, told4 = false, told6 = false;
	size_t i;

	for (i = 0; ok && i < dev->n_peers; i++) {
		nets.n = 0;
		ok = gather(&nets, &dev->peers[i]) && gather(&all, &dev->peers[i]);
		tidy(&nets);
		told4 |= is_all(audit, &nets, &dev->peers[i], AF_INET);
		told6 |= is_all(audit, &nets, &dev->peers[i], AF_INET6);
	}
	tidy(&all);
	if (!ok)
		audit_error(audit, 0, "out of memory");
	if (!told4)
		is_all(audit, &all, NULL, AF_INET);
	if (!told6)
		is_all(audit, &all, NULL, AF_INET6);
	prefixes_destroy(&nets);
	prefixes_destroy(&all);
}

static void own_address(struct audit *audit, const struct peer *peer,
			const struct quick *quick)
{
	const struct allowed_ip *ip;
	char text[PREFIX_TEXT_LEN];
	size_t i, k;

	for (i = 0; i < peer->n_ips; i++) {
		ip = &peer->ips[i];
		for (k = 0; ip->prefix_len == prefix_max(ip) && k < quick->addresses.n; k++)
			if (same_host(ip, &quick->addresses.list[k]))
				audit_error(audit, peer->line,
					    "allowed IP %s is our own Address: use the address of the peer, as packets to our own never leave this host",
					    prefix_text(text, ip));
	}
}

/* Whether up makes a route for it that outer packets would follow. */
static bool is_routed(const struct allowed_ip *ip, const struct quick *quick)
{
	if (quick->table_kind == TABLE_GIVEN)
		return quick->table == TABLE_MAIN;
	/* Outer packets do not use the table of the default route. */
	return quick->table_kind == TABLE_AUTO && ip->prefix_len;
}

static void own_endpoint(struct audit *audit, const struct peer *peer,
			 const struct quick *quick)
{
	char text[ADDRESS_TEXT_LEN], net[PREFIX_TEXT_LEN];
	struct allowed_ip to = { 0 };
	size_t i;

	if (!(peer->bits & PEER_HAS_ENDPOINT))
		return;
	to.family = peer->endpoint.addr.sa_family;
	to.prefix_len = prefix_max(&to);
	if (to.family == AF_INET)
		to.ip4 = peer->endpoint.addr4.sin_addr;
	else
		to.ip6 = peer->endpoint.addr6.sin6_addr;
	for (i = 0; i < peer->n_ips; i++)
		if (prefix_contains(&peer->ips[i], &to) && is_routed(&peer->ips[i], quick))
			audit_warning(audit, peer->line,
				      "the endpoint %s lies inside allowed IP %s of its own peer: without a more specific route to it, the outer packets enter the tunnel themselves",
				      address_text(text, &to), prefix_text(net, &peer->ips[i]));
}

void audit_allowed_ips(struct audit *audit, const struct device *dev,
		       const struct quick *quick)
{
	const struct peer *peer;
	size_t i;

	for (i = 0; i < dev->n_peers; i++) {
		peer = &dev->peers[i];
		if (!peer->n_ips)
			audit_warning(audit, peer->line, "this peer has no AllowedIPs: no packet is sent to it or accepted from it");
		own_address(audit, peer, quick);
		own_endpoint(audit, peer, quick);
	}
	claims(audit, dev);
	wildcards(audit, dev);
}
