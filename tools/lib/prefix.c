// SPDX-License-Identifier: GPL-2.0
/* Parses, compares and prints addresses with a prefix length. */

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/prefix.h"

unsigned int prefix_max(const struct allowed_ip *prefix)
{
	return prefix->family == AF_INET ? 32 : 128;
}

bool prefix_parse(struct allowed_ip *to, const char *text)
{
	char address[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	unsigned long bits;
	char *end;

	memset(to, 0, sizeof(*to));
	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	to->family = strchr(address, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(to->family, address, &to->ip6) != 1)
		return false;
	to->prefix_len = prefix_max(to);
	if (!slash)
		return true;
	if (!isdigit((unsigned char)slash[1]))
		return false;
	bits = strtoul(slash + 1, &end, 10);
	if (*end || bits > prefix_max(to))
		return false;
	to->prefix_len = bits;
	return true;
}

const char *prefix_text(char text[static PREFIX_TEXT_LEN], const struct allowed_ip *prefix)
{
	address_text(text, prefix);
	sprintf(text + strlen(text), "/%u", prefix->prefix_len);
	return text;
}

bool prefix_same_bits(const struct allowed_ip *a, const struct allowed_ip *b,
		      unsigned int bits)
{
	const uint8_t *x = (const uint8_t *)&a->ip6, *y = (const uint8_t *)&b->ip6;
	unsigned int left = bits % 8;

	if (a->family != b->family || memcmp(x, y, bits / 8))
		return false;
	return !left || !((x[bits / 8] ^ y[bits / 8]) >> (8 - left));
}

bool prefix_overlaps(const struct allowed_ip *a, const struct allowed_ip *b)
{
	return prefix_same_bits(a, b, a->prefix_len < b->prefix_len ? a->prefix_len :
				b->prefix_len);
}

bool prefix_contains(const struct allowed_ip *net, const struct allowed_ip *inner)
{
	return inner->prefix_len >= net->prefix_len &&
	       prefix_same_bits(net, inner, net->prefix_len);
}

struct allowed_ip prefix_masked(const struct allowed_ip *prefix)
{
	struct allowed_ip masked = *prefix;
	uint8_t *bytes = (uint8_t *)&masked.ip6;
	unsigned int bit;

	for (bit = prefix->prefix_len; bit < prefix_max(prefix); bit++)
		bytes[bit / 8] &= ~(0x80 >> (bit % 8));
	return masked;
}

struct allowed_ip *prefixes_add(struct prefixes *to)
{
	struct allowed_ip *moved;
	size_t room;

	if (to->n == to->room) {
		room = to->room ? 2 * to->room : 8;
		moved = realloc(to->list, room * sizeof(*moved));
		if (!moved)
			return NULL;
		to->list = moved;
		to->room = room;
	}
	memset(&to->list[to->n], 0, sizeof(*to->list));
	return &to->list[to->n++];
}

void prefixes_destroy(struct prefixes *list)
{
	free(list->list);
	memset(list, 0, sizeof(*list));
}

int prefix_order(const void *a, const void *b)
{
	const struct allowed_ip *x = a, *y = b;
	int ret;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	ret = memcmp(&x->ip6, &y->ip6, prefix_max(x) / 8);
	return ret ? ret : (int)x->prefix_len - (int)y->prefix_len;
}

/* The first address behind a network. False: there is none. */
static bool behind(uint8_t next[static sizeof(struct in6_addr)], const struct allowed_ip *net)
{
	unsigned int at, add;

	memcpy(next, &net->ip6, sizeof(struct in6_addr));
	if (!net->prefix_len)
		return false;
	at = (net->prefix_len - 1) / 8;
	add = 0x80 >> ((net->prefix_len - 1) % 8);
	for (;; at--, add = 1) {
		add += next[at];
		next[at] = add;
		if (add <= UINT8_MAX)
			return true;
		if (!at)
			return false;
	}
}

bool prefixes_are_all(const struct prefixes *list, int family)
{
	uint8_t first[sizeof(struct in6_addr)] = { 0 }, next[sizeof(first)];
	const struct allowed_ip *net;
	size_t i, len;

	/* @first is the lowest address that no network has covered so far. */
	for (i = 0; i < list->n; i++) {
		net = &list->list[i];
		if (net->family != family)
			continue;
		len = prefix_max(net) / 8;
		if (memcmp(&net->ip6, first, len) > 0)
			return false;
		if (!behind(next, net))
			return true;
		if (memcmp(next, first, len) > 0)
			memcpy(first, next, len);
	}
	return false;
}
