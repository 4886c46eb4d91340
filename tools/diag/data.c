// SPDX-License-Identifier: GPL-2.0
/* Diagnoses packets of peers that are dropped although there is a session. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diag/parts.h"
#include "diag/procfs.h"
#include "lib/keys.h"
#include "netcfg/sysctl.h"

/* A reason may be older than what mended it; if it does not grow, it is a warning only. */
static enum severity severity_of(const struct facts *facts, const char *reason)
{
	return facts_grew(facts, reason) ? SEVERITY_ERROR : SEVERITY_WARNING;
}

static void unallowed(struct facts *facts, const struct peer *peer)
{
	enum severity severity = severity_of(facts, "unallowed-source");
	char label[PEER_LABEL_LEN], key[KEY_TEXT_LEN];
	struct finding *finding;

	key_to_text(key, peer->public_key);
	finding = finding_add(facts->found, "unallowed-source", severity, peer);
	finding_text(finding, "peer %s %s from an address that is not among its allowed IPs, and such packets are dropped (%" PRIu64 " so far)",
		     peer_label(label, peer), severity == SEVERITY_ERROR ? "sends" : "sent",
		     facts_count(&facts->dev, "unallowed-source"));
	finding_command(finding, "naawg set %s peer %s allowed-ips +ADDRESS/BITS", facts->name,
			key);
}

static void forbidden(struct facts *facts, const struct peer *peer)
{
	enum severity severity = severity_of(facts, "forbidden-destination");
	char label[PEER_LABEL_LEN];
	struct finding *finding;

	finding = finding_add(facts->found, "forbidden-destination", severity, peer);
	finding_text(finding, "peer %s %s to a network that is forbidden here, and such packets are dropped (%" PRIu64 " so far)",
		     peer_label(label, peer), severity == SEVERITY_ERROR ? "sends" : "sent",
		     facts_count(&facts->dev, "forbidden-destination"));
	finding_command(finding, "naawg show %s forbidden, and ForbidRoutes in /etc/naawg/policy.conf",
			facts->name);
}

/* Keepalives have no payload, so they are no packets. */
static void one_way(struct facts *facts, const struct peer *peer)
{
	char label[PEER_LABEL_LEN];
	struct finding *finding;

	if (peer->tx_packets < 5 || peer->rx_packets)
		return;
	finding = finding_add(facts->found, "no-data-back", SEVERITY_ERROR, peer);
	finding_text(finding, "peer %s has a session and got %" PRIu64 " packets, and sent none back: its host drops them, as our address is not among the allowed IPs there, or by its firewall or routes",
		     peer_label(label, peer), peer->tx_packets);
	finding_command(finding, "naawg diag, on its host; `naawg stats' there counts unallowed-source");
}

/* The stricter of the two settings is in force. */
static bool is_strict(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/rp_filter", name);
	return sysctl_read(path) != 2 && sysctl_read("/proc/sys/net/ipv4/conf/all/rp_filter") != 2 &&
	       (sysctl_read(path) == 1 ||
		sysctl_read("/proc/sys/net/ipv4/conf/all/rp_filter") == 1);
}

static void rp_filter(struct facts *facts)
{
	uint64_t dropped = procfs_count("/proc/net/netstat", "TcpExt:", "IPReversePathFilter");
	struct finding *finding;

	if (!dropped || !is_strict(facts->name) ||
	    !(findings_have(facts->found, "route-missing") ||
	      findings_have(facts->found, "route-elsewhere") || !facts->has_conf))
		return;
	finding = finding_add(facts->found, "rp-filter",
			      facts->has_conf ? SEVERITY_ERROR : SEVERITY_WARNING, NULL);
	finding_text(finding, "the reverse path filter of this host dropped %" PRIu64 " packets, as no route back to their source leads into %s",
		     dropped, facts->name);
	finding_command(finding, "ip route add NETWORK-OF-THE-SOURCE dev %s, or: sysctl -w net.ipv4.conf.%s.rp_filter=2",
			facts->name, facts->name);
}

/* The kernel counts packets that it would have to forward as addressed wrongly. */
static void forwarding(struct facts *facts, uint64_t before)
{
	struct finding *finding;
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/forwarding", facts->name);
	if (sysctl_read(path) || !before ||
	    procfs_count("/proc/net/snmp", "Ip:", "InAddrErrors") <= before)
		return;
	finding = finding_add(facts->found, "ip-forward-off", SEVERITY_ERROR, NULL);
	finding_text(finding, "packets arrive here for other hosts, and this host does not forward IPv4");
	finding_command(finding, "sysctl -w net.ipv4.ip_forward=1");
}

static bool is_worth_a_second_look(const struct facts *facts, uint64_t wrong)
{
	return wrong || facts_count(&facts->dev, "unallowed-source") ||
	       facts_count(&facts->dev, "forbidden-destination") ||
	       facts_count(&facts->dev, "initiation-flood");
}

void diag_data(struct facts *facts)
{
	uint64_t wrong = procfs_count("/proc/net/snmp", "Ip:", "InAddrErrors");
	const struct peer *peer;
	size_t i;

	if (is_worth_a_second_look(facts, wrong))
		facts_look_again(facts, LOOK_AGAIN_MS);
	forwarding(facts, wrong);
	rp_filter(facts);
	for (i = 0; i < facts->dev.n_peers; i++) {
		peer = &facts->dev.peers[i];
		if (facts_last_reason(peer, "unallowed-source"))
			unallowed(facts, peer);
		else if (facts_last_reason(peer, "forbidden-destination"))
			forbidden(facts, peer);
		else if (facts_state(peer) == STATE_WELL)
			one_way(facts, peer);
	}
}
