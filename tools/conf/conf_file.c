// SPDX-License-Identifier: GPL-2.0
/* Finds a configuration file, checks its owner and mode, and reads it. */

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/conf.h"
#include "conf/conf_file.h"
#include "conf/quick_conf.h"
#include "conf/resolve.h"
#include "lib/hints.h"
#include "lib/prog.h"
#include "lib/text.h"

static bool is_interface(const char *name, size_t len)
{
	size_t i;

	if (!len || len >= IFNAMSIZ || (len == 1 && *name == '.') ||
	    (len == 2 && !strncmp(name, "..", 2)))
		return false;
	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("_=+.-", name[i]))
			return false;
	return true;
}

bool conf_file_find(char path[static CONF_PATH_LEN], char name[static IFNAMSIZ],
		    const char *given)
{
	const char *slash = strrchr(given, '/'), *base = slash ? slash + 1 : given;
	size_t len = strlen(base);
	bool as_file = len > 5 && !strcmp(base + len - 5, ".conf");
	int n;

	if (as_file)
		len -= 5;
	if ((slash && !as_file) || !is_interface(base, len)) {
		fprintf(stderr, "%s: `%s' is neither an interface nor a file INTERFACE.conf; an interface has up to 15 letters, digits and _=+.-\n",
			prog_name, given);
		return false;
	}
	memcpy(name, base, len);
	name[len] = '\0';
	if (slash || (as_file && !access(given, F_OK)))
		n = snprintf(path, CONF_PATH_LEN, "%s", given);
	else
		n = snprintf(path, CONF_PATH_LEN, "%s/%s.conf", CONF_DIR, name);
	if (n < CONF_PATH_LEN)
		return true;
	fprintf(stderr, "%s: the path is too long: %s\n", prog_name, given);
	return false;
}

/* The file may still be in the directory of wg-quick. */
static void say_missing(const char *path, int error)
{
	char other[CONF_PATH_LEN];

	fprintf(stderr, "%s: %s: %s\n", prog_name, path, strerror(error));
	if (strncmp(path, CONF_DIR "/", sizeof(CONF_DIR)) ||
	    snprintf(other, sizeof(other), "/etc/wireguard%s", path + strlen(CONF_DIR)) >=
		    CONF_PATH_LEN ||
	    access(other, F_OK))
		return;
	fprintf(stderr, "%s: there is %s: move it to %s, or give this path\n", prog_name, other,
		CONF_DIR);
}

/* Root may own the file, as root can change everything anyway. */
static bool owned(const char *path, struct stat *st)
{
	int error;

	if (stat(path, st)) {
		error = errno;
		say_missing(path, error);
		hint_file(error);
		return false;
	}
	if (!st->st_uid || st->st_uid == geteuid())
		return true;
	fprintf(stderr, "%s: %s belongs to user %u, who could change commands that run as root. Run: chown root: %s\n",
		prog_name, path, (unsigned int)st->st_uid, path);
	return false;
}

static bool has_mode(const char *path, mode_t wanted)
{
	struct stat st;

	if (!owned(path, &st))
		return false;
	if (st.st_mode & 07777 & ~wanted) {
		fprintf(stderr, "%s: %s has mode %04o, and holds keys. Run: chmod %04o %s\n",
			prog_name, path, st.st_mode & 07777, wanted, path);
		return false;
	}
	return true;
}

static bool in_conf_dir(const char *path)
{
	return !strncmp(path, CONF_DIR "/", sizeof(CONF_DIR));
}

bool conf_file_is_private(const char *path)
{
	if (in_conf_dir(path) && !has_mode(CONF_DIR, 0700))
		return false;
	return has_mode(path, 0600);
}

bool conf_file_is_owned(const char *path)
{
	struct stat st;

	if (in_conf_dir(path) && !owned(CONF_DIR, &st))
		return false;
	return owned(path, &st);
}

/*
 * Whether this is an address like fe80::1%eth0. Without eth0 it stays unresolved, as a
 * name does: the file may be for another host, or the interface may appear later.
 */
static bool is_in_a_zone(const char *host)
{
	const char *zone = strchr(host, '%');
	char address[INET6_ADDRSTRLEN];
	struct in6_addr ip;

	if (!zone || zone - host >= (long)sizeof(address) || !zone[1] ||
	    strlen(zone + 1) >= IFNAMSIZ || strpbrk(zone + 1, "/:%"))
		return false;
	memcpy(address, host, zone - host);
	address[zone - host] = '\0';
	return inet_pton(AF_INET6, address, &ip) == 1 && IN6_IS_ADDR_LINKLOCAL(&ip);
}

