// SPDX-License-Identifier: GPL-2.0
/*
 * Finds networks blocked by another tunnel that is down and has "Kill = yes".
 *
 * If that tunnel is for all addresses, it blocks two halves in the main table. These are
 * more specific than any default route. They drop the packets of this tunnel if it is
 * for all addresses too, and packets to an endpoint that only a default route leads to.
 * This is a warning only, as the other tunnel may come up next.
 */

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/parts.h"
#include "netcfg/kill.h"
#include "netcfg/netcfg.h"
#include "netcfg/rt_way.h"
#include "netcfg/state.h"

/* Finds a file of @dir whose name, without @before and @after, is that of the link. */
static bool look_in(const char *dir, const char *before, const char *after,
		    const struct rt_item *block, char name[static IFNAMSIZ])
{
	size_t start = strlen(before), end = strlen(after), len;
	struct dirent *entry;
	bool found = false;
	DIR *in = opendir(dir);

	while (in && !found && (entry = readdir(in))) {
		len = strlen(entry->d_name);
		if (len <= start + end || len - start - end >= IFNAMSIZ ||
		    strncmp(entry->d_name, before, start) ||
		    strcmp(entry->d_name + len - end, after))
			continue;
		snprintf(name, IFNAMSIZ, "%.*s", (int)(len - start - end),
			 entry->d_name + start);
		found = kill_made(block, name);
	}
	if (in)
		closedir(in);
	return found;
}

/* A route has no room for the name of its link, so try names that occur on this host. */
bool audit_kill_owner(const struct rt_item *block, char name[static IFNAMSIZ], bool *usual)
{
	char before[32];
	struct stat st;

	*usual = look_in(CONF_DIR, "", ".conf", block, name);
	if (*usual)
		return true;
	/* The file may be elsewhere, but each up leaves a lock file here. */
	if (stat("/proc/self/ns/net", &st))
		return false;
	snprintf(before, sizeof(before), "%lu-", (unsigned long)st.st_ino);
	return look_in(STATE_DIR, before, ".lock", block, name);
}

static void say(struct audit *audit, const struct peer *peer, const struct rt_item *block,
		const char *what)
{
	char net[PREFIX_TEXT_LEN], name[IFNAMSIZ], table[32] = "";
	char file[IFNAMSIZ + sizeof("DIRECTORY/.conf")];
	bool usual;

	prefix_text(net, &block->net);
	if (audit_kill_owner(block, name, &usual)) {
		snprintf(file, sizeof(file), usual ? "%s" : "DIRECTORY/%s.conf", name);
		audit_warning(audit, peer->line,
			      "%s is blocked by the interface %s, which is not up and has Kill = yes (blackhole %s). `naawg-quick up %s' unblocks it, and so does `naawg-quick down --lift %s'",
			      what, name, net, file, file);
		return;
	}
	if (block->table != TABLE_MAIN)
		snprintf(table, sizeof(table), " table %u", block->table);
	audit_warning(audit, peer->line,
		      "%s is blocked by an interface that is not up and has Kill = yes. Its name is not known here; `ip %sroute del blackhole %s metric %u%s' removes the route",
		      what, block->net.family == AF_INET6 ? "-6 " : "", net, block->priority,
		      table);
}

/* A blackhole is in force if the link has no route that is preferred to it. */
static bool in_force(const struct rt_item *block, const struct rt_list *routes)
{
	size_t i;

	for (i = 0; i < routes->n; i++)
		if (routes->items[i].table == block->table &&
		    allowed_ip_equal(&routes->items[i].net, &block->net))
			return false;
	return true;
}

/* Keeps only the blackholes of other links that are in force. */
static int others(struct rt_list *blocks, const char *own)
{
	struct rt_list routes = { 0 };
	int ret = rt_dump(blocks, RT_BLACKHOLE);
	size_t i, n = 0;

	if (!ret)
		ret = rt_dump(&routes, RT_ROUTE);
	for (i = 0; i < blocks->n; i++)
		if (kill_made(&blocks->items[i], NULL) && !kill_made(&blocks->items[i], own) &&
		    in_force(&blocks->items[i], &routes))
			blocks->items[n++] = blocks->items[i];
	blocks->n = n;
	rt_list_destroy(&routes);
	return ret;
}

/* A blackhole for half of the addresses of the family, or NULL. */
static const struct rt_item *half(const struct rt_list *blocks, uint16_t family)
{
	size_t i;

	for (i = 0; i < blocks->n; i++)
		if (blocks->items[i].table == TABLE_MAIN &&
		    blocks->items[i].net.family == family &&
		    blocks->items[i].net.prefix_len == 1)
			return &blocks->items[i];
	return NULL;
}

static const struct rt_item *around(const struct rt_list *blocks, const struct allowed_ip *to)
{
	size_t i;

	for (i = 0; i < blocks->n; i++)
		if (prefix_contains(&blocks->items[i].net, to))
			return &blocks->items[i];
	return NULL;
}

/* Only the kernel knows which route a packet takes. */
static void endpoint(struct audit *audit, const struct rt_list *blocks,
		     const struct peer *peer)
{
	char what[sizeof("the endpoint ") + ADDRESS_TEXT_LEN], text[ADDRESS_TEXT_LEN];
	const struct rt_item *block;
	struct allowed_ip to = { .family = peer->endpoint.addr.sa_family };
	bool local;

	if (!(peer->bits & PEER_HAS_ENDPOINT))
		return;
	to.prefix_len = prefix_max(&to);
	if (to.family == AF_INET)
		to.ip4 = peer->endpoint.addr4.sin_addr;
	else
		to.ip6 = peer->endpoint.addr6.sin6_addr;
	block = around(blocks, &to);
	if (!block || !rt_way(&to, 0, &local))
		return;
	snprintf(what, sizeof(what), "the endpoint %s", address_text(text, &to));
	say(audit, peer, block, what);
}

static void peer(struct audit *audit, const struct rt_list *blocks, const struct quick *quick,
		 const struct peer *peer)
{
	const struct rt_item *block = NULL;
	size_t i;

	for (i = 0; quick->table_kind == TABLE_AUTO && i < peer->n_ips && !block; i++)
		if (!peer->ips[i].prefix_len)
			block = half(blocks, peer->ips[i].family);
	if (block)
		say(audit, peer, block, "the default route of this tunnel");
	else
		endpoint(audit, blocks, peer);
}

void audit_kill(struct audit *audit, const struct device *dev, const struct quick *quick)
{
	struct rt_list blocks = { 0 };
	size_t i;

	if (!others(&blocks, dev->name) && blocks.n)
		for (i = 0; i < dev->n_peers; i++)
			peer(audit, &blocks, quick, &dev->peers[i]);
	rt_list_destroy(&blocks);
}
