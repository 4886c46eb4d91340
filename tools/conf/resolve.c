// SPDX-License-Identifier: GPL-2.0
/* Resolves names with the C library. */

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/resolve.h"
#include "lib/text.h"

#define RETRIES_DEFAULT	15
#define PAUSE_FIRST	1000000U	/* us */
#define PAUSE_MAX	20000000U

static bool retries_wanted(unsigned long *retries, FILE *err)
{
	const char *env = getenv("WG_ENDPOINT_RESOLUTION_RETRIES");
	char *end;

	*retries = RETRIES_DEFAULT;
	if (!env)
		return true;
	if (!strcmp(env, "infinity")) {
		*retries = ULONG_MAX;
		return true;
	}
	errno = 0;
	*retries = strtoul(env, &end, 10);
	if (errno || *end || strchr(env, '-')) {
		if (err)
			fprintf(err, "Unable to parse WG_ENDPOINT_RESOLUTION_RETRIES: `%s'\n",
				env);
		return false;
	}
	return true;
}

bool resolve_environment_ok(void)
{
	unsigned long retries;

	return retries_wanted(&retries, NULL);
}

/* Whether another try cannot help: the name or the service does not exist. */
static bool is_final(int code)
{
	return code == EAI_NONAME || code == EAI_FAIL || code == EAI_NODATA ||
	       code == EAI_SERVICE;
}

/* The C library takes a port modulo 65536, and so does wg. Warn of that. */
static void warn_of_port(const char *text, uint16_t port, FILE *err)
{
	if (strtoul(text, NULL, 10) > UINT16_MAX)
		fprintf(err, "Warning: port `%s' is out of range, taken as %u\n",
			text_shown(text), port);
}

static bool libc_endpoint(union endpoint *to, const char *host, const char *service,
			  const char *whole, FILE *err)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM,
		.ai_protocol = IPPROTO_UDP,
	};
	unsigned long left, pause = PAUSE_FIRST;
	struct addrinfo *found;
	bool ok = false;
	int code;

	if (!retries_wanted(&left, err))
		return false;
	for (;;) {
		code = getaddrinfo(host, service, &hints, &found);
		if (!code)
			break;
		if (is_final(code) || !left) {
			fprintf(err, "%s: `%s'\n", gai_strerror(code), text_shown(whole));
			return false;
		}
		if (left != ULONG_MAX)
			left--;
		fprintf(err, "%s: `%s'. Trying again in %.2f seconds...\n",
			gai_strerror(code), text_shown(whole), pause / 1000000.0);
		fflush(err);
		usleep(pause);
		pause += pause / 5;
		if (pause > PAUSE_MAX)
			pause = PAUSE_MAX;
	}

	memset(to, 0, sizeof(*to));
	if ((found->ai_family == AF_INET && found->ai_addrlen == sizeof(to->addr4)) ||
	    (found->ai_family == AF_INET6 && found->ai_addrlen == sizeof(to->addr6))) {
		memcpy(to, found->ai_addr, found->ai_addrlen);
		/* The port is in the same place for both families. */
		warn_of_port(service, ntohs(to->addr4.sin_port), err);
		ok = true;
	} else {
		fprintf(err, "Neither IPv4 nor IPv6 address found: `%s'\n", text_shown(whole));
	}
	freeaddrinfo(found);
	return ok;
}

static bool libc_port(uint16_t *port, const char *text, FILE *err)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM,
		.ai_protocol = IPPROTO_UDP,
		.ai_flags = AI_PASSIVE,
	};
	struct addrinfo *found;
	bool ok = true;
	int code;

	code = getaddrinfo(NULL, text, &hints, &found);
	if (code) {
		fprintf(err, "%s: `%s'\n", gai_strerror(code), text_shown(text));
		return false;
	}
	if (found->ai_family == AF_INET) {
		*port = ntohs(((struct sockaddr_in *)found->ai_addr)->sin_port);
	} else if (found->ai_family == AF_INET6) {
		*port = ntohs(((struct sockaddr_in6 *)found->ai_addr)->sin6_port);
	} else {
		fprintf(err, "Neither IPv4 nor IPv6 address found: `%s'\n", text_shown(text));
		ok = false;
	}
	freeaddrinfo(found);
	if (ok)
		warn_of_port(text, *port, err);
	return ok;
}

const struct resolver resolver_libc = {
	.port = libc_port,
	.endpoint = libc_endpoint,
};
