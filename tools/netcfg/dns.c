// SPDX-License-Identifier: GPL-2.0
/* Passes the name servers of a tunnel to the program that manages them on this host. */

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/prog.h"
#include "lib/spawn.h"
#include "lib/text.h"
#include "netcfg/dns.h"
#include "netcfg/netcfg.h"
#include "netcfg/state.h"

#define RECORD_LEN	(2 * IFNAMSIZ + 2)

/* The resolvconf of systemd is resolvectl, and takes only names of links. */
static bool is_systemds(void)
{
	char path[SPAWN_PATH_LEN], real[PATH_MAX];
	const char *slash;

	if (!spawn_find("resolvconf", path) || !realpath(path, real))
		return false;
	slash = strrchr(real, '/');
	return slash && !strcmp(slash + 1, "resolvectl");
}

/* Whether this is a line like "tun*" of interface-order(5). */
static bool is_kind(char *line)
{
	size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	if (!len || len >= IFNAMSIZ || line[len] != '*' || !strchr("\r\n", line[len + 1]))
		return false;
	line[len] = '\0';
	return true;
}

/*
 * Debian's resolvconf ranks a record like "tun.wg0" by the part before the dot, if its
 * list has that part. The list may remain after systemd's resolvconf replaced Debian's.
 */
static void record(char text[static RECORD_LEN], const char *name)
{
	FILE *in = is_systemds() ? NULL : fopen("/etc/resolvconf/interface-order", "r");
	bool ranked = false;
	char line[256];

	while (in && !ranked && fgets(line, sizeof(line), in))
		ranked = is_kind(line);
	if (in)
		fclose(in);
	snprintf(text, RECORD_LEN, "%.*s%s%s", ranked ? IFNAMSIZ : 0, ranked ? line : "",
		 ranked ? "." : "", name);
}

/*
 * Whether only some names go to the servers of the tunnel. Only systemd-resolved can do
 * that. With a default route, all names go to the servers of the tunnel.
 */
static bool is_split(const struct device *dev, const struct quick *quick)
{
	bool some = false;
	size_t i;

	for (i = 0; i < quick->search.n; i++)
		some |= quick->search.list[i][0] == '~' && quick->search.list[i][1] != '.';
	return some && !netcfg_needs_fwmark(dev, quick);
}

/* Other programs would write a routing domain into resolv.conf, as a search domain. */
static void search(FILE *out, const struct words *words, bool systemds)
{
	const char *before = "search ";
	bool some = false;
	size_t i;

	for (i = 0; i < words->n; i++) {
		if (words->list[i][0] == '~' && !systemds) {
			fprintf(stderr, "%s: warning: DNS: %s is left out, as only systemd-resolved has routing domains. All names go to the servers of the tunnel\n",
				prog_name, text_shown(words->list[i]));
			continue;
		}
		fprintf(out, "%s%s", before, words->list[i]);
		before = " ";
		some = true;
	}
	if (some)
		putc('\n', out);
}

static bool by_resolvconf(const char *name, const struct quick *quick, bool split)
{
	bool systemds = is_systemds(), all = !split || !systemds;
	char who[RECORD_LEN], *input = NULL;
	size_t size, i;
	FILE *out = open_memstream(&input, &size);
	int ret;

	if (!out)
		return false;
	for (i = 0; i < quick->dns.n; i++)
		fprintf(out, "nameserver %s\n", quick->dns.list[i]);
	search(out, &quick->search, systemds);
	fclose(out);
	record(who, name);
	ret = spawn((char *[]){ "resolvconf", "-a", who, "-m", "0", all ? "-x" : NULL,
				NULL }, input);
	free(input);
	return !ret;
}

static bool resolvectl(const char *verb, const char *name, const struct words *words,
		       char *more)
{
	char **argv = calloc(words->n + 5, sizeof(*argv));
	int ret;

	if (!argv)
		return false;
	argv[0] = "resolvectl";
	argv[1] = (char *)verb;
	argv[2] = (char *)name;
	if (words->n)
		memcpy(argv + 3, words->list, words->n * sizeof(*argv));
	argv[3 + words->n] = more;
	ret = spawn(argv, NULL);
	free(argv);
	return !ret;
}

static bool resolved_runs(void)
{
	return !access("/run/systemd/resolve", F_OK) && spawn_finds("resolvectl");
}

bool dns_set(const struct device *dev, const struct quick *quick)
{
	bool ok = true, split = is_split(dev, quick);
	const char *name = dev->name;

	if (!quick->dns.n && !quick->search.n)
		return true;
	state_dns(name, true);
	if (spawn_finds("resolvconf")) {
		ok = by_resolvconf(name, quick, split);
	} else if (resolved_runs()) {
		/*
		 * An empty word removes the present servers, for reload. The routing
		 * domain "~." keeps names from the servers of other links.
		 */
		ok = resolvectl("dns", name, &quick->dns, quick->dns.n ? NULL : "") &&
		     resolvectl("domain", name, &quick->search,
				quick->dns.n && !split ? "~." : NULL);
	} else {
		fprintf(stderr, "%s: warning: DNS is not set: there is neither resolvconf nor systemd-resolved. Install one (apt-get install openresolv); until then names are resolved outside the tunnel\n",
			prog_name);
	}
	if (!ok)
		fprintf(stderr, "%s: DNS could not be set\n", prog_name);
	return ok;
}

static void unset(const char *name)
{
	char who[RECORD_LEN];

	record(who, name);
	spawn((char *[]){ "resolvconf", "-d", who, "-f", NULL }, NULL);
}

/* systemd-resolved removes the servers of a deleted link itself. */
bool dns_unset(const char *name, bool stays)
{
	/* Without this file, only a hook may have set servers. */
	if (!state_dns(name, false))
		return false;
	if (spawn_finds("resolvconf"))
		unset(name);
	else if (stays && resolved_runs())
		spawn((char *[]){ "resolvectl", "revert", (char *)name, NULL }, NULL);
	return true;
}

void dns_forget(const char *name)
{
	if (spawn_finds("resolvconf"))
		unset(name);
}
