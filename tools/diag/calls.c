// SPDX-License-Identifier: GPL-2.0
/*
 * Diagnoses hosts that sent handshakes and are no peers.
 *
 * Nobody proves the key that a caller claims, nor its address. A finding therefore says
 * what the administrator has to compare.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diag/calls.h"
#include "lib/keys.h"
#include "lib/nl.h"

/* Older calls say nothing of the present configuration. */
#define RECENT_SECONDS	300
/* A peer without an answer calls again after five seconds and a random part of one. */
#define AGAIN_SECONDS	4

struct match {
	const struct peer *peer;	/* the peer that calls, or NULL */
	bool by_address;		/* the caller has the address of its endpoint */
	size_t n;			/* peers that it may be */
};

bool calls_may_be(const struct peer *peer)
{
	enum peer_state state = facts_state(peer);

	return state == STATE_SILENT || state == STATE_TRYING || !peer->last_handshake;
}

const struct peer *calls_suspect(const struct facts *facts, size_t *n)
{
	const struct peer *only = NULL;
	size_t i;

	for (i = *n = 0; i < facts->dev.n_peers; i++) {
		if (!calls_may_be(&facts->dev.peers[i]))
			continue;
		only = &facts->dev.peers[i];
		++*n;
	}
	return *n == 1 ? only : NULL;
}

static bool same_host(const union endpoint *a, const union endpoint *b)
{
	if (a->addr.sa_family != b->addr.sa_family)
		return false;
	return a->addr.sa_family == AF_INET ?
	       a->addr4.sin_addr.s_addr == b->addr4.sin_addr.s_addr :
	       IN6_ARE_ADDR_EQUAL(&a->addr6.sin6_addr, &b->addr6.sin6_addr);
}

static struct match match(const struct facts *facts, const struct caller *caller)
{
	const struct peer *peer, *conf, *at = NULL;
	struct match match = { 0 };
	size_t i, n_at = 0;

	for (i = 0; i < facts->dev.n_peers; i++) {
		peer = &facts->dev.peers[i];
		if (!calls_may_be(peer))
			continue;
		match.n++;
		match.peer = peer;
		conf = facts_conf(facts, peer);
		if (!conf || !(conf->bits & PEER_HAS_ENDPOINT) ||
		    !same_host(&conf->endpoint, &caller->endpoint))
			continue;
		at = peer;
		n_at++;
	}
	match.by_address = n_at == 1;
	if (match.by_address)
		match.peer = at;
	else if (match.n != 1)
		match.peer = NULL;
	return match;
}

/*
 * Whether the caller is the peer for all that can be seen: it has the address, or it is the
 * only peer of the interface and tries again as a peer does. Scanners and hosts whose key was
 * removed call as well, so anything less is a guess.
 */
static bool is_likely(const struct facts *facts, const struct caller *caller, struct match is)
{
	return is.by_address ||
	       (is.peer && facts->dev.n_peers == 1 && caller->count > 1 &&
		caller->last - caller->first >= AGAIN_SECONDS * NS_PER_SEC);
}

static enum severity severity_of(const struct facts *facts, const struct caller *caller,
				 struct match is)
{
	return is_likely(facts, caller, is) ? SEVERITY_ERROR : SEVERITY_WARNING;
}

static const char *from_text(char text[static ENDPOINT_TEXT_LEN], const struct caller *caller)
{
	struct allowed_ip ip = { .family = caller->endpoint.addr.sa_family };

	if (ip.family == AF_INET)
		ip.ip4 = caller->endpoint.addr4.sin_addr;
	else
		ip.ip6 = caller->endpoint.addr6.sin6_addr;
	return address_text(text, &ip);
}

static void unknown_host(struct facts *facts, const struct caller *caller, const char *from)
{
	char key[KEY_TEXT_LEN];
	struct finding *finding;

	key_to_text(key, caller->public_key);
	finding = finding_add(facts->found, "unknown-caller", SEVERITY_WARNING, NULL);
	finding_text(finding, "%s calls with the public key %s (%" PRIu64 " times), and no peer has it",
		     from, key, caller->count);
	finding_key(finding, caller->public_key);
	finding_command(finding, "naawg set %s peer %s allowed-ips ADDRESS/BITS, if that host is to be a peer",
			facts->name, key);
}

