// SPDX-License-Identifier: GPL-2.0
/*
 * Diagnoses rules of this host's firewall that dropped packets of the tunnel.
 *
 * Only a rule with a counter tells that it dropped anything, so others are not guessed at.
 * The rules of iptables are in the same list, and always have a counter.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag/parts.h"
#include "lib/spawn.h"

#define LINES_MAX	65536

struct rule {
	char table[64];			/* "inet filter" */
	char chain[64];
	char line[512];
};

/* Whether the ports behind "dport", a number, a range or a set, have this one. */
static bool has_port(const char *line, const char *word, uint16_t port)
{
	const char *p = strstr(line, word);
	unsigned long first, last;
	char *end;

	if (p && !strncmp(p + strlen(word), "!=", 2))
		return false;
	for (p = p ? p + strlen(word) : ""; *p && !isalpha((unsigned char)*p); p++) {
		if (!isdigit((unsigned char)*p))
			continue;
		first = last = strtoul(p, &end, 10);
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (port >= first && port <= last)
			return true;
		p = end - 1;
	}
	return false;
}

/* Whether the rule is for packets inside of the tunnel. */
static bool has_link(const char *line, const char *name)
{
	char in[IFNAMSIZ + 16], out[IFNAMSIZ + 16];

	snprintf(in, sizeof(in), "iifname \"%s\"", name);
	snprintf(out, sizeof(out), "oifname \"%s\"", name);
	return strstr(line, in) || strstr(line, out);
}

/* Whether a statement of the rule is this word, which a comment may hold as well. */
static bool has_verdict(const char *line, const char *word)
{
	const char *p, *last = NULL;
	bool quoted = false;

	for (p = line; *p && *p != '#'; p++) {
		if (*p == '"')
			quoted = !quoted;
		if (quoted || !isspace((unsigned char)*p))
			continue;
		if (!strncmp(p + 1, word, strlen(word)) &&
		    strchr(" \t#", p[1 + strlen(word)]))
			last = p;
	}
	/* a chain may have the name of a verdict */
	return last && !(last - line >= 4 && (!strncmp(last - 4, "jump", 4) ||
					      !strncmp(last - 4, "goto", 4)));
}

/* The packets that a rule dropped; 0: it drops none, or does not count. */
static unsigned long dropped(const char *line)
{
	const char *counter = strstr(line, "counter packets ");
	unsigned long n = counter ? strtoul(counter + strlen("counter packets "), NULL, 10) : 0;

	return has_verdict(line, "drop") || has_verdict(line, "reject") ? n : 0;
}

/* Such a rule may be right for the packets that it dropped. */
static bool is_selective(const char *line)
{
	return strstr(line, "addr ") || strstr(line, "limit ") || strstr(line, " meter ") ||
	       strstr(line, "ct ") || strstr(line, "quota ") || strstr(line, "iif") ||
	       strstr(line, "oif") || strchr(line, '@') || strstr(line, "!=");
}

static void report(struct facts *facts, const struct rule *rule, unsigned long packets,
		   bool inner)
{
	char text[256];
	struct finding *finding;
	int len = strcspn(rule->line, "#");

	while (len && isspace((unsigned char)rule->line[len - 1]))
		len--;
	snprintf(text, sizeof(text), "%.*s", len, rule->line);
	finding = finding_add(facts->found, "firewall-here",
			      is_selective(rule->line) || inner ? SEVERITY_WARNING :
			      SEVERITY_ERROR, NULL);
	finding_text(finding, "a firewall rule of this host dropped %lu packets %s: %s", packets,
		     inner ? "in the tunnel" : "of the tunnel", text);
	/* The rule may be deliberate, so the command only shows where it stands. */
	finding_command(finding, "nft -a list chain %s %s, and let %s pass before that rule",
			rule->table, rule->chain,
			inner ? "the packets that you miss" : "UDP packets of this port");
}

static bool is_ours(const struct facts *facts, const char *line)
{
	const struct peer *peer;
	size_t i;

	if (!strstr(line, "udp "))
		return false;
	if (has_port(line, "dport ", facts->dev.listen_port))
		return true;
	for (i = 0; i < facts->conf.n_peers; i++) {
		peer = &facts->conf.peers[i];
		if (peer->bits & PEER_HAS_ENDPOINT &&
		    has_port(line, "dport ", ntohs(peer->endpoint.addr4.sin_port)))
			return true;
	}
	return false;
}

static void look(struct facts *facts, struct rule *rule)
{
	char *line = rule->line + strspn(rule->line, " \t");
	unsigned long packets;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "table %63[^{]", rule->table) == 1 ||
	    sscanf(line, "chain %63s", rule->chain) == 1)
		return;
	memmove(rule->line, line, strlen(line) + 1);
	packets = dropped(rule->line);
	if (packets && has_link(rule->line, facts->name))
		report(facts, rule, packets, true);
	else if (packets && is_ours(facts, rule->line))
		report(facts, rule, packets, false);
}

/* A firewall does not matter to peers that have a session, or want none. */
static bool is_wanted(const struct facts *facts)
{
	const struct peer *peer;
	size_t i;

	for (i = 0; i < facts->dev.n_peers; i++) {
		peer = &facts->dev.peers[i];
		if (facts_state(peer) != STATE_WELL &&
		    (facts_state(peer) != STATE_QUIET || !peer->last_handshake))
			return true;
	}
	return findings_have(facts->found, "no-data-back");
}

void diag_firewall(struct facts *facts)
{
	char path[SPAWN_PATH_LEN], command[SPAWN_PATH_LEN + 64];
	struct rule rule = { 0 };
	unsigned int lines = 0;
	FILE *in;

	if (!facts->has_conf) {
		findings_unseen(facts->found, "firewall rules");
		return;
	}
	if (!is_wanted(facts) || !spawn_find("nft", path))
		return;
	snprintf(command, sizeof(command), "%s -a -n list ruleset 2>/dev/null", path);
	in = popen(command, "re");
	while (in && lines++ < LINES_MAX && fgets(rule.line, sizeof(rule.line), in))
		look(facts, &rule);
	if (in)
		pclose(in);
}
