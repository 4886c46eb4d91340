// SPDX-License-Identifier: GPL-2.0
/* Networks that other tunnels block while they are down: their files have Kill = yes. */

#include <stdio.h>

#include "audit/parts.h"
#include "diag/blocks.h"
#include "netcfg/kill.h"

void blocks_read(struct blocks *blocks, const char *own)
{
	struct rt_list *list = &blocks->list;
	size_t i, n = 0;

	if (rt_dump(list, RT_BLACKHOLE))
		return;
	for (i = 0; i < list->n; i++)
		if (kill_made(&list->items[i], NULL) && !kill_made(&list->items[i], own))
			list->items[n++] = list->items[i];
	list->n = n;
}

bool blocks_report(const struct blocks *blocks, struct facts *facts, const struct peer *peer,
		   const struct allowed_ip *to)
{
	char net[PREFIX_TEXT_LEN], name[IFNAMSIZ] = "NAME", label[PEER_LABEL_LEN];
	const struct rt_item *block = NULL;
	struct finding *finding;
	bool usual, known;
	size_t i;

	for (i = 0; i < blocks->list.n && !block; i++)
		if (prefix_contains(&blocks->list.items[i].net, to))
			block = &blocks->list.items[i];
	if (!block)
		return false;
	known = audit_kill_owner(block, name, &usual);
	finding = finding_add(facts->found, "kill-switch", SEVERITY_ERROR, peer);
	finding_text(finding, "%s is blocked by %s%s, which is down and has Kill = yes, and peer %s needs it",
		     prefix_text(net, &block->net), known ? "the interface " : "another interface",
		     known ? name : "", peer_label(label, peer));
	finding_command(finding, "naawg-quick up %s, or naawg-quick down --lift %s", name, name);
	return true;
}

void blocks_destroy(struct blocks *blocks)
{
	rt_list_destroy(&blocks->list);
}
