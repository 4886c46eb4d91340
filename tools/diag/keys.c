// SPDX-License-Identifier: GPL-2.0
/*
 * Diagnoses keys, from the reasons for which handshakes failed.
 *
 * Each of three mistakes has another reason: this host lacks the right key of the peer
 * (unknown-peer), the peer has a wrong key of this host (bad-mac1), or the preshared keys
 * differ (bad-response). The first two are counted for the interface only.
 */

#include <inttypes.h>
#include <string.h>

#include "diag/calls.h"
#include "diag/parts.h"
#include "lib/keys.h"

static void preshared(struct facts *facts, const struct peer *peer)
{
	const struct peer *conf = facts_conf(facts, peer);
	char label[PEER_LABEL_LEN], key[KEY_TEXT_LEN];
	struct finding *finding;

	key_to_text(key, peer->public_key);
	finding = finding_add(facts->found, "preshared-key", SEVERITY_ERROR, peer);
	finding_text(finding, "the answers of peer %s do not authenticate: the preshared keys of the two hosts differ%s",
		     peer_label(label, peer), !conf ? "" :
		     key_is_zero(conf->preshared_key) ? ", and here none is set" :
		     ", and here one is set");
	finding_key(finding, peer->public_key);
	finding_command(finding, "naawg set %s peer %s preshared-key FILE, with the same FILE on both hosts",
			facts->name, key);
}

static void invalid(struct facts *facts, const struct peer *peer)
{
	char label[PEER_LABEL_LEN], key[KEY_TEXT_LEN];
	struct finding *finding;

	key_to_text(key, peer->public_key);
	finding = finding_add(facts->found, "invalid-key", SEVERITY_ERROR, peer);
	finding_text(finding, "the public key of peer %s is none that `naawg pubkey' makes",
		     peer_label(label, peer));
	finding_key(finding, peer->public_key);
	finding_command(finding, "naawg set %s peer %s remove peer RIGHT-KEY allowed-ips ADDRESS",
			facts->name, key);
}

static void twice(struct facts *facts, const struct peer *peer)
{
	char label[PEER_LABEL_LEN];
	struct finding *finding;

	finding = finding_add(facts->found, "same-key-twice", SEVERITY_ERROR, peer);
	finding_text(finding, "peer %s calls twice at the same moment: two hosts use its private key",
		     peer_label(label, peer));
	finding_key(finding, peer->public_key);
	finding_command(finding, "naawg genkey on one of the two hosts, and a peer of its own here");
}

static void of_peer(struct facts *facts, const struct peer *peer)
{
	enum peer_state state = facts_state(peer);

	if (state != STATE_WELL && state != STATE_QUIET) {
		if (facts_last_reason(peer, "bad-response"))
			preshared(facts, peer);
		else if (facts_last_reason(peer, "low-order-key"))
			invalid(facts, peer);
	}
	if (facts_last_reason(peer, "initiation-flood") &&
	    (state != STATE_WELL || facts_grew(facts, "initiation-flood")))
		twice(facts, peer);
}

/* Without the memory of callers, there are only counts. They may be old, so nothing is certain. */
static void by_counts(struct facts *facts)
{
	uint64_t unknown = facts_count(&facts->dev, "unknown-peer");
	uint64_t wrong = facts_count(&facts->dev, "bad-mac1");
	const struct peer *peer;
	struct finding *finding;
	char key[KEY_TEXT_LEN];
	size_t n;

	peer = calls_suspect(facts, &n);
	if (!n)
		return;
	if (unknown) {
		finding = finding_add(facts->found, "their-key-wrong", SEVERITY_WARNING, peer);
		finding_text(finding, "%" PRIu64 " handshakes claimed a public key that no peer here has: the key of a peer is wrong here, or was made by `naawg genkey' instead of `naawg pubkey'",
			     unknown);
		finding_command(finding, "sudo naawg diag %s, which names the key", facts->name);
		if (peer)
			finding_key(finding, peer->public_key);
	}
	if (wrong) {
		key_to_text(key, facts->dev.public_key);
		finding = finding_add(facts->found, "our-key-wrong-there", SEVERITY_WARNING, peer);
		finding_text(finding, "%" PRIu64 " handshakes were made for another public key than that of this host, which is %s",
			     wrong, key);
		finding_command(finding, "naawg set INTERFACE peer %s ..., on the other host",
				key);
		finding_key(finding, facts->dev.public_key);
	}
}

void diag_keys(struct facts *facts)
{
	size_t i;

	for (i = 0; i < facts->dev.n_peers; i++)
		of_peer(facts, &facts->dev.peers[i]);
	if (!calls_report(facts)) {
		if (!facts->has_conf)
			findings_unseen(facts->found, "the keys that unknown hosts claim");
		by_counts(facts);
	}
}
