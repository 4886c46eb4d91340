// SPDX-License-Identifier: GPL-2.0
/* Diagnoses the endpoints of peers without a session: names, ways, and reports. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag/blocks.h"
#include "diag/lookup.h"
#include "diag/neighbours.h"
#include "diag/parts.h"
#include "diag/reach.h"
#include "lib/keys.h"
#include "netcfg/rt_way.h"

#define ASKED_MAX	64
#define REPORT_MS	1000

struct ends {
	struct facts *facts;
	struct blocks blocks;
	struct reach asked[ASKED_MAX];
	const struct peer *asked_peers[ASKED_MAX];
	size_t n_asked;
};

static void set_command(struct finding *finding, const struct facts *facts,
			const struct peer *peer)
{
	char key[KEY_TEXT_LEN];

	key_to_text(key, peer->public_key);
	finding_command(finding, "naawg set %s peer %s endpoint HOST:PORT", facts->name, key);
}

static void unresolved(struct ends *ends, const struct peer *peer)
{
	union endpoint found[ENDPOINT_CHOICES];
	char label[PEER_LABEL_LEN];
	struct finding *finding;
	bool late;
	size_t n;

	peer_label(label, peer);
	n = lookup_in_time(peer->endpoint_given, found, &late);
	finding = finding_add(ends->facts->found, "endpoint-unresolved", SEVERITY_ERROR, peer);
	finding_text(finding, "the endpoint %s of peer %s %s", peer->endpoint_given, label,
		     n ? "did not resolve when it was needed, and does now" :
		     late ? "did not resolve when it was needed, and name servers do not answer in time now" :
		     "does not resolve to an address");
	finding_command(finding, "naawg endpoints refresh %s", ends->facts->name);
}

static bool same_host(const union endpoint *a, const union endpoint *b)
{
	if (a->addr.sa_family != b->addr.sa_family)
		return false;
	return a->addr.sa_family == AF_INET ?
	       a->addr4.sin_addr.s_addr == b->addr4.sin_addr.s_addr :
	       IN6_ARE_ADDR_EQUAL(&a->addr6.sin6_addr, &b->addr6.sin6_addr);
}

/* Whether the name of the endpoint has other addresses now. */
static bool moved(struct ends *ends, const struct peer *peer)
{
	char label[PEER_LABEL_LEN], text[ENDPOINT_TEXT_LEN];
	union endpoint found[ENDPOINT_CHOICES];
	struct finding *finding;
	size_t i, n;
	bool late;

	if (!peer->endpoint_given || !endpoint_is_name(peer->endpoint_given))
		return false;
	n = lookup_in_time(peer->endpoint_given, found, &late);
	for (i = 0; i < n; i++)
		if (same_host(&found[i], &peer->endpoint))
			return false;
	if (!n)
		return false;
	finding = finding_add(ends->facts->found, "endpoint-moved", SEVERITY_ERROR, peer);
	finding_text(finding, "the endpoint %s of peer %s is %s now, and another address is in use",
		     peer->endpoint_given, peer_label(label, peer),
		     endpoint_text(text, &found[0]));
	finding_command(finding, "naawg endpoints refresh %s", ends->facts->name);
	return true;
}

static void no_route(struct ends *ends, const struct peer *peer)
{
	char label[PEER_LABEL_LEN], text[ENDPOINT_TEXT_LEN];
	struct finding *finding;

	finding = finding_add(ends->facts->found, "endpoint-no-route", SEVERITY_ERROR, peer);
	finding_text(finding, "this host has no route to the endpoint %s of peer %s",
		     endpoint_text(text, &peer->endpoint), peer_label(label, peer));
	finding_command(finding, "ip route add NETWORK via GATEWAY");
}

static void own(struct ends *ends, const struct peer *peer)
{
	char label[PEER_LABEL_LEN], text[ENDPOINT_TEXT_LEN];
	struct finding *finding;

	/* A proxy or another namespace may stand behind another port of this host. */
	if (ntohs(peer->endpoint.addr4.sin_port) != ends->facts->dev.listen_port)
		return;
	finding = finding_add(ends->facts->found, "endpoint-own", SEVERITY_ERROR, peer);
	finding_text(finding, "the endpoint %s of peer %s is this interface itself",
		     endpoint_text(text, &peer->endpoint), peer_label(label, peer));
	set_command(finding, ends->facts, peer);
}

static void loop(struct ends *ends, const struct peer *peer)
{
	char label[PEER_LABEL_LEN], text[ENDPOINT_TEXT_LEN];
	struct finding *finding;

	endpoint_text(text, &peer->endpoint);
	finding = finding_add(ends->facts->found, "endpoint-loop", SEVERITY_ERROR, peer);
	finding_text(finding, "the route to the endpoint %s of peer %s leads into %s itself",
		     text, peer_label(label, peer), ends->facts->name);
	finding_command(finding, "ip route add ADDRESS via GATEWAY, with the address of %s", text);
}

static struct allowed_ip address_of(const union endpoint *endpoint)
{
	struct allowed_ip ip = { .family = endpoint->addr.sa_family };

	ip.prefix_len = prefix_max(&ip);
	if (ip.family == AF_INET)
		ip.ip4 = endpoint->addr4.sin_addr;
	else
		ip.ip6 = endpoint->addr6.sin6_addr;
	return ip;
}

/* Returns whether there is a way out to the endpoint. */
static bool has_way(struct ends *ends, const struct peer *peer)
{
	struct allowed_ip ip = address_of(&peer->endpoint);
	struct rt_way way;

	if (rt_way_out(&way, &peer->endpoint, ends->facts->conf.fwmark)) {
		if (!blocks_report(&ends->blocks, ends->facts, peer, &ip))
			no_route(ends, peer);
		return false;
	}
	if (way.local)
		own(ends, peer);
	else if (way.index == ends->facts->link->index)
		loop(ends, peer);
	return !way.local && way.index != ends->facts->link->index;
}

