// SPDX-License-Identifier: GPL-2.0
/* Parses and prints port forwards. */

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/forward.h"
#include "lib/keys.h"
#include "lib/text.h"

/* Parses a text that is one port. */
static bool port(uint16_t *to, const char *text, FILE *err)
{
	unsigned long n = 0;
	const char *p;

	for (p = text; isdigit((unsigned char)*p) && n <= UINT16_MAX; p++)
		n = n * 10 + (*p - '0');
	if (p == text || *p || !n || n > UINT16_MAX) {
		fprintf(err, "Ports are from 1 to 65535, not `%s'\n", text_shown(text));
		return false;
	}
	*to = n;
	return true;
}

static bool ports(struct forward *forward, char *text, FILE *err)
{
	char *dash = strchr(text, '-');

	if (dash)
		*dash++ = '\0';
	if (!port(&forward->first, text, err) || !port(&forward->last, dash ? dash : text, err))
		return false;
	if (forward->last < forward->first) {
		fprintf(err, "The range %u-%u ends before it begins\n", forward->first, forward->last);
		return false;
	}
	return true;
}

static bool proto(struct forward *forward, const char *text, FILE *err)
{
	if (!strcasecmp(text, "tcp")) {
		forward->proto = IPPROTO_TCP;
	} else if (!strcasecmp(text, "udp")) {
		forward->proto = IPPROTO_UDP;
	} else {
		fprintf(err, "The protocol is tcp or udp, not `%s'\n", text_shown(text));
		return false;
	}
	return true;
}

/* Parses "", ADDRESS, ADDRESS:PORT, [ADDRESS], [ADDRESS]:PORT or :PORT. */
static bool destination(struct forward *forward, char *text, FILE *err)
{
	char *address = text, *to = NULL;
	struct in6_addr ip6;

	forward->to_port = forward->first;
	if (*text == '[') {
		address = text + 1;
		to = strchr(address, ']');
		if (!to || (to[1] && to[1] != ':')) {
			fprintf(err, "Unable to find the end of the address: `%s'\n",
				text_shown(text));
			return false;
		}
		*to++ = '\0';
		to = *to ? to + 1 : NULL;
	} else if (inet_pton(AF_INET6, text, &ip6) != 1) {
		to = strchr(text, ':');
		if (to)
			*to++ = '\0';
	}
	if (*address) {
		forward->address.family = strchr(address, ':') ? AF_INET6 : AF_INET;
		if (inet_pton(forward->address.family, address, &forward->address.ip6) != 1) {
			fprintf(err, "The destination is an IP address, not `%s'\n",
				text_shown(address));
			return false;
		}
	}
	if (to && !port(&forward->to_port, to, err))
		return false;
	if (forward->to_port + (forward->last - forward->first) > UINT16_MAX) {
		fprintf(err, "The range exceeds port 65535 at the destination\n");
		return false;
	}
	return true;
}

/* Parses PORT[-LAST]:PROTO[:DESTINATION]; @text is changed. */
static bool rule(struct forward *forward, char *text, FILE *err)
{
	char *rest = text, *first, *second;

	first = strsep(&rest, ":");
	second = strsep(&rest, ":");
	if (!second) {
		fprintf(err, "A forward is PORT:PROTO:ADDRESS, not `%s'\n", text_shown(text));
		return false;
	}
	return ports(forward, first, err) && proto(forward, second, err) &&
	       destination(forward, rest ? rest : second + strlen(second), err);
}

/* Hides a source that is long and no address, as it may be a part of a secret key. */
static const char *source_shown(const char *text)
{
	size_t len = strlen(text);

	if (len > 12 && strspn(text, "0123456789abcdefABCDEF.:/") < len)
		return "(hidden)";
	return text_shown(text);
}

static bool from(struct forward *forward, char *text, FILE *err)
{
	struct allowed_ip *source = &forward->from;
	const char *shown = source_shown(text);
	char *slash, *end;
	unsigned long bits;

	if (key_from_text(forward->from_peer, text)) {
		forward->bits |= FORWARD_FROM_PEER;
		return true;
	}
	slash = strchr(text, '/');
	if (slash)
		*slash++ = '\0';
	source->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	source->prefix_len = source->family == AF_INET ? 32 : 128;
	if (inet_pton(source->family, text, &source->ip6) != 1) {
		fprintf(err, "The source is a prefix or the public key of a peer, not `%s'\n",
			shown);
		return false;
	}
	if (slash) {
		bits = strtoul(slash, &end, 10);
		if (!isdigit((unsigned char)*slash) || *end || bits > source->prefix_len) {
			fprintf(err, "The source's prefix length is wrong: `%s'\n",
				shown == text ? slash : shown);
			return false;
		}
		source->prefix_len = bits;
	}
	if (forward->address.family && forward->address.family != source->family) {
		fputs("The source and the destination are of different address families\n", err);
		return false;
	}
	forward->bits |= FORWARD_FROM_PREFIX;
	return true;
}

