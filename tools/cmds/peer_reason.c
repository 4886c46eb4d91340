// SPDX-License-Identifier: GPL-2.0
/* Finds the peer that a user named, and prints why a peer has no session. */

#include <inttypes.h>
#include <string.h>

#include "cmds/peer_reason.h"
#include "lib/keys.h"

struct peer *peer_by_word(struct device *dev, const char *word)
{
	uint8_t key[KEY_LEN];
	bool is_key = key_from_text(key, word);
	size_t i;

	for (i = 0; i < dev->n_peers; i++) {
		if (is_key && !memcmp(dev->peers[i].public_key, key, KEY_LEN))
			return &dev->peers[i];
		if (!strcmp(dev->peers[i].name, word))
			return &dev->peers[i];
	}
	return NULL;
}

/* Prints counts of handshakes refused here: of reason @name, or of all other reasons. */
static size_t print_refused(FILE *out, const struct device *dev, const char *name, size_t said)
{
	size_t i;

	for (i = 0; i < dev->n_reasons; i++) {
		const struct reason *reason = &dev->reasons[i];

		if (!reason->handshake || !reason->count)
			continue;
		if (name ? strcmp(reason->name, name) :
		    !strcmp(reason->name, "unknown-peer") || !strcmp(reason->name, "bad-mac1"))
			continue;
		/* These may be old, and not the reason of the present failure. */
		fprintf(out, "%s%s (%" PRIu64 ")",
			said++ ? ", " : "; handshakes failed here since the interface was made: ",
			reason->name, reason->count);
	}
	return said;
}

/* If the peer does not answer, the handshakes refused here may explain it. */
static bool is_no_explanation(const char *reason)
{
	return !*reason || !strcmp(reason, "unanswered") || !strcmp(reason, "given-up");
}

void peer_reason_print(FILE *out, const struct device *dev, const struct peer *peer)
{
	size_t said = 0;

	if (is_no_explanation(peer->last_reason)) {
		/* A wrong key on one side explains the other reasons, so print it first. */
		said = print_refused(out, dev, "unknown-peer", said);
		said = print_refused(out, dev, "bad-mac1", said);
	}
	if (peer->last_reason[0]) {
		fprintf(out, "; newest reason: %s", peer->last_reason);
		return;
	}
	if (print_refused(out, dev, NULL, said))
		return;
	if (!peer->rx_bytes && peer->tx_bytes)
		fputs("; nothing ever came back: is its endpoint right, the port open, our public key known there?",
		      out);
	else if (!peer->rx_bytes)
		fputs("; nothing was sent or received: it has no endpoint, or no program uses the tunnel",
		      out);
}
