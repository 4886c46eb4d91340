// SPDX-License-Identifier: GPL-2.0
/* Diagnoses the ways to the allowed IPs of peers: the packets must enter the tunnel. */

#include <net/if.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "diag/blocks.h"
#include "diag/parts.h"
#include "lib/keys.h"
#include "netcfg/rt_way.h"
#include "netcfg/state.h"

/* Each question is a request to the kernel. */
#define QUESTIONS_MAX	4096

struct ways {
	struct facts *facts;
	struct rt_list routes;
	struct blocks blocks;
	bool whole;			/* naawg-quick makes routes for all addresses as well */
	unsigned int questions;
};

static bool is_host(const struct allowed_ip *ip)
{
	return ip->prefix_len == prefix_max(ip);
}

/*
 * Whether a route of the interface covers this network. For an address, the kernel knows
 * better, unless the route is in a table that rules choose by more than the address.
 */
static bool is_routed(const struct ways *ways, const struct allowed_ip *net)
{
	const struct rt_item *route;
	size_t i;

	for (i = 0; i < ways->routes.n; i++) {
		route = &ways->routes.items[i];
		if (route->index == ways->facts->link->index &&
		    (!is_host(net) || route->table != TABLE_MAIN) &&
		    prefix_contains(&route->net, net))
			return true;
	}
	return false;
}

/* An address inside of a network, for which the kernel is asked. */
static struct allowed_ip inside(const struct allowed_ip *net)
{
	struct allowed_ip ip = *net;

	if (!is_host(net)) {
		ip = prefix_masked(net);
		if (ip.family == AF_INET)
			ip.ip4.s_addr |= htonl(1);
		else
			ip.ip6.s6_addr[15] |= 1;
	}
	ip.prefix_len = prefix_max(&ip);
	return ip;
}

static void own_address(struct ways *ways, const struct peer *peer, const char *net)
{
	struct finding *finding;
	char label[PEER_LABEL_LEN];

	finding = finding_add(ways->facts->found, "own-address", SEVERITY_ERROR, peer);
	finding_text(finding, "allowed IP %s of peer %s is an address of this host, so packets to it stay here, unencrypted",
		     net, peer_label(label, peer));
	finding_command(finding, "naawg set %s peer KEY allowed-ips ADDRESS-OF-THE-PEER",
			ways->facts->name);
}

static const char *link_of(const struct ways *ways, int index)
{
	const struct link_list *links = &ways->facts->links;
	size_t i;

	for (i = 0; i < links->n; i++)
		if (links->links[i].index == index)
			return links->links[i].name;
	return "another interface";
}

static void no_way(struct ways *ways, const struct peer *peer, const struct allowed_ip *net,
		   const struct rt_way *way)
{
	char label[PEER_LABEL_LEN], text[PREFIX_TEXT_LEN];
	struct finding *finding;

	prefix_text(text, net);
	peer_label(label, peer);
	finding = finding_add(ways->facts->found, way ? "route-elsewhere" : "route-missing",
			      SEVERITY_ERROR, peer);
	if (way)
		finding_text(finding, "packets for %s of peer %s leave through %s, not through %s",
			     text, label, link_of(ways, way->index), ways->facts->name);
	else
		finding_text(finding, "no route leads to %s of peer %s", text, label);
	finding_command(finding, "ip route replace %s dev %s", text, ways->facts->name);
}

/* Returns whether there is something wrong with the way. */
static bool look(struct ways *ways, const struct peer *peer, const struct allowed_ip *net)
{
	struct allowed_ip ip = inside(net);
	char text[PREFIX_TEXT_LEN];
	struct rt_way way;
	int error;

	if ((!net->prefix_len && !ways->whole) || ++ways->questions > QUESTIONS_MAX)
		return false;
	error = rt_way_find(&way, &ip, 0, 0);
	if (error && blocks_report(&ways->blocks, ways->facts, peer, net))
		return true;
	if (!error && way.local) {
		if (is_host(net))
			own_address(ways, peer, prefix_text(text, net));
		return is_host(net);
	}
	if ((!error && way.index == ways->facts->link->index) ||
	    is_routed(ways, net))
		return false;
	no_way(ways, peer, net, error ? NULL : &way);
	return true;
}

static void look_at_peer(struct ways *ways, const struct peer *peer)
{
	struct finding *finding;
	char label[PEER_LABEL_LEN], key[KEY_TEXT_LEN];
	size_t i;

	if (!peer->n_ips) {
		key_to_text(key, peer->public_key);
		finding = finding_add(ways->facts->found, "no-allowed-ips", SEVERITY_ERROR, peer);
		finding_text(finding, "peer %s has no allowed IPs, so no packet reaches it and all that it sends are dropped",
			     peer_label(label, peer));
		finding_command(finding, "naawg set %s peer %s allowed-ips ADDRESS/BITS",
				ways->facts->name, key);
	}
	for (i = 0; i < peer->n_ips; i++)
		if (look(ways, peer, &peer->ips[i]))
			return;
}

static bool has_peer_for(const struct device *conf, const struct allowed_ip *net)
{
	size_t i, k;

	for (i = 0; i < conf->n_peers; i++)
		for (k = 0; k < conf->peers[i].n_ips; k++)
			if (prefix_overlaps(&conf->peers[i].ips[k], net))
				return true;
	return false;
}

/* The kernel makes a route for each address, and its network need not belong to a peer. */
static void routes_without_peer(struct ways *ways)
{
	const struct rt_item *route;
	char text[PREFIX_TEXT_LEN];
	struct finding *finding;
	size_t i;

	for (i = 0; i < ways->routes.n; i++) {
		route = &ways->routes.items[i];
		if (route->index != ways->facts->link->index || route->proto == RTPROT_KERNEL ||
		    has_peer_for(&ways->facts->conf, &route->net))
			continue;
		prefix_text(text, &route->net);
		finding = finding_add(ways->facts->found, "route-without-peer", SEVERITY_ERROR,
				      NULL);
		finding_text(finding, "packets for %s are sent into %s, and no peer has that network among its allowed IPs",
			     text, ways->facts->name);
		finding_command(finding, "naawg set %s peer KEY allowed-ips +%s",
				ways->facts->name, text);
	}
}

void diag_ways(struct facts *facts)
{
	struct ways ways = {
		.facts = facts,
		.whole = state_index(facts->name) == (unsigned int)facts->link->index,
	};
	size_t i;

	if (!facts->has_conf) {
		findings_unseen(facts->found, "allowed IPs and their routes");
		return;
	}
	if (rt_dump(&ways.routes, RT_ROUTE))
		return;
	blocks_read(&ways.blocks, facts->name);
	for (i = 0; i < facts->conf.n_peers && !state_says_off(facts->name); i++)
		look_at_peer(&ways, &facts->conf.peers[i]);
	routes_without_peer(&ways);
	blocks_destroy(&ways.blocks);
	rt_list_destroy(&ways.routes);
}
