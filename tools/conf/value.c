// SPDX-License-Identifier: GPL-2.0
/* Parses single values: a port, a key, an endpoint, a list of prefixes. */

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/value.h"
#include "lib/keys.h"
#include "lib/text.h"

bool value_port(struct value_ctx *ctx, uint16_t *port, const char *text)
{
	ctx->at = 0;
	if (!*text) {
		fputs("Unable to parse empty port\n", ctx->err);
		return false;
	}
	return ctx->resolver->port(port, text, ctx->err);
}

/* Parses digits of @base, without sign, blanks or other characters. */
static bool number(const char *text, int base, unsigned long max, unsigned long *to)
{
	const char *p;
	char *end;

	for (p = text; *p; p++)
		if (base == 16 ? !isxdigit((unsigned char)*p) : !isdigit((unsigned char)*p))
			return false;
	if (p == text)
		return false;
	errno = 0;
	*to = strtoul(text, &end, base);
	return !errno && *to <= max;
}

bool value_fwmark(struct value_ctx *ctx, uint32_t *mark, const char *text)
{
	unsigned long n = 0;
	bool ok;

	ctx->at = 0;
	if (!strcasecmp(text, "off"))
		ok = true;
	else if (!strncmp(text, "0x", 2))
		ok = number(text + 2, 16, UINT32_MAX, &n);
	else
		ok = number(text, 10, UINT32_MAX, &n);
	if (!ok) {
		fprintf(ctx->err, "Fwmark is neither 0/off nor 0-0xffffffff: `%s'\n",
			text_shown(text));
		return false;
	}
	*mark = n;
	return true;
}

bool value_keepalive(struct value_ctx *ctx, uint16_t *seconds, const char *text)
{
	unsigned long n = 0;

	ctx->at = 0;
	if (strcasecmp(text, "off") && !number(text, 10, UINT16_MAX, &n)) {
		fprintf(ctx->err,
			"Persistent keepalive interval is neither 0/off nor 1-65535: `%s'\n",
			text_shown(text));
		return false;
	}
	*seconds = n;
	return true;
}

bool value_switch(struct value_ctx *ctx, bool *on, const char *text)
{
	static const char * const words[][2] = {
		{ "no", "yes" }, { "off", "on" }, { "false", "true" },
	};
	size_t i;

	ctx->at = 0;
	for (i = 0; i < 2 * sizeof(words) / sizeof(words[0]); i++) {
		*on = i % 2;
		if (!strcasecmp(text, words[i / 2][i % 2]))
			return true;
	}
	fprintf(ctx->err, "The value is neither yes/on nor no/off: `%s'\n", text_shown(text));
	return false;
}

bool value_key(struct value_ctx *ctx, uint8_t key[static KEY_LEN], const char *text,
	       bool secret)
{
	ctx->at = 0;
	if (key_from_text(key, text))
		return true;
	/* A text much longer than a key may be a public key joined with the next line. */
	if (strlen(text) > KEY_TEXT_CHARS + 4)
		text = text_shown(text);
	fprintf(ctx->err, "Key is not the correct length or format: `%s'\n",
		secret ? "(hidden)" : text);
	return false;
}

/* host:port or [host]:port; without brackets the last colon separates the port. */
bool value_endpoint(struct value_ctx *ctx, union endpoint *to, const char *text)
{
	char *copy, *host, *sep, *end;
	bool ok = false;

	ctx->at = 0;
	if (!*text) {
		fputs("Unable to parse empty endpoint\n", ctx->err);
		return false;
	}
	copy = strdup(text);
	if (!copy) {
		fprintf(ctx->err, "strdup: %s\n", strerror(errno));
		return false;
	}
	host = copy;
	if (*copy == '[') {
		host++;
		end = strchr(host, ']');
		if (!end) {
			fprintf(ctx->err, "Unable to find matching brace of endpoint: `%s'\n",
				text_shown(text));
			goto out;
		}
		*end = '\0';
		sep = end + 1;
		if (*sep != ':')
			sep = NULL;
	} else {
		sep = strrchr(host, ':');
	}
	if (!sep || !sep[1]) {
		ctx->at = strlen(text);
		fprintf(ctx->err, "Unable to find port of endpoint: `%s'\n",
			text_shown(text));
		goto out;
	}
	*sep = '\0';
	ok = ctx->resolver->endpoint(to, host, sep + 1, text, ctx->err);
out:
	free(copy);
	return ok;
}

static bool has_host_bits(const struct allowed_ip *ip)
{
	const uint8_t *bytes = (const uint8_t *)&ip->ip6;
	unsigned int bit, bits = ip->family == AF_INET ? 32 : 128;

	for (bit = ip->prefix_len; bit < bits; bit++)
		if (bytes[bit / 8] & (0x80 >> (bit % 8)))
			return true;
	return false;
}

/* Parses one prefix; @text is changed. */
static bool one_prefix(struct value_ctx *ctx, struct allowed_ip *ip, char *text)
{
	const char *shown = text_shown(text);
	char *slash = strchr(text, '/');
	unsigned long bits, max;

	if (slash)
		*slash = '\0';
	ip->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	max = ip->family == AF_INET ? 32 : 128;
	if (inet_pton(ip->family, text, &ip->ip6) != 1) {
		fprintf(ctx->err, "Unable to parse IP address: `%s'\n", shown);
		return false;
	}
	if (!slash) {
		ip->prefix_len = max;
		return true;
	}
	if (!number(slash + 1, 10, max, &bits)) {
		ctx->at += slash + 1 - text;
		*slash = '/';
		fprintf(ctx->err, "AllowedIP is not in the correct format: `%s'\n", shown);
		return false;
	}
	ip->prefix_len = bits;
	*slash = '/';
	if (has_host_bits(ip))
		fprintf(ctx->err, "Warning: AllowedIP has nonzero host part: %s\n", shown);
	return true;
}

bool value_allowed_ips(struct value_ctx *ctx, struct peer *peer, const char *text)
{
	char *copy, *item, *rest;
	struct allowed_ip *ip;
	bool ok = false;

	ctx->at = 0;
	if (!*text)
		return true;
	copy = strdup(text);
	if (!copy) {
		fprintf(ctx->err, "strdup: %s\n", strerror(errno));
		return false;
	}
	rest = copy;
	while ((item = strsep(&rest, ","))) {
		ctx->at = item - copy;
		ip = peer_add_ip(peer);
		if (!ip) {
			fprintf(ctx->err, "calloc: %s\n", strerror(ENOMEM));
			goto out;
		}
		if (*item == '+' || *item == '-') {
			ip->remove = *item == '-';
			ctx->incremental = true;
			item++;
		}
		if (!one_prefix(ctx, ip, item))
			goto out;
	}
	ok = true;
out:
	free(copy);
	return ok;
}
