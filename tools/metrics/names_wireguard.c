// SPDX-License-Identifier: GPL-2.0
/* Prints metrics under the names of two exporters for WireGuard, for their dashboards. */

#include "lib/keys.h"
#include "metrics/names.h"
#include "metrics/peer_metrics.h"
#include "metrics/prom.h"

/*
 * Neither has labels for endpoints and allowed IPs here: only the administrator may read
 * these. Both have the value 0 for a peer without a handshake.
 */
#define AT(member)	offsetof(struct peer, member)
#define N(array)	(sizeof(array) / sizeof((array)[0]))

void names_mdlayher(FILE *out, const struct scrape *scrape, size_t peers_max)
{
	static const struct peer_labels named = { .interface = "device", .name = "name" };
	static const struct peer_labels plain = { .interface = "device" };
	static const struct prom_metric device_info = {
		"wireguard_device_info", false, "Public key of a device."
	};
	static const struct peer_metric peer_info = {
		{ "wireguard_peer_info", false, "Name of a peer." }, PEER_VALUE_ONE,
	};
	static const struct peer_metric metrics[] = {
		{ { "wireguard_peer_receive_bytes_total", true,
		    "Bytes received from a peer." }, PEER_VALUE_COUNT, AT(rx_bytes) },
		{ { "wireguard_peer_transmit_bytes_total", true,
		    "Bytes sent to a peer." }, PEER_VALUE_COUNT, AT(tx_bytes) },
		{ { "wireguard_peer_last_handshake_seconds", false,
		    "Time of the last handshake since 1970; 0 if there was none." },
		  PEER_VALUE_TIME_OR_0, AT(last_handshake) },
	};
	struct prom prom = { .out = out };
	char key[KEY_TEXT_LEN];
	size_t i;

	prom_begin(&prom, &device_info);
	for (i = 0; i < scrape->n; i++) {
		if (!scrape->links[i].read)
			continue;
		key_to_text(key, scrape->links[i].dev.public_key);
		prom_label(&prom, "device", scrape->links[i].dev.name);
		prom_label(&prom, "public_key", key);
		prom_value(&prom, 1);
	}
	peer_metrics_print(&prom, scrape, peers_max, &peer_info, &named);
	for (i = 0; i < N(metrics); i++)
		peer_metrics_print(&prom, scrape, peers_max, &metrics[i], &plain);
}

void names_mindflavor(FILE *out, const struct scrape *scrape, size_t peers_max)
{
	static const struct peer_labels labels = {
		.interface = "interface", .name = "friendly_name",
	};
	static const struct peer_metric metrics[] = {
		{ { "wireguard_sent_bytes_total", true, "Bytes sent to a peer." },
		  PEER_VALUE_COUNT, AT(tx_bytes) },
		{ { "wireguard_received_bytes_total", true, "Bytes received from a peer." },
		  PEER_VALUE_COUNT, AT(rx_bytes) },
		{ { "wireguard_latest_handshake_seconds", false,
		    "Time of the last handshake since 1970; 0 if there was none." },
		  PEER_VALUE_TIME_OR_0, AT(last_handshake) },
	};
	struct prom prom = { .out = out };
	size_t i;

	for (i = 0; i < N(metrics); i++)
		peer_metrics_print(&prom, scrape, peers_max, &metrics[i], &labels);
}
