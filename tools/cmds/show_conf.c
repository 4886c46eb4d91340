// SPDX-License-Identifier: GPL-2.0
/* Prints a device as a configuration file and as JSON. */

#include <stdio.h>
#include <string.h>

#include "cmds/show.h"
#include "lib/format.h"
#include "lib/forward.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/prefix.h"
#include "lib/prog.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static void conf_key(const char *name, const uint8_t key[static KEY_LEN])
{
	char text[KEY_TEXT_LEN];

	key_to_text(text, key);
	printf("%s = %s\n", name, text);
	explicit_bzero(text, sizeof(text));
}

static void conf_peer(const struct peer *peer)
{
	char text[ENDPOINT_TEXT_LEN];
	size_t i;

	puts("[Peer]");
	conf_key("PublicKey", peer->public_key);
	if (!key_is_zero(peer->preshared_key))
		conf_key("PresharedKey", peer->preshared_key);
	if (peer->n_ips) {
		fputs("AllowedIPs = ", stdout);
		for (i = 0; i < peer->n_ips; i++)
			printf("%s%s/%u", i ? ", " : "", address_text(text, &peer->ips[i]),
			       peer->ips[i].prefix_len);
		putchar('\n');
	}
	if (peer->bits & PEER_HAS_ENDPOINT)
		printf("Endpoint = %s\n", endpoint_text(text, &peer->endpoint));
	if (peer->keepalive)
		printf("PersistentKeepalive = %u\n", peer->keepalive);
}

void show_conf(const struct device *dev)
{
	char text[FORWARD_TEXT_LEN];
	size_t i;

	puts("[Interface]");
	if (dev->listen_port)
		printf("ListenPort = %u\n", dev->listen_port);
	if (dev->fwmark)
		printf("FwMark = 0x%x\n", dev->fwmark);
	if (!key_is_zero(dev->private_key))
		conf_key("PrivateKey", dev->private_key);
	if (dev->answer_unreachable && !prog_as_wg)
		puts("AnswerUnreachable = yes");
	for (i = 0; i < dev->n_forwards; i++)
		printf("Forward = %s\n", forward_text(text, &dev->forwards[i]));
	putchar('\n');
	for (i = 0; i < dev->n_peers; i++) {
		conf_peer(&dev->peers[i]);
		if (i + 1 < dev->n_peers)
			putchar('\n');
	}
}

static void json_peer(const struct peer *peer)
{
	char text[ENDPOINT_TEXT_LEN], prefix[ADDRESS_TEXT_LEN + sizeof("/128")];
	char key[KEY_TEXT_LEN];
	size_t i;

	json_open(NULL, '{');
	key_to_text(key, peer->public_key);
	json_string("public_key", key);
	if (peer->name[0])
		json_string("name", peer->name);
	json_bool("has_preshared_key", !key_is_zero(peer->preshared_key));
	json_bool("connected", peer->bits & PEER_CONNECTED);
	json_bool("unreachable", peer->bits & PEER_UNREACHABLE);
	if (peer->bits & PEER_HAS_ENDPOINT)
		json_string("endpoint", endpoint_text(text, &peer->endpoint));
	json_open("allowed_ips", '[');
	for (i = 0; i < peer->n_ips; i++) {
		snprintf(prefix, sizeof(prefix), "%s/%u", address_text(text, &peer->ips[i]),
			 peer->ips[i].prefix_len);
		json_string(NULL, prefix);
	}
	json_close(']');
	/* 0 means never; it must not become a date in 1970. */
	if (peer->last_handshake)
		json_number("latest_handshake", peer->last_handshake / NS_PER_SEC);
	json_number("rx_bytes", peer->rx_bytes);
	json_number("tx_bytes", peer->tx_bytes);
	show_json_path(peer);
	if (peer->keepalive)
		json_number("persistent_keepalive", peer->keepalive);
	json_close('}');
}

void show_json(const struct device *dev)
{
	char key[KEY_TEXT_LEN], text[PREFIX_TEXT_LEN];
	size_t i;

	json_open(NULL, '{');
	json_string("name", dev->name);
	json_bool("has_private_key", !key_is_zero(dev->private_key));
	if (!key_is_zero(dev->public_key)) {
		key_to_text(key, dev->public_key);
		json_string("public_key", key);
	}
	json_number("listen_port", dev->listen_port);
	json_number("fwmark", dev->fwmark);
	json_bool("answer_unreachable", dev->answer_unreachable);
	json_open("forbidden", '[');
	for (i = 0; i < dev->n_forbidden; i++)
		json_string(NULL, prefix_text(text, &dev->forbidden[i]));
	json_close(']');
	json_open("peers", '[');
	for (i = 0; i < dev->n_peers; i++)
		json_peer(&dev->peers[i]);
	json_close(']');
	show_json_forwards(dev);
	json_close('}');
}