/* Parses an address and the port. A name stays unresolved. */
static bool offline_endpoint(union endpoint *to, const char *host, const char *service,
			     const char *whole, FILE *err)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM,
		.ai_protocol = IPPROTO_UDP,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	struct addrinfo *found;
	unsigned long port;
	const char *p;
	char *end;

	memset(to, 0, sizeof(*to));
	port = strtoul(service, &end, 10);
	if (!isdigit((unsigned char)*service) || *end || !port || port > UINT16_MAX) {
		fprintf(err, "The port of an endpoint is from 1 to 65535: `%s'\n",
			text_shown(whole));
		return false;
	}
	if (!getaddrinfo(host, service, &hints, &found)) {
		if (found->ai_addrlen <= sizeof(*to))
			memcpy(to, found->ai_addr, found->ai_addrlen);
		freeaddrinfo(found);
		return true;
	}
	if (is_in_a_zone(host))
		return true;
	for (p = host; isalnum((unsigned char)*p) || (*p && strchr(".-_", *p)); p++)
		;
	/* 10.0.0.256 is a mistyped address, not a name. */
	if (p == host || *p || strlen(host) > 253 ||
	    strspn(host, "0123456789.") == strlen(host)) {
		fprintf(err, "The endpoint is neither an address nor a name: `%s'\n",
			text_shown(whole));
		return false;
	}
	return true;
}

/* The C library takes larger numbers modulo 65536. */
static bool offline_port(uint16_t *port, const char *text, FILE *err)
{
	if (strspn(text, "0123456789") != strlen(text) || strtoul(text, NULL, 10) <= UINT16_MAX)
		return resolver_libc.port(port, text, err);
	fprintf(err, "A port is from 0 to 65535, not `%s'\n", text_shown(text));
	return false;
}

static const struct resolver *offline(void)
{
	static struct resolver resolver;

	resolver.port = offline_port;
	resolver.endpoint = offline_endpoint;
	return &resolver;
}

/* Forwards without an interface get the one of ForwardInterface. */
static void default_egress(struct device *dev, const struct quick *quick)
{
	size_t i;

	for (i = 0; i < dev->n_forwards; i++)
		if (!dev->forwards[i].egress[0] && dev->forwards[i].address.family)
			strcpy(dev->forwards[i].egress, quick->forward_interface);
}

bool conf_file_parse(struct device *dev, struct quick *quick, FILE *in, const char *shown)
{
	struct conf_place place = { 0 };
	enum conf_result result;
	char buf[BUFSIZ];

	device_init(dev, "");
	memset(quick, 0, sizeof(*quick));
	/* A buffer of our own can be wiped; keys pass through it. */
	setvbuf(in, buf, _IOFBF, sizeof(buf));
	dev->bits = DEVICE_TAKES_FORWARDS;
	dev->quick = quick;
	result = conf_parse_file(dev, in, CONF_APPEND, offline(), stderr, &place);
	setvbuf(in, NULL, _IONBF, 0);
	explicit_bzero(buf, sizeof(buf));
	if (result == CONF_OK) {
		default_egress(dev, quick);
		return true;
	}
	if (place.line)
		fprintf(stderr, "%s: %s:%u:%u: this line is wrong\n", prog_name, shown,
			place.line, place.column);
	else
		fprintf(stderr, "%s: cannot read %s\n", prog_name, shown);
	conf_file_destroy(dev, quick);
	return false;
}

bool conf_file_read(struct device *dev, struct quick *quick, const char *path)
{
	int error;
	FILE *in;
	bool ok;

	if (!strcmp(path, "-"))
		return conf_file_parse(dev, quick, stdin, "standard input");
	in = fopen(path, "r");
	if (!in) {
		error = errno;
		fprintf(stderr, "%s: cannot open %s: %s\n", prog_name, path, strerror(error));
		hint_file(error);
		return false;
	}
	ok = conf_file_parse(dev, quick, in, path);
	fclose(in);
	return ok;
}

void conf_file_destroy(struct device *dev, struct quick *quick)
{
	quick_destroy(quick);
	device_destroy(dev);
}
