// SPDX-License-Identifier: GPL-2.0
/* Formats colors, times, sizes, addresses and labels for people. */

#include <arpa/inet.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/format.h"
#include "lib/keys.h"

static bool decide(void)
{
	const char *mode = getenv("WG_COLOR_MODE"), *no = getenv("NO_COLOR");

	if (mode && !strcmp(mode, "always"))
		return true;
	if (mode && !strcmp(mode, "never"))
		return false;
	if (no && *no)
		return false;
	return isatty(STDOUT_FILENO);
}

static const char *sequence(const char *escape)
{
	static enum { UNKNOWN, PLAIN, COLOURED } mode;

	if (mode == UNKNOWN)
		mode = decide() ? COLOURED : PLAIN;
	return mode == COLOURED ? escape : "";
}

const char *color_reset(void)
{
	return sequence("\x1b[0m");
}

const char *color_bold(void)
{
	return sequence("\x1b[1m");
}

const char *color_red(void)
{
	return sequence("\x1b[31m");
}

const char *color_green(void)
{
	return sequence("\x1b[32m");
}

const char *color_yellow(void)
{
	return sequence("\x1b[33m");
}

const char *color_cyan(void)
{
	return sequence("\x1b[36m");
}

void format_print_duration(uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = {
		{ 365 * 24 * 60 * 60, "year" },
		{ 24 * 60 * 60, "day" },
		{ 60 * 60, "hour" },
		{ 60, "minute" },
		{ 1, "second" },
	};
	const char *before = "";
	uint64_t n;
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		n = seconds / units[i].seconds;
		seconds %= units[i].seconds;
		if (!n)
			continue;
		printf("%s%" PRIu64 " %s%s%s%s", before, n, color_cyan(), units[i].name,
		       n == 1 ? "" : "s", color_reset());
		before = ", ";
	}
}

/* The number of @bytes in its unit, which *@unit gets. */
static double in_unit(uint64_t bytes, const char **unit)
{
	static const char * const units[] = { "KiB", "MiB", "GiB", "TiB" };
	uint64_t size = 1024;
	size_t i = 0;

	while (i < 3 && bytes >= size * 1024) {
		size *= 1024;
		i++;
	}
	*unit = units[i];
	return (double)bytes / size;
}

void format_print_bytes(uint64_t bytes)
{
	const char *unit;
	double n;

	if (bytes < 1024) {
		printf("%" PRIu64 " %sB%s", bytes, color_cyan(), color_reset());
		return;
	}
	n = in_unit(bytes, &unit);
	printf("%.2f %s%s%s", n, color_cyan(), unit, color_reset());
}

const char *bytes_text(char text[static BYTES_TEXT_LEN], uint64_t bytes)
{
	const char *unit;
	double n = in_unit(bytes, &unit);

	if (bytes < 1024)
		snprintf(text, BYTES_TEXT_LEN, "%" PRIu64 " B", bytes);
	else
		snprintf(text, BYTES_TEXT_LEN, "%.2f %s", n, unit);
	return text;
}

const char *endpoint_text(char text[static ENDPOINT_TEXT_LEN], const union endpoint *endpoint)
{
	char host[INET6_ADDRSTRLEN + 1 + IFNAMSIZ], port[sizeof("65535")];
	bool is_ip4 = endpoint->addr.sa_family == AF_INET;
	int code;

	code = getnameinfo(&endpoint->addr,
			   is_ip4 ? sizeof(endpoint->addr4) : sizeof(endpoint->addr6),
			   host, sizeof(host), port, sizeof(port),
			   NI_DGRAM | NI_NUMERICHOST | NI_NUMERICSERV);
	if (code)
		snprintf(text, ENDPOINT_TEXT_LEN, "%s", gai_strerror(code));
	else
		snprintf(text, ENDPOINT_TEXT_LEN, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host,
			 port);
	return text;
}

const char *host_text(char text[static ENDPOINT_TEXT_LEN], const union endpoint *endpoint)
{
	bool is_ip4 = endpoint->addr.sa_family == AF_INET;
	int code;

	code = getnameinfo(&endpoint->addr,
			   is_ip4 ? sizeof(endpoint->addr4) : sizeof(endpoint->addr6),
			   text, ENDPOINT_TEXT_LEN, NULL, 0, NI_NUMERICHOST);
	if (code)
		snprintf(text, ENDPOINT_TEXT_LEN, "%s", gai_strerror(code));
	return text;
}

const char *address_text(char text[static ADDRESS_TEXT_LEN], const struct allowed_ip *ip)
{
	if (!inet_ntop(ip->family, &ip->ip6, text, ADDRESS_TEXT_LEN))
		text[0] = '\0';
	return text;
}

const char *peer_label(char label[static PEER_LABEL_LEN], const struct peer *peer)
{
	if (peer->name[0])
		snprintf(label, PEER_LABEL_LEN, "%s", peer->name);
	else
		key_to_text(label, peer->public_key);
	return label;
}
