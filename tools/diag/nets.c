// SPDX-License-Identifier: GPL-2.0
/* Diagnoses the addresses of an interface, and networks that two interfaces have. */

#include <string.h>

#include "diag/parts.h"
#include "netcfg/state.h"

static bool is_link_local(const struct allowed_ip *ip)
{
	return ip->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&ip->ip6);
}

/* Tunnels may share a network. Addresses of lo have no network. */
static const struct link_name *no_tunnel(const struct facts *facts, int index)
{
	const struct link_name *link;
	size_t i;

	for (i = 0; i < facts->links.n; i++) {
		link = &facts->links.links[i];
		if (link->index == index)
			return strcmp(link->kind, NAAWG_FAMILY_NAME) &&
			       strcmp(link->kind, "wireguard") &&
			       !(link->flags & IFF_LOOPBACK) ? link : NULL;
	}
	return NULL;
}

static void overlap(struct facts *facts, const struct allowed_ip *ours,
		    const struct allowed_ip *theirs, const struct link_name *link)
{
	struct allowed_ip net = prefix_masked(ours), other = prefix_masked(theirs);
	char a[PREFIX_TEXT_LEN], b[PREFIX_TEXT_LEN];
	struct finding *finding;

	finding = finding_add(facts->found, "overlap", SEVERITY_ERROR, NULL);
	finding_text(finding, "the network %s of the tunnel overlaps %s of %s, so packets take either way",
		     prefix_text(a, &net), prefix_text(b, &other), link->name);
	finding_command(finding, "ip address del %s dev %s, and give the tunnel another network on all its hosts",
			prefix_text(a, ours), facts->name);
}

static void compare(struct facts *facts, const struct rt_item *ours)
{
	const struct rt_item *item;
	const struct link_name *link;
	size_t i;

	if (is_link_local(&ours->net) || ours->net.prefix_len == prefix_max(&ours->net))
		return;
	for (i = 0; i < facts->addresses.n; i++) {
		item = &facts->addresses.items[i];
		link = no_tunnel(facts, item->index);
		if (link && prefix_overlaps(&ours->net, &item->net)) {
			overlap(facts, &ours->net, &item->net, link);
			return;
		}
	}
}

void diag_nets(struct facts *facts)
{
	enum severity severity = state_says_off(facts->name) ? SEVERITY_WARNING : SEVERITY_ERROR;
	struct finding *finding;
	bool any = false;
	size_t i;

	for (i = 0; i < facts->addresses.n; i++) {
		if (facts->addresses.items[i].index != facts->link->index)
			continue;
		compare(facts, &facts->addresses.items[i]);
		any = any || !is_link_local(&facts->addresses.items[i].net);
	}
	if (any)
		return;
	finding = finding_add(facts->found, "no-address", severity, NULL);
	finding_text(finding, "the interface %s has no address, so this host can neither send nor receive through it",
		     facts->name);
	finding_command(finding, "ip address add ADDRESS/BITS dev %s", facts->name);
}
