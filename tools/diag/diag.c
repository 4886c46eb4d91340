// SPDX-License-Identifier: GPL-2.0
/* Diagnoses an interface: all parts, in the order that saves useless ones. */

#include <stdlib.h>

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

struct facts *diag_begin(const char *name)
{
	struct facts *facts = calloc(1, sizeof(*facts));

	if (facts)
		facts_collect(facts, name);
	return facts;
}

static void all_parts(struct facts *facts, const struct diag_options *options)
{
	if (!diag_link(facts))
		return;
	diag_nets(facts);
	diag_ways(facts);
	diag_endpoints(facts);
	diag_data(facts);
	diag_firewall(facts);
	if (options->pair)
		diag_pair(facts, options->pair, options->named);
	diag_keys(facts);
	diag_peers(facts);
	diag_forwards(facts);
	diag_flood(facts);
	diag_mtu(facts);
	diag_names(facts);
}

void diag_run(struct facts *facts, struct findings *found, struct diag_peers_count *count,
	      const struct diag_options *options)
{
	if (facts->error) {
		diag_no_state(found, facts->name, facts->error);
		free(facts);
		return;
	}
	facts->found = found;
	facts->probe = options->probe;
	count_peers(count, facts);
	all_parts(facts, options);
	diag_lasting(found, facts->name);
	findings_sort(found);
	facts_destroy(facts);
	free(facts);
}
