// SPDX-License-Identifier: GPL-2.0
/*
 * Finds peers with an address of this host.
 *
 * The kernel looks into the local table before any other, so it never sends a packet to
 * such an address into a tunnel. This host would answer pings to the peer itself.
 *
 * Only whole addresses are compared: most tunnels have a network around an address of
 * this host.
 */

#include <stdlib.h>
#include <string.h>

#include "audit/local.h"
#include "audit/parts.h"
#include "lib/format.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "netcfg/rt.h"
#include "netcfg/state.h"

#define TABLE_LOCAL	255

/* Findings go into an audit, or to @out. */
struct local {
	struct audit *audit;
	const char *link;
	FILE *out;
	/* Whether to report a peer; NULL: report all. */
	bool (*asked)(const void *arg, const struct peer *peer);
	const void *arg;
	int index;			/* index of the peers' link; 0: there is no link yet */
	bool warn;
	unsigned int n;
};

/* @line 0: the peer is in another file. */
static void report(struct local *local, const struct peer *peer, unsigned int line,
		   const struct allowed_ip *ip, const char *what)
{
	static const char format[] = "allowed IP %s of peer %s is %s: packets to it never enter the tunnel, but stay on this host unencrypted";
	char label[PEER_LABEL_LEN], text[PREFIX_TEXT_LEN];

	prefix_text(text, ip);
	peer_label(label, peer);
	local->n++;
	if (local->audit && local->warn) {
		audit_warning(local->audit, line, format, text, label, what);
	} else if (local->audit) {
		audit_error(local->audit, line, format, text, label, what);
	} else {
		fprintf(local->out, "%s: %s", local->link, local->warn ? "warning: " : "");
		fprintf(local->out, format, text, label, what);
		fputc('\n', local->out);
	}
}

static bool is_host(const struct allowed_ip *ip)
{
	return ip->prefix_len == prefix_max(ip);
}

static bool is_loopback(const struct allowed_ip *ip)
{
	struct allowed_ip net4 = { .family = AF_INET, .prefix_len = 8 };
	struct allowed_ip net6 = { .family = AF_INET6, .prefix_len = 128 };

	net4.ip4.s_addr = htonl(INADDR_LOOPBACK);
	net6.ip6 = in6addr_loopback;
	return prefix_contains(ip->family == AF_INET ? &net4 : &net6, ip);
}

/* Each link has its own link-local addresses, and packets to them stay on the link. */
static bool is_link_local(const struct allowed_ip *ip)
{
	return ip->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&ip->ip6);
}

/* The entry of the local table for this address, or NULL. */
static const struct rt_item *local_entry(const struct local *local, const struct rt_list *all,
					 const struct allowed_ip *ip, int but)
{
	const struct rt_item *item;
	size_t i;

	for (i = 0; i < all->n; i++) {
		item = &all->items[i];
		if (is_link_local(ip) && item->index != local->index)
			continue;
		if (item->table == TABLE_LOCAL && item->index != but &&
		    prefix_contains(&item->net, ip))
			return item;
	}
	return NULL;
}

static bool is_own(const struct quick *quick, const struct allowed_ip *ip)
{
	size_t i;

	for (i = 0; i < quick->addresses.n; i++)
		if (prefix_same_bits(&quick->addresses.list[i], ip, prefix_max(ip)))
			return true;
	return false;
}

static void report_entry(struct local *local, const struct peer *peer,
			 const struct allowed_ip *ip, const struct rt_item *item)
{
	char what[IFNAMSIZ + 64], name[IFNAMSIZ];

	if (item->index && if_indextoname(item->index, name))
		snprintf(what, sizeof(what), "an address of this host (%s)", name);
	else
		strcpy(what, "an address of this host");
	report(local, peer, peer->line, ip, what);
}

/* Addresses of the link @but are skipped: the file has them itself. */
static void check_peers(struct local *local, const struct device *dev,
			const struct rt_list *all, int but)
{
	const struct allowed_ip *ip;
	const struct rt_item *item;
	const struct peer *peer;
	size_t i, k;

	for (i = 0; i < dev->n_peers; i++) {
		peer = &dev->peers[i];
		if (peer->bits & PEER_REMOVE ||
		    (local->asked && !local->asked(local->arg, peer)))
			continue;
		for (k = 0; k < peer->n_ips; k++) {
			ip = &peer->ips[k];
			if (ip->remove)
				continue;
			item = is_host(ip) ? local_entry(local, all, ip, but) : NULL;
			if (is_host(ip) && is_loopback(ip))
				report(local, peer, peer->line, ip, "a loopback address");
			else if (item)
				report_entry(local, peer, ip, item);
		}
	}
}

/* Finds our new addresses among the peers of another link, which would lose them. */
static void check_other_peers(struct local *local, const struct device *other,
			      const struct quick *quick)
{
	char what[sizeof("our Address, and a peer of the interface ") + IFNAMSIZ];
	const struct allowed_ip *ip;
	const struct peer *peer;
	size_t i, k;

	snprintf(what, sizeof(what), "our Address, and a peer of the interface %.15s",
		 other->name);
	for (i = 0; i < other->n_peers; i++) {
		peer = &other->peers[i];
		for (k = 0; k < peer->n_ips; k++) {
			ip = &peer->ips[k];
			if (is_host(ip) && !is_link_local(ip) && is_own(quick, ip))
				report(local, peer, 0, ip, what);
		}
	}
}

static void check_other_links(struct local *local, const struct quick *quick, int index)
{
	struct link_list links;
	struct device other;
	size_t i;

	if (nl_list_links(&links, true))
		return;
	for (i = 0; i < links.n; i++) {
		if (links.links[i].index == index ||
		    nl_get_device(links.links[i].name, &other))
			continue;
		state_names(&other);
		check_other_peers(local, &other, quick);
		device_destroy(&other);
	}
	link_list_destroy(&links);
}

void audit_local(struct audit *audit, const struct device *dev, const struct quick *quick)
{
	struct local local = {
		.audit = audit,
		.index = audit->index,
		.warn = quick->table_kind == TABLE_OFF,
	};
	struct rt_list all = { 0 };

	/* Loopback addresses are the same on every host; compare the others here only. */
	if (audit->live)
		rt_dump(&all, RT_LOCAL);
	check_peers(&local, dev, &all, audit->index);
	rt_list_destroy(&all);
	if (audit->live)
		check_other_links(&local, quick, audit->index);
}

unsigned int local_report(const char *name, FILE *out,
			  bool (*asked)(const void *arg, const struct peer *peer),
			  const void *arg)
{
	bool off = state_says_off(name);
	struct local local = {
		.link = name,
		.out = out,
		.asked = asked,
		.arg = arg,
		.index = if_nametoindex(name),
		.warn = off,
	};
	struct rt_list all = { 0 };
	struct device dev;

	if (nl_get_device(name, &dev))
		return 0;
	state_names(&dev);
	rt_dump(&all, RT_LOCAL);
	check_peers(&local, &dev, &all, 0);
	rt_list_destroy(&all);
	device_destroy(&dev);
	return off ? 0 : local.n;
}

void local_warn(const struct device *change)
{
	struct local local = {
		.link = change->name,
		.out = stderr,
		.index = if_nametoindex(change->name),
		.warn = true,
	};
	struct rt_list all = { 0 };

	rt_dump(&all, RT_LOCAL);
	check_peers(&local, change, &all, 0);
	rt_list_destroy(&all);
}
