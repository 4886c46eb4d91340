// SPDX-License-Identifier: GPL-2.0
/* Diagnoses a flood of handshakes, from counters that grow. */

#include <inttypes.h>

#include "diag/parts.h"

static const char * const signs[] = { "overload", "cookie-wanted", "rate-limited",
				      "handshake-queue-full" };

#define N_SIGNS	(sizeof(signs) / sizeof(signs[0]))

static uint64_t sum(const struct device *dev)
{
	uint64_t total = 0;
	size_t i;

	for (i = 0; i < N_SIGNS; i++)
		total += facts_count(dev, signs[i]);
	return total;
}

void diag_flood(struct facts *facts)
{
	uint64_t before = sum(&facts->dev), after;
	struct finding *finding;

	if (!before)
		return;
	facts_look_again(facts, LOOK_AGAIN_MS);
	after = facts->has_later ? sum(&facts->later) : before;
	if (after == before)
		return;
	finding = finding_add(facts->found, "flood", SEVERITY_ERROR, NULL);
	finding_text(finding, "this host is flooded with handshakes, of which %" PRIu64 " were put off in the last second: sessions go on, and new ones take several tries",
		     after - before);
	finding_command(finding, "nft add rule inet filter input ip saddr SOURCE udp dport %u drop, with the source that `tcpdump -ni any udp port %u' shows",
			facts->dev.listen_port, facts->dev.listen_port);
}