static void look(struct ends *ends, const struct peer *peer)
{
	if (!(peer->bits & PEER_HAS_ENDPOINT)) {
		if (peer->endpoint_given)
			unresolved(ends, peer);
		return;
	}
	if (!has_way(ends, peer) || moved(ends, peer) || ends->n_asked == ASKED_MAX)
		return;
	ends->asked[ends->n_asked].to = peer->endpoint;
	ends->asked_peers[ends->n_asked++] = peer;
}

static const char *by_text(char text[static ENDPOINT_TEXT_LEN], const struct reach *reach)
{
	struct allowed_ip ip;

	if (!reach->by.addr.sa_family)
		return "this host";
	ip = address_of(&reach->by);
	return address_text(text, &ip);
}

static void unreachable(struct ends *ends, const struct peer *peer, const struct reach *reach)
{
	char label[PEER_LABEL_LEN], text[ENDPOINT_TEXT_LEN], by[ENDPOINT_TEXT_LEN];
	struct finding *finding = finding_add(ends->facts->found, "endpoint-unreachable",
					      SEVERITY_ERROR, peer);

	peer_label(label, peer);
	endpoint_text(text, &reach->to);
	if (reach->report == REACH_NO_NEIGHBOUR)
		finding_text(finding, "no host answers to the address of the endpoint %s of peer %s on its network",
			     text, label);
	else
		finding_text(finding, "%s reports that the endpoint %s of peer %s cannot be reached",
			     by_text(by, reach), text, label);
	set_command(finding, ends->facts, peer);
}

static void firewall(struct ends *ends, const struct peer *peer, const struct reach *reach)
{
	char label[PEER_LABEL_LEN], text[ENDPOINT_TEXT_LEN], by[ENDPOINT_TEXT_LEN];
	bool here = reach->report == REACH_FIREWALL_HERE;
	uint16_t port = ntohs(reach->to.addr4.sin_port);
	struct finding *finding;

	finding = finding_add(ends->facts->found, here ? "firewall-here" : "firewall-rejects",
			      SEVERITY_ERROR, peer);
	peer_label(label, peer);
	endpoint_text(text, &reach->to);
	if (here)
		finding_text(finding, "a firewall of this host drops what is sent to the endpoint %s of peer %s",
			     text, label);
	else
		finding_text(finding, "a firewall at %s rejects what is sent to the endpoint %s of peer %s",
			     by_text(by, reach), text, label);
	finding_command(finding, "iptables -I %s -p udp --dport %u -j ACCEPT%s",
			here ? "OUTPUT" : "INPUT", port, here ? "" : ", on that host");
}

static void closed(struct ends *ends, const struct peer *peer, const struct reach *reach)
{
	char label[PEER_LABEL_LEN], text[ENDPOINT_TEXT_LEN], by[ENDPOINT_TEXT_LEN];
	struct finding *finding = finding_add(ends->facts->found, "port-closed",
					      SEVERITY_ERROR, peer);

	finding_text(finding, "%s reports that nothing listens on UDP port %u, the endpoint %s of peer %s: the interface there is down, or listens on another port",
		     by_text(by, reach), ntohs(reach->to.addr4.sin_port),
		     endpoint_text(text, &reach->to), peer_label(label, peer));
	set_command(finding, ends->facts, peer);
}

static void report(struct ends *ends, const struct reach *reach, const struct peer *peer)
{
	switch (reach->report) {
	case REACH_NOTHING:
		break;
	case REACH_NO_ROUTE:
		no_route(ends, peer);
		break;
	case REACH_NO_NEIGHBOUR:
	case REACH_UNREACHABLE:
		unreachable(ends, peer, reach);
		break;
	case REACH_FIREWALL_HERE:
	case REACH_REJECTED:
		firewall(ends, peer, reach);
		break;
	case REACH_CLOSED:
		closed(ends, peer, reach);
		break;
	}
}

static void ask(struct ends *ends)
{
	struct reach *reach;
	size_t i;

	if (!ends->n_asked)
		return;
	reach_ask(ends->asked, ends->n_asked, ends->facts->conf.fwmark, REPORT_MS);
	for (i = 0; i < ends->n_asked; i++) {
		reach = &ends->asked[i];
		/* After the neighbour, this host itself reports it unreachable. */
		if ((reach->report == REACH_NOTHING || reach->report == REACH_UNREACHABLE) &&
		    neighbour_is_silent(&reach->to))
			reach->report = REACH_NO_NEIGHBOUR;
		report(ends, reach, ends->asked_peers[i]);
	}
}

void diag_endpoints(struct facts *facts)
{
	struct ends *ends = calloc(1, sizeof(*ends));
	const struct peer *conf;
	size_t i;

	if (!ends)
		return;
	if (!facts->has_conf)
		findings_unseen(facts->found, "endpoints");
	ends->facts = facts;
	blocks_read(&ends->blocks, facts->name);
	for (i = 0; i < facts->dev.n_peers; i++) {
		conf = facts_conf(facts, &facts->dev.peers[i]);
		if (facts_state(&facts->dev.peers[i]) != STATE_WELL && conf &&
		    (facts_state(&facts->dev.peers[i]) != STATE_QUIET ||
		     !facts->dev.peers[i].last_handshake))
			look(ends, conf);
	}
	ask(ends);
	blocks_destroy(&ends->blocks);
	free(ends);
}
