// SPDX-License-Identifier: GPL-2.0
/* Diagnoses port forwards: what they need, and destinations that do not answer. */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "diag/connect.h"
#include "diag/parts.h"
#include "lib/forward.h"
#include "netcfg/forward_report.h"

#define ANSWER_MS	1000
#define TRIED_MAX	8		/* each may take as long */

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

/* The address of the service: that of the interface if the service is on this host. */
static bool service_of(union endpoint *to, const struct facts *facts,
		       const struct forward *forward)
{
	struct allowed_ip ip = forward->address;
	size_t i;

	for (i = 0; i < facts->addresses.n && !ip.family; i++)
		if (facts->addresses.items[i].index == facts->link->index)
			ip = facts->addresses.items[i].net;
	memset(to, 0, sizeof(*to));
	to->addr.sa_family = ip.family;
	if (ip.family == AF_INET)
		to->addr4.sin_addr = ip.ip4;
	else
		to->addr6.sin6_addr = ip.ip6;
	to->addr4.sin_port = htons(forward->to_port);
	return ip.family;
}

static void try(struct facts *facts, const struct forward *forward)
{
	char text[FORWARD_TEXT_LEN], to_text[ENDPOINT_TEXT_LEN];
	struct finding *finding;
	union endpoint to;
	int error;

	if (forward->proto != IPPROTO_TCP || !service_of(&to, facts, forward))
		return;
	error = connect_try(&to, ANSWER_MS);
	if (!error)
		return;
	finding = finding_add(facts->found, error == -ECONNREFUSED ? "forward-refused" :
			      "forward-no-answer", SEVERITY_ERROR, NULL);
	finding_text(finding, error == -ECONNREFUSED ?
		     "nothing listens at %s, to which the forward %s leads" :
		     "nothing answers at %s, to which the forward %s leads: the service is on another network, or its host drops packets",
		     endpoint_text(to_text, &to), forward_text(text, forward));
	finding_command(finding, "ss -ltn 'sport = :%u', on the host of the service",
			forward->to_port);
}

void diag_forwards(struct facts *facts)
{
	size_t i, n = facts->dev.n_forwards;

	forward_lacks(&facts->dev, take, facts);
	for (i = 0; i < n; i++)
		unanswered(facts, &facts->dev.forwards[i]);
	if (findings_have(facts->found, "forward-no-answer") ||
	    findings_have(facts->found, "forward-no-route"))
		return;
	for (i = 0; facts->probe && i < n && i < TRIED_MAX; i++)
		try(facts, &facts->dev.forwards[i]);
}