static bool option_with(struct forward *forward, const char *name, char *value, FILE *err)
{
	if (!value) {
		fprintf(err, "`%s' needs a value\n", name);
		return false;
	}
	if (!strcmp(name, "from")) {
		if (forward->bits & (FORWARD_FROM_PEER | FORWARD_FROM_PREFIX)) {
			fputs("A forward has one source: a prefix or a peer\n", err);
			return false;
		}
		return from(forward, value, err);
	}
	if (forward->egress[0]) {
		fputs("A forward leaves by one interface\n", err);
		return false;
	}
	if (strlen(value) >= sizeof(forward->egress)) {
		fprintf(err, "The name of an interface is too long: `%s'\n",
			text_shown(value));
		return false;
	}
	if (!forward->address.family) {
		fputs("`dev' needs a destination: without one, the forward leads to this host\n", err);
		return false;
	}
	strcpy(forward->egress, value);
	return true;
}

/* Replaces comments by blanks. */
static void uncomment(char *text)
{
	char *p;

	for (p = text; (p = strchr(p, '#'));)
		while (*p && *p != '\n')
			*p++ = ' ';
}

bool forward_parse(struct device *dev, const char *text, FILE *err)
{
	static const char space[] = " \t\r\n\v\f";
	struct forward *forward = NULL;
	char *copy = strdup(text), *rest, *word;
	bool ok = copy;

	if (!copy)
		perror("strdup");
	else
		uncomment(copy);
	for (word = ok ? strtok_r(copy, space, &rest) : NULL; ok && word;
	     word = strtok_r(NULL, space, &rest)) {
		if (!strcmp(word, "dev") || !strcmp(word, "from") ||
		    !strcmp(word, "no-masquerade")) {
			if (!forward) {
				fprintf(err, "`%s' must follow a forward\n", word);
				ok = false;
			} else if (*word == 'n') {
				forward->bits |= FORWARD_NO_MASQUERADE;
			} else {
				ok = option_with(forward, word, strtok_r(NULL, space, &rest),
						 err);
			}
			continue;
		}
		forward = device_add_forward(dev);
		if (!forward) {
			perror("calloc");
			ok = false;
		} else {
			ok = rule(forward, word, err);
		}
	}
	free(copy);
	return ok;
}

bool forward_takes(const struct forward *forward, uint16_t port)
{
	return forward->proto == IPPROTO_UDP && forward->first <= port && port <= forward->last;
}

const char *forward_text(char text[static FORWARD_TEXT_LEN], const struct forward *forward)
{
	char address[INET6_ADDRSTRLEN], key[KEY_TEXT_LEN], *p = text;
	bool moved = forward->to_port != forward->first;

	p += sprintf(p, "%u", forward->first);
	if (forward->last != forward->first)
		p += sprintf(p, "-%u", forward->last);
	p += sprintf(p, ":%s", forward->proto == IPPROTO_UDP ? "udp" : "tcp");
	if (forward->address.family) {
		inet_ntop(forward->address.family, &forward->address.ip6, address,
			  sizeof(address));
		p += sprintf(p, forward->address.family == AF_INET6 ? ":[%s]" : ":%s", address);
	} else if (moved) {
		*p++ = ':';
	}
	if (moved)
		p += sprintf(p, ":%u", forward->to_port);
	if (forward->egress[0])
		p += sprintf(p, " dev %s", forward->egress);
	if (forward->bits & FORWARD_FROM_PEER) {
		key_to_text(key, forward->from_peer);
		p += sprintf(p, " from %s", key);
	}
	if (forward->bits & FORWARD_FROM_PREFIX) {
		inet_ntop(forward->from.family, &forward->from.ip6, address, sizeof(address));
		p += sprintf(p, " from %s/%u", address, forward->from.prefix_len);
	}
	if (forward->bits & FORWARD_NO_MASQUERADE)
		sprintf(p, " no-masquerade");
	return text;
}
