// SPDX-License-Identifier: GPL-2.0
/*
 * The tool's parsers and printers without a kernel, so that their results can
 * be held against those of wg, which speaks the cross-platform text protocol
 * (get=1, set=1) with whoever listens on its socket:
 *
 *	model_probe show NAME [FIELD] < answer to get=1
 *	model_probe showall FIELD|- NAME FILE [NAME FILE]...
 *	model_probe json|showconf NAME < answer to get=1
 *	model_probe replace|append FILE			prints what set=1 would say
 *	model_probe args WORDS...			likewise
 *	model_probe sync FILE < answer to get=1		likewise
 */

#include <arpa/inet.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/conf_args.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/prog.h"
#include "conf/resolve.h"
#include "cmds/show.h"
#include "apply/device_diff.h"
#include "lib/format.h"

static void unhex(uint8_t key[static KEY_LEN], const char *hex)
{
	sodium_hex2bin(key, KEY_LEN, hex, strlen(hex), NULL, NULL, NULL);
}

static void hex(const char *name, const uint8_t key[static KEY_LEN])
{
	char text[2 * KEY_LEN + 1];

	printf("%s=%s\n", name, sodium_bin2hex(text, sizeof(text), key, KEY_LEN));
}

static void take(struct device *dev, const char *name, char *value)
{
	struct peer *peer = dev->n_peers ? &dev->peers[dev->n_peers - 1] : NULL;
	struct value_ctx ctx = { .resolver = &resolver_libc, .err = stderr };

	if (!strcmp(name, "private_key")) {
		unhex(dev->private_key, value);
		if (!key_is_zero(dev->private_key))
			key_public(dev->public_key, dev->private_key);
	} else if (!strcmp(name, "listen_port")) {
		dev->listen_port = atoi(value);
	} else if (!strcmp(name, "fwmark")) {
		dev->fwmark = strtoul(value, NULL, 10);
	} else if (!strcmp(name, "public_key")) {
		peer = device_add_peer(dev);
		peer->bits = PEER_HAS_PUBLIC_KEY;
		unhex(peer->public_key, value);
	} else if (!peer) {
		return;
	} else if (!strcmp(name, "preshared_key")) {
		unhex(peer->preshared_key, value);
	} else if (!strcmp(name, "endpoint")) {
		peer->bits |= PEER_HAS_ENDPOINT;
		value_endpoint(&ctx, &peer->endpoint, value);
	} else if (!strcmp(name, "persistent_keepalive_interval")) {
		peer->keepalive = atoi(value);
	} else if (!strcmp(name, "allowed_ip")) {
		value_allowed_ips(&ctx, peer, value);
	} else if (!strcmp(name, "last_handshake_time_sec")) {
		peer->last_handshake += strtoull(value, NULL, 10) * 1000000000ULL;
	} else if (!strcmp(name, "last_handshake_time_nsec")) {
		peer->last_handshake += strtoull(value, NULL, 10);
	} else if (!strcmp(name, "rx_bytes")) {
		peer->rx_bytes = strtoull(value, NULL, 10);
	} else if (!strcmp(name, "tx_bytes")) {
		peer->tx_bytes = strtoull(value, NULL, 10);
	}
}

static void read_answer(struct device *dev, const char *name, FILE *in)
{
	char line[512], *value;

	device_init(dev, name);
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		take(dev, line, value);
	}
}

static void say_peer(const struct peer *peer)
{
	char text[ENDPOINT_TEXT_LEN];
	size_t i;

	hex("public_key", peer->public_key);
	if (peer->bits & PEER_REMOVE) {
		puts("remove=true");
		return;
	}
	if (peer->bits & PEER_HAS_PRESHARED_KEY)
		hex("preshared_key", peer->preshared_key);
	if (peer->bits & PEER_HAS_ENDPOINT)
		printf("endpoint=%s\n", endpoint_text(text, &peer->endpoint));
	if (peer->bits & PEER_HAS_KEEPALIVE)
		printf("persistent_keepalive_interval=%u\n", peer->keepalive);
	if (peer->bits & PEER_REPLACE_IPS)
		puts("replace_allowed_ips=true");
	for (i = 0; i < peer->n_ips; i++)
		printf("allowed_ip=%s%s/%u\n", peer->ips[i].remove ? "-" : "",
		       address_text(text, &peer->ips[i]), peer->ips[i].prefix_len);
}

