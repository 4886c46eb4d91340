// SPDX-License-Identifier: GPL-2.0
/* Prints a device for scripts: `show <device> <field>'. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmds/show.h"
#include "lib/format.h"
#include "lib/keys.h"
#include "lib/prog.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static void key(const uint8_t k[static KEY_LEN])
{
	char text[KEY_TEXT_LEN];

	key_to_text(text, k);
	fputs(text, stdout);
	explicit_bzero(text, sizeof(text));
}

static void key_or_none(const uint8_t k[static KEY_LEN])
{
	if (key_is_zero(k))
		fputs("(none)", stdout);
	else
		key(k);
}

static void fwmark(const struct device *dev)
{
	if (dev->fwmark)
		printf("0x%x", dev->fwmark);
	else
		fputs("off", stdout);
}

static void keepalive(const struct peer *peer)
{
	if (peer->keepalive)
		printf("%u", peer->keepalive);
	else
		fputs("off", stdout);
}

static void endpoint(const struct peer *peer)
{
	char text[ENDPOINT_TEXT_LEN];

	fputs(peer->bits & PEER_HAS_ENDPOINT ? endpoint_text(text, &peer->endpoint) : "(none)",
	      stdout);
}

static void prefixes(const struct peer *peer, char between)
{
	char text[ADDRESS_TEXT_LEN];
	size_t i;

	for (i = 0; i < peer->n_ips; i++) {
		if (i)
			putchar(between);
		printf("%s/%u", address_text(text, &peer->ips[i]), peer->ips[i].prefix_len);
	}
	if (!peer->n_ips)
		fputs("(none)", stdout);
}

static void handshake(const struct peer *peer)
{
	printf("%" PRIu64, peer->last_handshake / NS_PER_SEC);
}

static void transfer(const struct peer *peer)
{
	printf("%" PRIu64 "\t%" PRIu64, peer->rx_bytes, peer->tx_bytes);
}

static void name_before(const struct device *dev, bool prefix)
{
	if (prefix)
		printf("%s\t", dev->name);
}

static void dump(const struct device *dev, bool prefix)
{
	size_t i;

	name_before(dev, prefix);
	key_or_none(dev->private_key);
	putchar('\t');
	key_or_none(dev->public_key);
	printf("\t%u\t", dev->listen_port);
	fwmark(dev);
	putchar('\n');
	for (i = 0; i < dev->n_peers; i++) {
		const struct peer *peer = &dev->peers[i];

		name_before(dev, prefix);
		key(peer->public_key);
		putchar('\t');
		key_or_none(peer->preshared_key);
		putchar('\t');
		endpoint(peer);
		putchar('\t');
		prefixes(peer, ',');
		putchar('\t');
		handshake(peer);
		putchar('\t');
		transfer(peer);
		putchar('\t');
		keepalive(peer);
		putchar('\n');
	}
}

static void preshared_key(const struct peer *peer)
{
	key_or_none(peer->preshared_key);
}

static void allowed_ips(const struct peer *peer)
{
	prefixes(peer, ' ');
}

static const struct {
	const char *name;
	void (*print)(const struct peer *peer);	/* NULL: print the public key only */
} peer_fields[] = {
	{ "peers", NULL },
	{ "preshared-keys", preshared_key },
	{ "allowed-ips", allowed_ips },
	{ "latest-handshakes", handshake },
	{ "transfer", transfer },
	{ "persistent-keepalive", keepalive },
};

static void forbidden(const struct device *dev)
{
	char text[ADDRESS_TEXT_LEN];
	size_t i;

	for (i = 0; i < dev->n_forbidden; i++)
		printf("%s%s/%u", i ? " " : "", address_text(text, &dev->forbidden[i]),
		       dev->forbidden[i].prefix_len);
	if (!dev->n_forbidden)
		fputs("(none)", stdout);
}

static bool device_field(const struct device *dev, const char *what, bool prefix)
{
	bool is_public = !strcmp(what, "public-key"), is_private = !strcmp(what, "private-key");
	bool is_port = !strcmp(what, "listen-port"), is_mark = !strcmp(what, "fwmark");
	bool is_forbidden = !prog_as_wg && !strcmp(what, "forbidden");

	if (!is_public && !is_private && !is_port && !is_mark && !is_forbidden)
		return false;
	name_before(dev, prefix);
	if (is_public)
		key_or_none(dev->public_key);
	else if (is_private)
		key_or_none(dev->private_key);
	else if (is_port)
		printf("%u", dev->listen_port);
	else if (is_forbidden)
		forbidden(dev);
	else
		fwmark(dev);
	putchar('\n');
	return true;
}

/* wg prints the name of the device once before all endpoints. */
static void endpoints(const struct device *dev, bool prefix)
{
	size_t i;

	name_before(dev, prefix);
	for (i = 0; i < dev->n_peers; i++) {
		key(dev->peers[i].public_key);
		putchar('\t');
		endpoint(&dev->peers[i]);
		putchar('\n');
	}
}

bool show_field(const struct device *dev, const char *what, bool prefix)
{
	size_t f, i;

	if (device_field(dev, what, prefix))
		return true;
	if (!strcmp(what, "endpoints")) {
		endpoints(dev, prefix);
		return true;
	}
	if (!strcmp(what, "dump")) {
		dump(dev, prefix);
		return true;
	}
	for (f = 0; f < sizeof(peer_fields) / sizeof(peer_fields[0]); f++)
		if (!strcmp(what, peer_fields[f].name))
			break;
	if (f == sizeof(peer_fields) / sizeof(peer_fields[0]))
		return false;
	for (i = 0; i < dev->n_peers; i++) {
		name_before(dev, prefix);
		key(dev->peers[i].public_key);
		if (peer_fields[f].print) {
			putchar('\t');
			peer_fields[f].print(&dev->peers[i]);
		}
		putchar('\n');
	}
	return true;
}
