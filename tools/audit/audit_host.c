// SPDX-License-Identifier: GPL-2.0
/* Finds contradictions to the present links and addresses of this host. */

#include <string.h>

#include "audit/parts.h"
#include "lib/nl_links.h"
#include "netcfg/rt.h"

/* Tunnels may share a network. A link that was not found counts as a tunnel. */
static bool is_tunnel(const struct link_list *links, int index, const char **name)
{
	size_t i;

	for (i = 0; i < links->n; i++) {
		if (links->links[i].index != index)
			continue;
		*name = links->links[i].name;
		return !strcmp(links->links[i].kind, NAAWG_FAMILY_NAME) ||
		       !strcmp(links->links[i].kind, "wireguard");
	}
	return true;
}

/*
 * For IPv4 either route may win; for IPv6 the metric decides. With Table = off the user
 * decides about routes.
 */
static void address(struct audit *audit, const struct quick *quick, size_t i,
		    const struct rt_item *theirs, const char *name)
{
	static const char either[] = "the network %s of the tunnel overlaps %s of %s: packets would take either way. Give the tunnel another network";
	const struct allowed_ip *ours = &quick->addresses.list[i];
	struct allowed_ip net = prefix_masked(ours);
	char a[PREFIX_TEXT_LEN], b[PREFIX_TEXT_LEN];

	if (ours->prefix_len == prefix_max(ours) || !prefix_overlaps(ours, &theirs->net))
		return;
	/* Every link has its own fe80::/64. */
	if (ours->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&ours->ip6))
		return;
	prefix_text(a, &net);
	prefix_text(b, &theirs->net);
	if (ours->family == AF_INET && quick->table_kind != TABLE_OFF)
		audit_error(audit, quick->address_lines[i], either, a, b, name);
	else if (ours->family == AF_INET)
		audit_warning(audit, quick->address_lines[i], either, a, b, name);
	else
		audit_warning(audit, quick->address_lines[i],
			      "the network %s of the tunnel overlaps %s of %s: packets may leave through %s, unencrypted. Give the tunnel another network",
			      a, b, name, name);
}

/* The kernel refuses such an IPv4 route; it takes an IPv6 one and prefers the other. */
static void allowed_ips(struct audit *audit, const struct peer *peer,
			const struct rt_item *theirs, const char *name)
{
	struct allowed_ip net, has = prefix_masked(&theirs->net);
	char text[PREFIX_TEXT_LEN];
	size_t i;

	if (has.family != AF_INET6 || has.prefix_len == prefix_max(&has) ||
	    IN6_IS_ADDR_LINKLOCAL(&has.ip6))
		return;
	for (i = 0; i < peer->n_ips; i++) {
		net = prefix_masked(&peer->ips[i]);
		if (!prefix_order(&net, &has))
			audit_warning(audit, peer->line,
				      "allowed IP %s is also the network of %s: packets leave through %s, unencrypted",
				      prefix_text(text, &net), name, name);
	}
}

static void compare(struct audit *audit, const struct device *dev, const struct quick *quick,
		    const struct rt_item *theirs, const char *name)
{
	size_t i;

	for (i = 0; i < quick->addresses.n; i++)
		address(audit, quick, i, theirs, name);
	for (i = 0; quick->table_kind != TABLE_OFF && i < dev->n_peers; i++)
		allowed_ips(audit, &dev->peers[i], theirs, name);
}

void audit_host(struct audit *audit, const struct device *dev, const struct quick *quick)
{
	struct rt_list all = { 0 };
	struct link_list links;
	const char *name = "";
	size_t i;

	if (nl_list_links(&links, false))
		return;
	if (!rt_dump(&all, RT_ADDRESS))
		for (i = 0; i < all.n; i++)
			if (all.items[i].index != audit->index &&
			    !is_tunnel(&links, all.items[i].index, &name))
				compare(audit, dev, quick, &all.items[i], name);
	rt_list_destroy(&all);
	link_list_destroy(&links);
}
