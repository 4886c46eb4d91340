// SPDX-License-Identifier: GPL-2.0
/* Diagnoses the name servers of this host, which the tunnel may lead to. */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag/connect.h"
#include "diag/parts.h"
#include "netcfg/rt_way.h"

#define SERVERS_MAX	3		/* the C library uses no more */
#define DNS_PORT	53
#define ANSWER_MS	1500

/* The name server of Docker knows the containers of the same network only. */
static bool is_of_docker(const struct allowed_ip *ip)
{
	return ip->family == AF_INET && ip->ip4.s_addr == htonl(0x7f00000b);
}

static size_t read_servers(struct allowed_ip servers[static SERVERS_MAX])
{
	FILE *in = fopen("/etc/resolv.conf", "re");
	char line[256], text[64];
	size_t n = 0;

	while (in && n < SERVERS_MAX && fgets(line, sizeof(line), in)) {
		if (sscanf(line, " nameserver %63s", text) != 1)
			continue;
		text[strcspn(text, "%")] = '\0';
		if (prefix_parse(&servers[n], text))
			n++;
	}
	if (in)
		fclose(in);
	return n;
}

/*
 * Whether the peer that has this address among its allowed IPs answers. The first question
 * to a name server makes the session that an idle peer lacks.
 */
static bool is_up(const struct facts *facts, const struct allowed_ip *to)
{
	const struct peer *conf;
	enum peer_state state;
	bool any = false;
	size_t i, k;

	for (i = 0; i < facts->dev.n_peers; i++) {
		state = facts_state(&facts->dev.peers[i]);
		if (state != STATE_WELL && state != STATE_QUIET)
			continue;
		any = true;
		conf = facts_conf(facts, &facts->dev.peers[i]);
		for (k = 0; conf && k < conf->n_ips; k++)
			if (prefix_contains(&conf->ips[k], to))
				return true;
	}
	return any && !facts->has_conf;
}

static void through_tunnel(struct facts *facts, const char *server)
{
	struct finding *finding;

	finding = finding_add(facts->found, "name-server", SEVERITY_ERROR, NULL);
	finding_text(finding, "the name server %s is reached through %s, and no peer that answers has its address: names do not resolve",
		     server, facts->name);
	finding_command(finding, "naawg check %s --wait 30; or another name server in /etc/resolv.conf",
			facts->name);
}

static void silent(struct facts *facts, const struct allowed_ip *ip, const char *server,
		   int error)
{
	struct finding *finding;

	finding = finding_add(facts->found, "name-server", SEVERITY_WARNING, NULL);
	finding_text(finding, "the name server %s does not answer (%s)%s", server,
		     strerror(-error), is_of_docker(ip) ?
		     "; it is that of Docker, and knows containers of the same network only" : "");
	finding_command(finding, "another name server in /etc/resolv.conf, or addresses in place of names");
}

static union endpoint port_of(const struct allowed_ip *ip)
{
	union endpoint to = { .addr.sa_family = ip->family };

	if (ip->family == AF_INET)
		to.addr4.sin_addr = ip->ip4;
	else
		to.addr6.sin6_addr = ip->ip6;
	to.addr4.sin_port = htons(DNS_PORT);
	return to;
}

static void look(struct facts *facts, const struct allowed_ip *ip)
{
	union endpoint to = port_of(ip);
	char text[ADDRESS_TEXT_LEN];
	struct rt_way way;
	int error;

	address_text(text, ip);
	error = rt_way_find(&way, ip, 0, 0);
	if (!error && way.index == facts->link->index && !way.local && !is_up(facts, ip)) {
		through_tunnel(facts, text);
		return;
	}
	if (!facts->probe)
		return;
	error = connect_ask_name_server(&to, ANSWER_MS);
	if (error)
		silent(facts, ip, text, error);
}

void diag_names(struct facts *facts)
{
	struct allowed_ip servers[SERVERS_MAX] = { 0 };
	size_t n = read_servers(servers), i;

	for (i = 0; i < n; i++)
		look(facts, &servers[i]);
}