static void say(const struct device *dev)
{
	size_t i;

	puts("set=1");
	if (dev->bits & DEVICE_HAS_PRIVATE_KEY)
		hex("private_key", dev->private_key);
	if (dev->bits & DEVICE_HAS_LISTEN_PORT)
		printf("listen_port=%u\n", dev->listen_port);
	if (dev->bits & DEVICE_HAS_FWMARK)
		printf("fwmark=%u\n", dev->fwmark);
	if (dev->bits & DEVICE_REPLACE_PEERS)
		puts("replace_peers=true");
	for (i = 0; i < dev->n_peers; i++)
		say_peer(&dev->peers[i]);
	putchar('\n');
}

static int parse_file(struct device *dev, const char *path, enum conf_mode mode)
{
	struct conf_place place = { 0 };
	enum conf_result result;
	FILE *in = fopen(path, "r");

	if (!in)
		return 1;
	device_init(dev, "wg0");
	result = conf_parse_file(dev, in, mode, &resolver_libc, stderr, &place);
	fclose(in);
	if (result != CONF_OK)
		fprintf(stderr, "AT %u:%u\n", place.line, place.column);
	return result != CONF_OK;
}

static int show(int argc, char **argv)
{
	struct device dev;
	int ret = 0;

	read_answer(&dev, argv[2], stdin);
	if (!strcmp(argv[1], "json")) {
		show_json(&dev);
	} else if (!strcmp(argv[1], "showconf")) {
		show_conf(&dev);
	} else if (argc > 3) {
		ret = !show_field(&dev, argv[3], false);
	} else {
		show_pretty(&dev);
	}
	device_destroy(&dev);
	return ret;
}

static int show_all(int argc, char **argv)
{
	bool pretty = !strcmp(argv[2], "-");
	struct device dev;
	FILE *in;
	int i;

	for (i = 3; i + 1 < argc; i += 2) {
		in = fopen(argv[i + 1], "r");
		if (!in)
			return 1;
		read_answer(&dev, argv[i], in);
		fclose(in);
		if (!pretty) {
			show_field(&dev, argv[2], true);
		} else {
			if (i > 3)
				putchar('\n');
			show_pretty(&dev);
		}
		device_destroy(&dev);
	}
	return 0;
}

static int change(int argc, char **argv)
{
	struct device dev, now, change;
	int ret;

	if (!strcmp(argv[1], "args")) {
		device_init(&dev, "wg0");
		ret = !conf_parse_args(&dev, argc - 2, argv + 2, &resolver_libc, stderr);
	} else {
		ret = parse_file(&dev, argv[2],
				 strcmp(argv[1], "append") ? CONF_REPLACE : CONF_APPEND);
	}
	if (!ret && !strcmp(argv[1], "sync")) {
		read_answer(&now, "wg0", stdin);
		ret = device_sync(&dev, &now, &change) != 0;
		device_destroy(&now);
		device_destroy(&dev);
		if (!ret)
			dev = change;
	}
	if (!ret)
		say(&dev);
	device_destroy(&dev);
	return ret;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	prog_name = "wg";
	prog_as_wg = true;
	if (!strcmp(argv[1], "showall"))
		return show_all(argc, argv);
	if (!strcmp(argv[1], "show") || !strcmp(argv[1], "json") ||
	    !strcmp(argv[1], "showconf"))
		return show(argc, argv);
	return change(argc, argv);
}