/* The comparison with the other host may have named the key already. */
static bool is_reported(const struct findings *found, const uint8_t *key)
{
	size_t i;

	for (i = 0; i < found->n; i++)
		if (!strcmp(found->list[i].id, "their-key-wrong") && found->list[i].n_keys &&
		    !memcmp(found->list[i].keys[0], key, KEY_LEN))
			return true;
	return false;
}

static void their_key(struct facts *facts, const struct caller *caller)
{
	struct match is = match(facts, caller);
	char from[ENDPOINT_TEXT_LEN], claimed[KEY_TEXT_LEN], label[PEER_LABEL_LEN];
	char old[KEY_TEXT_LEN];
	struct finding *finding;

	from_text(from, caller);
	key_to_text(claimed, caller->public_key);
	if (is_reported(facts->found, caller->public_key))
		return;
	if (!is.n) {
		unknown_host(facts, caller, from);
		return;
	}
	finding = finding_add(facts->found, "their-key-wrong", severity_of(facts, caller, is),
			      is.peer);
	finding_key(finding, caller->public_key);
	if (!is.peer) {
		finding_text(finding, "%s calls with the public key %s (%" PRIu64 " times), and no peer here has it: %zu peers never had a session, and the key of one may be wrong",
			     from, claimed, caller->count, is.n);
		finding_command(finding, "naawg show INTERFACE public-key, on the host that calls");
		return;
	}
	key_to_text(old, is.peer->public_key);
	finding_key(finding, is.peer->public_key);
	finding_text(finding, "%s calls with the public key %s (%" PRIu64 " times), and %s, which %s, has the key %s here: if %s is that host, its key is wrong here, or was made by `naawg genkey' instead of `naawg pubkey'",
		     from, claimed, caller->count,
		     is.peer->name[0] ? peer_label(label, is.peer) : "the peer",
		     is.by_address ? "has this address" : "has no session", old,
		     is.peer->name[0] ? is.peer->name : "it");
	/* A revoked key, or a forged address, must not get the peer's allowed IPs by a copy. */
	finding_command(finding, "naawg show INTERFACE public-key, on the host of that peer: only the key that it prints belongs here");
}

static void our_key(struct facts *facts, const struct caller *caller)
{
	struct match is = match(facts, caller);
	char from[ENDPOINT_TEXT_LEN], ours[KEY_TEXT_LEN], label[PEER_LABEL_LEN];
	struct finding *finding;

	/* Hosts that scan send such messages, too. The comparison of two hosts is certain. */
	if (!is.peer || findings_have(facts->found, "our-key-unknown"))
		return;
	from_text(from, caller);
	key_to_text(ours, facts->dev.public_key);
	finding = finding_add(facts->found, "our-key-wrong-there",
			      severity_of(facts, caller, is), is.peer);
	finding_key(finding, facts->dev.public_key);
	finding_text(finding, "%s%s%s calls with handshakes for another public key than ours (%" PRIu64 " times): it has a wrong key of this host, whose key is %s%s",
		     from, is.by_address ? ", the address of peer " : ", probably the peer ",
		     peer_label(label, is.peer), caller->count, ours,
		     is_likely(facts, caller, is) ? "" :
		     "; hosts that scan the Internet send such messages, too");
	finding_command(finding, "naawg set INTERFACE peer WRONG-KEY remove peer %s allowed-ips ADDRESS endpoint HOST:PORT, on that host",
			ours);
}

bool calls_report(struct facts *facts)
{
	const struct caller *caller;
	struct device calls;
	size_t i;

	if (nl_get_callers(facts->name, &calls))
		return false;
	for (i = 0; i < calls.n_callers; i++) {
		caller = &calls.callers[i];
		if (caller->last + RECENT_SECONDS * NS_PER_SEC < facts->now)
			continue;
		if (caller->has_key)
			their_key(facts, caller);
		else
			our_key(facts, caller);
	}
	device_destroy(&calls);
	return true;
}
