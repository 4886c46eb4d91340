// SPDX-License-Identifier: GPL-2.0
/* Name servers of a tunnel, handed to whatever manages them here. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prog.h"
#include "quick/dns.h"
#include "quick/spawn.h"
#include "quick/state.h"

/* Debian's resolvconf ranks by the kind that stands before the dot. */
static void record(char text[static IFNAMSIZ + 8], const char *name)
{
	snprintf(text, IFNAMSIZ + 8, "%s%s",
		 access("/etc/resolvconf/interface-order", F_OK) ? "" : "tun.", name);
}

static bool by_resolvconf(const char *name, const struct quick *quick)
{
	char who[IFNAMSIZ + 8], *input = NULL;
	size_t size, i;
	FILE *out = open_memstream(&input, &size);
	int ret;

	if (!out)
		return false;
	for (i = 0; i < quick->dns.n; i++)
		fprintf(out, "nameserver %s\n", quick->dns.list[i]);
	for (i = 0; i < quick->search.n; i++)
		fprintf(out, "%s%s%s", i ? "" : "search ", quick->search.list[i],
			i + 1 < quick->search.n ? " " : "\n");
	fclose(out);
	record(who, name);
	ret = spawn((char *[]){ "resolvconf", "-a", who, "-m", "0", "-x", NULL }, input);
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

bool dns_set(const char *name, const struct quick *quick)
{
	bool ok = true;

	if (!quick->dns.n && !quick->search.n)
		return true;
	state_dns(name, true);
	if (spawn_finds("resolvconf")) {
		ok = by_resolvconf(name, quick);
	} else if (resolved_runs()) {
		/*
		 * An empty word takes away what a reload finds. The root as a domain:
		 * else other links' servers are asked as well.
		 */
		ok = resolvectl("dns", name, &quick->dns, quick->dns.n ? NULL : "") &&
		     resolvectl("domain", name, &quick->search, quick->dns.n ? "~." : NULL);
	} else {
		fprintf(stderr, "%s: warning: DNS is not set: there is neither resolvconf nor systemd-resolved. Install one (apt-get install openresolv), or names are asked for outside the tunnel\n",
			prog_name);
	}
	if (!ok)
		fprintf(stderr, "%s: DNS could not be set\n", prog_name);
	return ok;
}

/* systemd-resolved forgets a link that goes by itself. */
void dns_unset(const char *name, bool stays)
{
	char who[IFNAMSIZ + 8];

	/* A hook may have set servers of its own. */
	if (stays && !state_dns(name, false))
		return;
	record(who, name);
	if (spawn_finds("resolvconf"))
		spawn((char *[]){ "resolvconf", "-d", who, "-f", NULL }, NULL);
	else if (stays && resolved_runs())
		spawn((char *[]){ "resolvectl", "revert", (char *)name, NULL }, NULL);
}
