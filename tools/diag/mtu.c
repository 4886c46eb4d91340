// SPDX-License-Identifier: GPL-2.0
/* Diagnoses sizes: packets too large for the way, and packets that vanish. */

#include <errno.h>
#include <string.h>
#include <time.h>

#include "diag/parts.h"
#include "diag/ping.h"
#include "netcfg/rt_way.h"

#define OVERHEAD4	60		/* IPv4, UDP and WireGuard headers, and the tag */
#define OVERHEAD6	80
#define SMALL		84
#define MEASURED_MAX	8		/* peers: each takes seconds if packets vanish */

static void too_large(struct facts *facts, const struct peer *peer)
{
	bool ip4 = peer->endpoint.addr.sa_family == AF_INET;
	uint32_t path, over = ip4 ? OVERHEAD4 : OVERHEAD6;
	char label[PEER_LABEL_LEN];
	struct finding *finding;

	if (rt_path_mtu(&peer->endpoint, facts->conf.fwmark, &path) || !path ||
	    facts->link->mtu + over <= path)
		return;
	finding = finding_add(facts->found, "mtu-too-large", SEVERITY_WARNING, peer);
	finding_text(finding, "packets of %u bytes in the tunnel are %u bytes outside, and the way to peer %s takes %u: they are fragmented, or vanish",
		     facts->link->mtu, facts->link->mtu + over, peer_label(label, peer), path);
	finding_command(finding, "ip link set dev %s mtu %u, and MTU = %u in its file",
			facts->name, path - over, path - over);
}

/* An address that belongs to the host of the peer itself. */
static const struct allowed_ip *address_of(const struct peer *peer)
{
	size_t i;

	for (i = 0; i < peer->n_ips; i++)
		if (peer->ips[i].prefix_len == prefix_max(&peer->ips[i]))
			return &peer->ips[i];
	return NULL;
}

/* A packet may get lost, so a size has three tries. */
static bool passes(struct ping *ping, size_t size)
{
	int i, ret;

	for (i = 0; i < 3; i++) {
		ret = ping_send(ping, size);
		if (ret)
			return ret > 0;
	}
	return false;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* The largest size that passes; @low does, @high does not. */
static size_t largest(struct ping *ping, size_t low, size_t high)
{
	size_t middle;

	while (low + 1 < high) {
		middle = (low + high) / 2;
		if (passes(ping, middle))
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void no_pings(struct facts *facts, const struct peer *peer)
{
	char label[PEER_LABEL_LEN];
	struct finding *finding;

	finding = finding_add(facts->found, "no-pings", SEVERITY_WARNING, peer);
	finding_text(finding, "peer %s answers no pings through the tunnel, so the size of packets was not measured: a firewall there drops them, or our address is not among its allowed IPs there",
		     peer_label(label, peer));
	finding_command(finding, "naawg diag, on its host");
}

static void hole(struct facts *facts, const struct peer *peer, size_t size)
{
	char label[PEER_LABEL_LEN];
	struct finding *finding;

	finding = finding_add(facts->found, "mtu-hole", SEVERITY_ERROR, peer);
	finding_text(finding, "packets of up to %zu bytes reach peer %s, and larger ones vanish on the way, while the interface sends up to %u",
		     size, peer_label(label, peer), facts->link->mtu);
	finding_command(finding, "ip link set dev %s mtu %zu, and MTU = %zu in the files of both hosts",
			facts->name, size, size);
}

static void measure(struct facts *facts, const struct peer *peer)
{
	const struct allowed_ip *to = address_of(peer);
	struct ping ping = { .wait_ms = 1000 };
	int64_t begin;
	int error;

	if (!to)
		return;
	error = ping_open(&ping, to, facts->name);
	if (error) {
		findings_unseen(facts->found, "the size of packets that pass (CAP_NET_RAW)");
		return;
	}
	begin = now_ms();
	if (!passes(&ping, SMALL)) {
		no_pings(facts, peer);
	} else {
		/* The first answer may have waited for a handshake. */
		ping.wait_ms = 200 + 4 * (now_ms() - begin);
		if (ping.wait_ms > 1000)
			ping.wait_ms = 1000;
		if (!passes(&ping, facts->link->mtu))
			hole(facts, peer, largest(&ping, SMALL, facts->link->mtu));
	}
	ping_close(&ping);
}

void diag_mtu(struct facts *facts)
{
	const struct peer *peer, *conf;
	unsigned int measured = 0;
	size_t i;

	for (i = 0; i < facts->dev.n_peers; i++) {
		peer = &facts->dev.peers[i];
		conf = facts_conf(facts, peer);
		if (!conf)
			continue;
		if (conf->bits & PEER_HAS_ENDPOINT && !findings_have(facts->found, "mtu-too-large"))
			too_large(facts, conf);
		if (facts->probe && facts_state(peer) == STATE_WELL && measured++ < MEASURED_MAX)
			measure(facts, conf);
	}
}
