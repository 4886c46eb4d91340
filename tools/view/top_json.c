// SPDX-License-Identifier: GPL-2.0
/* Prints a sample of top as one JSON object. */

#include <string.h>

#include "lib/json.h"
#include "lib/keys.h"
#include "view/top_view.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static void put_rate(const char *name, uint64_t rate)
{
	if (rate != RATE_UNKNOWN)
		json_number(name, rate);
}

static void put_peer(const struct sample_peer *peer)
{
	char text[KEY_TEXT_LEN];

	json_open(NULL, '{');
	key_to_text(text, peer->peer->public_key);
	json_string("public_key", text);
	if (peer->peer->name[0])
		json_string("name", peer->peer->name);
	json_string("state", peer_state_names[peer->state]);
	if (peer_last_seen(peer->peer))
		json_number("last_seen", peer_last_seen(peer->peer) / NS_PER_SEC);
	put_rate("rx_bytes_per_second", peer->rx_rate);
	put_rate("tx_bytes_per_second", peer->tx_rate);
	json_number("rx_bytes", peer->peer->rx_bytes);
	json_number("tx_bytes", peer->peer->tx_bytes);
	if (peer->peer->last_reason[0])
		json_string("last_reason", peer->peer->last_reason);
	json_close('}');
}

static void put_device(const struct sample *sample, const struct sample_device *dev)
{
	size_t i;

	json_open(NULL, '{');
	json_string("name", dev->dev.name);
	if (dev->error)
		json_string("error", strerror(-dev->error));
	put_rate("rx_bytes_per_second", dev->rx_rate);
	put_rate("tx_bytes_per_second", dev->tx_rate);
	json_open("new_reasons", '[');
	for (i = 0; i < dev->n_reasons; i++) {
		json_open(NULL, '{');
		json_string("name", dev->reasons[i].name);
		json_number("count", dev->reasons[i].more);
		json_close('}');
	}
	json_close(']');
	json_open("peers", '[');
	for (i = 0; i < sample->n_peers; i++)
		if (sample->peers[i].dev == &dev->dev)
			put_peer(&sample->peers[i]);
	json_close(']');
	json_close('}');
}

void top_json(const struct sample *sample)
{
	size_t i;

	json_open(NULL, '{');
	json_number("time", sample->now);
	json_open("interfaces", '[');
	for (i = 0; i < sample->n_devices; i++)
		put_device(sample, &sample->devices[i]);
	json_close(']');
	json_close('}');
}
