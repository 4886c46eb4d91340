// SPDX-License-Identifier: GPL-2.0
/* Diagnoses peers without a session: clocks, missing endpoints, silence. */

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "diag/parts.h"
#include "lib/keys.h"
#include "netcfg/state.h"

static void clock_back(struct facts *facts, const struct peer *peer)
{
	char label[PEER_LABEL_LEN], key[KEY_TEXT_LEN];
	struct finding *finding;

	key_to_text(key, peer->public_key);
	finding = finding_add(facts->found, "clock-back", SEVERITY_ERROR, peer);
	finding_text(finding, "peer %s calls with an older time than before: its clock went back, or somebody repeats its messages",
		     peer_label(label, peer));
	finding_command(finding, "timedatectl set-ntp true, on its host; if its clock is right now, remove the peer here and add it again: naawg set %s peer %s remove",
			facts->name, key);
}

static void clock_here(struct facts *facts, const struct peer *peer)
{
	char label[PEER_LABEL_LEN];
	struct finding *finding;

	finding = finding_add(facts->found, "clock-back-here", SEVERITY_ERROR, peer);
	finding_text(finding, "the clock of this host went back %" PRIu64 " s since the newest handshake with peer %s, which now refuses our calls",
		     (peer->last_handshake - facts->now) / NS_PER_SEC, peer_label(label, peer));
	finding_command(finding, "timedatectl set-ntp true");
}

/* Packets for the peer were dropped, as nobody knows where it is. */
static void no_endpoint(struct facts *facts, const struct peer *peer)
{
	char label[PEER_LABEL_LEN], key[KEY_TEXT_LEN];
	struct finding *finding;
	bool grows;

	key_to_text(key, peer->public_key);
	/* A packet that was sent once, long ago, is no reason for an alarm. */
	facts_look_again(facts, LOOK_AGAIN_MS);
	grows = facts_grew(facts, "no-endpoint");
	finding = finding_add(facts->found, "no-endpoint",
			      grows ? SEVERITY_ERROR : SEVERITY_WARNING, peer);
	finding_text(finding, "packets for peer %s %s dropped: it has no endpoint here, and it never called; if both hosts are behind a NAT, neither can call",
		     peer_label(label, peer), grows ? "are" : "were");
	finding_command(finding, "naawg set %s peer %s endpoint HOST:PORT, here or with our key on its host",
			facts->name, key);
}

static void answer_lost(struct facts *facts, const struct peer *peer)
{
	char label[PEER_LABEL_LEN], key[KEY_TEXT_LEN];
	struct finding *finding;

	key_to_text(key, peer->public_key);
	finding = finding_add(facts->found, "answer-lost", SEVERITY_ERROR, peer);
	finding_text(finding, "peer %s calls and does not go on after our answers: the preshared keys differ, or a firewall drops our answers",
		     peer_label(label, peer));
	finding_command(finding, "naawg set %s peer %s preshared-key FILE, with the same FILE on both hosts; `naawg diag' on its host tells which it is",
			facts->name, key);
}

static void under_way(struct facts *facts, const struct peer *peer)
{
	char label[PEER_LABEL_LEN];
	struct finding *finding;

	finding = finding_add(facts->found, "handshaking", SEVERITY_INFO, peer);
	finding_text(finding, "the first handshake with peer %s began a moment ago and is not complete yet",
		     peer_label(label, peer));
	finding_command(finding, "naawg check %s --wait 30", facts->name);
}

/* A peer whose endpoint is not in the file may be switched off. */
static bool is_roaming(const struct facts *facts, const struct peer *peer)
{
	return state_index(facts->name) == (unsigned int)facts->link->index &&
	       !peer->endpoint_given && facts->dev.n_peers > 1;
}

static void away(struct facts *facts, const struct peer *peer)
{
	uint64_t then = peer->last_handshake;
	char label[PEER_LABEL_LEN];
	struct finding *finding;

	finding = finding_add(facts->found, "peer-away", SEVERITY_WARNING, peer);
	finding_text(finding, "peer %s does not answer any more; its newest handshake was %" PRIu64 " s ago",
		     peer_label(label, peer), (facts->now - then) / NS_PER_SEC);
	finding_command(finding, "naawg diag, on its host");
}

static void silent(struct facts *facts, const struct peer *peer)
{
	const struct peer *conf = facts_conf(facts, peer);
	char label[PEER_LABEL_LEN], ours[KEY_TEXT_LEN], text[ENDPOINT_TEXT_LEN];
	bool known = conf && conf->bits & PEER_HAS_ENDPOINT;
	struct finding *finding;

	key_to_text(ours, facts->dev.public_key);
	finding = finding_add(facts->found, "no-answer", SEVERITY_ERROR, peer);
	finding_key(finding, facts->dev.public_key);
	finding_text(finding, "peer %s does not answer%s%s%s: a firewall or a wrong address is in the way, or it lacks our public key %s",
		     peer_label(label, peer), known ? " at " : "",
		     known ? endpoint_text(text, &conf->endpoint) : "",
		     peer->last_handshake ? " any more" : "", ours);
	finding_command(finding, "naawg diag, on its host; or here, with the output of `naawg show INTERFACE --json' there: naawg diag %s --pair FILE",
			facts->name);
}

static void rekeying(struct facts *facts, const struct peer *peer)
{
	char label[PEER_LABEL_LEN];
	struct finding *finding;

	finding = finding_add(facts->found, "rekeying", SEVERITY_INFO, peer);
	finding_text(finding, "a new session with peer %s was asked for and is under way",
		     peer_label(label, peer));
	finding_command(finding, "naawg check %s --wait 30", facts->name);
}

static bool went_back(const struct facts *facts, const struct peer *peer)
{
	return peer->last_handshake > facts->now + 2 * NS_PER_SEC;
}

static void without_session(struct facts *facts, const struct peer *peer,
			    enum peer_state state)
{
	if (facts_last_reason(peer, "old-timestamp"))
		clock_back(facts, peer);
	else if (went_back(facts, peer))
		clock_here(facts, peer);
	else if (!peer->last_handshake && peer->rx_bytes && peer->tx_bytes)
		answer_lost(facts, peer);
	else if (state == STATE_TRYING)
		under_way(facts, peer);
	else if (peer->last_handshake && is_roaming(facts, peer))
		away(facts, peer);
	else
		silent(facts, peer);
}

/*
 * A peer that had a session and has none now may be idle, or fail because its clock went
 * back: its initiations come, and are refused.
 */
static bool is_refused(struct facts *facts, const struct peer *peer)
{
	if (!facts_last_reason(peer, "old-timestamp"))
		return false;
	facts_look_again(facts, LOOK_AGAIN_HANDSHAKE_MS);
	return facts_grew(facts, "old-timestamp");
}

static void one(struct facts *facts, const struct peer *peer)
{
	enum peer_state state = facts_state(peer);

	if (peer->bits & PEER_REKEYING)
		rekeying(facts, peer);
	if (state == STATE_WELL || findings_name_peer(facts->found, peer))
		return;
	if (!peer->last_handshake && facts_last_reason(peer, "no-endpoint"))
		no_endpoint(facts, peer);
	else if (state != STATE_QUIET)
		without_session(facts, peer, state);
	else if (is_refused(facts, peer))
		clock_back(facts, peer);
}

void diag_peers(struct facts *facts)
{
	size_t i;

	for (i = 0; i < facts->dev.n_peers; i++)
		one(facts, &facts->dev.peers[i]);
}
