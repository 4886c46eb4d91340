// SPDX-License-Identifier: GPL-2.0
/* Guards the addresses of a tunnel with an nft table, and sets src_valid_mark. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nl_links.h"
#include "lib/prog.h"
#include "lib/spawn.h"
#include "netcfg/leak_guard.h"
#include "netcfg/sysctl.h"

#define TABLE_TEXT_LEN	(sizeof("naawg_") + 3 * IFNAMSIZ)

/* Whether an interface has a strict reverse path filter. */
static bool strict_somewhere(void)
{
	struct link_list links;
	char path[128];
	bool strict = sysctl_read("/proc/sys/net/ipv4/conf/all/rp_filter") == 1;
	size_t i;

	if (strict || nl_list_links(&links, false))
		return strict;
	for (i = 0; i < links.n && !strict; i++) {
		snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/rp_filter",
			 links.links[i].name);
		strict = sysctl_read(path) == 1;
	}
	link_list_destroy(&links);
	/* The larger value of "all" and the interface counts, and 2 is not strict. */
	return strict && sysctl_read("/proc/sys/net/ipv4/conf/all/rp_filter") != 2;
}

static int nft(const char *script)
{
	return spawn((char *[]){ "nft", "-f", "-", NULL }, script);
}

/*
 * Each link has its own table, as an IPv4 and an IPv6 tunnel may have the same fwmark. The
 * name is escaped: names of links may have characters that names of tables may not.
 */
static const char *table_of(char text[TABLE_TEXT_LEN], const char *name)
{
	char *to = text + sprintf(text, "naawg_");

	for (; *name; name++)
		to += sprintf(to, isalnum((unsigned char)*name) || strchr("_.-", *name) ?
			      "%c" : "/%02x", *name);
	return text;
}

static char *leak_guard_script(const char *name, uint32_t mark, const struct quick *quick)
{
	char text[ADDRESS_TEXT_LEN], table[TABLE_TEXT_LEN], *script = NULL;
	size_t size, i;
	FILE *out = open_memstream(&script, &size);

	if (!out)
		return NULL;
	table_of(table, name);
	fprintf(out, "table inet %s\ndelete table inet %s\ntable inet %s {\n", table, table, table);
	/*
	 * Drop packets from other links to addresses of the tunnel. If the other link has
	 * such an address itself, accept them.
	 */
	fputs("chain spoofed { type filter hook prerouting priority raw; policy accept;\n", out);
	for (i = 0; i < quick->addresses.n; i++)
		fprintf(out, "iifname != \"%s\" %s daddr %s fib daddr . iif type != local fib saddr type != local drop\n", name,
			quick->addresses.list[i].family == AF_INET ? "ip" : "ip6",
			address_text(text, &quick->addresses.list[i]));
	/* Restore the fwmark on answers to outer packets, for the reverse path filter. */
	fprintf(out, "}\nchain remember { type filter hook postrouting priority mangle; policy accept;\n"
		"meta l4proto udp meta mark %u ct mark set meta mark\n}\n"
		"chain recall { type filter hook prerouting priority mangle; policy accept;\n"
		"meta l4proto udp ct mark %u meta mark set ct mark\n}\n}\n", mark, mark);
	fclose(out);
	return script;
}

void leak_guard_add(const char *name, uint32_t mark, const struct quick *quick)
{
	static const char valid[] = "/proc/sys/net/ipv4/conf/all/src_valid_mark";
	char *script;
	bool done = false;

	if (!sysctl_read(valid) && !sysctl_write(valid, "1") && strict_somewhere())
		fprintf(stderr, "%s: warning: net.ipv4.conf.all.src_valid_mark cannot be set, and a strict rp_filter may drop answers. Set it on the host (compose: sysctls), or set rp_filter to 2\n",
			prog_name);
	script = spawn_finds("nft") ? leak_guard_script(name, mark, quick) : NULL;
	if (script) {
		done = !nft(script);
		free(script);
	}
	if (!done)
		fprintf(stderr, "%s: warning: without nft, the addresses of %s are not guarded against packets from other interfaces%s\n",
			prog_name, name, strict_somewhere() ?
			", and a strict rp_filter will drop answers: set it to 2" : "");
}

void leak_guard_remove(const char *name)
{
	char script[192], table[TABLE_TEXT_LEN];

	if (!spawn_finds("nft"))
		return;
	table_of(table, name);
	snprintf(script, sizeof(script), "table inet %s\ndelete table inet %s\n", table, table);
	nft(script);
}
