// SPDX-License-Identifier: GPL-2.0
/* Diagnoses an interface: all parts, in the order that saves useless ones. */

#include "diag/diag.h"
#include "diag/pair.h"
#include "diag/parts.h"

static void count_peers(struct diag_peers_count *count, const struct facts *facts)
{
	const struct peer *peer;
	size_t i;

	for (i = 0; i < facts->dev.n_peers; i++) {
		peer = &facts->dev.peers[i];
		switch (facts_state(peer)) {
		case STATE_WELL:
			count->well++;
			break;
		case STATE_QUIET:
			if (peer->last_handshake)
				count->quiet++;
			else
				count->never++;
			break;
		default:
			count->silent++;
		}
	}
}

void diag_run(struct findings *found, struct diag_peers_count *count, const char *name,
	      const struct diag_options *options)
{
	struct facts facts = { .probe = options->probe };
	int error = facts_collect(&facts, name, found);

	if (error) {
		diag_no_state(found, name, error);
		return;
	}
	count_peers(count, &facts);
	if (diag_link(&facts)) {
		diag_nets(&facts);
		diag_ways(&facts);
		diag_endpoints(&facts);
		diag_data(&facts);
		diag_firewall(&facts);
		if (options->pair)
			diag_pair(&facts, options->pair, options->named);
		diag_keys(&facts);
		diag_peers(&facts);
		diag_forwards(&facts);
		diag_flood(&facts);
		diag_mtu(&facts);
		diag_names(&facts);
	}
	facts_destroy(&facts);
	diag_lasting(found, name);
	findings_sort(found);
}
