// SPDX-License-Identifier: GPL-2.0
/* Diagnoses port forwards: what they need, and destinations that do not answer. */

#include <inttypes.h>
#include <string.h>

#include "diag/parts.h"
#include "lib/forward.h"
#include "netcfg/forward_report.h"

static void take(const struct forward *forward, const struct forward_lack *lack, void *arg)
{
	struct facts *facts = arg;
	char text[FORWARD_TEXT_LEN];
	struct finding *finding;

	/* One setting of the host stops all forwards. */
	if (!strcmp(lack->id, "ip-forward-off") && findings_have(facts->found, lack->id))
		return;
	finding = finding_add(facts->found, lack->id, SEVERITY_ERROR, NULL);
	finding_text(finding, "the forward %s leads nowhere: %s", forward_text(text, forward),
		     lack->text);
	if (*lack->command)
		finding_command(finding, "%s", lack->command);
	else
		finding_command(finding, "naawg forward %s list", facts->name);
}

/* Answers are counted towards the peer. */
static void unanswered(struct facts *facts, const struct forward *forward)
{
	char text[FORWARD_TEXT_LEN], to[ADDRESS_TEXT_LEN];
	struct finding *finding;

	if (!forward->connections || !forward->rx_packets || forward->tx_packets)
		return;
	finding = finding_add(facts->found, "forward-no-answer", SEVERITY_ERROR, NULL);
	finding_text(finding, "the forward %s carried %" PRIu64 " connections, and its destination never answered: the service is on another network, or its host drops them",
		     forward_text(text, forward), forward->connections);
	if (forward->address.family)
		finding_command(finding, "ip route get %s; ip neigh show %s",
				address_text(to, &forward->address), to);
	else
		finding_command(finding, "ss -ltn");
}

void diag_forwards(struct facts *facts)
{
	size_t i;

	forward_lacks(&facts->dev, take, facts);
	for (i = 0; i < facts->dev.n_forwards; i++)
		unanswered(facts, &facts->dev.forwards[i]);
}
