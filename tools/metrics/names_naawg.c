// SPDX-License-Identifier: GPL-2.0
/* Prints metrics under the names of naawg. */

#include <inttypes.h>
#include <string.h>

#include "lib/keys.h"
#include "metrics/forward_metrics.h"
#include "metrics/names.h"
#include "metrics/peer_metrics.h"
#include "metrics/prom.h"

static const struct peer_labels by_key = { .interface = "interface" };
static const struct peer_labels by_name = { .interface = "interface", .name = "name" };
static const struct peer_labels by_reason = { .interface = "interface", .reason = "reason" };

#define AT(member)	offsetof(struct peer, member)

static const struct peer_metric of_peers[] = {
	{ { "naawg_peer_connected", false,
	    "Whether a peer has a session and answers." },
	  PEER_VALUE_BIT, .bit = PEER_CONNECTED },
	{ { "naawg_peer_unreachable", false,
	    "Whether a peer left two handshake initiations unanswered." },
	  PEER_VALUE_BIT, .bit = PEER_UNREACHABLE },
	{ { "naawg_peer_last_handshake_timestamp_seconds", false,
	    "Time of the last handshake since 1970; absent if there was none." },
	  PEER_VALUE_TIME, AT(last_handshake) },
	{ { "naawg_peer_receive_bytes_total", true, "Bytes received from a peer." },
	  PEER_VALUE_COUNT, AT(rx_bytes) },
	{ { "naawg_peer_transmit_bytes_total", true, "Bytes sent to a peer." },
	  PEER_VALUE_COUNT, AT(tx_bytes) },
	{ { "naawg_peer_receive_packets_total", true, "Packets received from a peer." },
	  PEER_VALUE_COUNT, AT(rx_packets) },
	{ { "naawg_peer_transmit_packets_total", true, "Packets sent to a peer." },
	  PEER_VALUE_COUNT, AT(tx_packets) },
	{ { "naawg_peer_handshake_rtt_seconds", false,
	    "Round-trip time of the last handshake; absent if unknown." },
	  PEER_VALUE_MICROS, AT(handshake_rtt_us) },
	{ { "naawg_peer_retransmissions_total", true,
	    "Handshake initiations sent again to a peer." },
	  PEER_VALUE_COUNT, AT(retransmissions), PEER_HAS_LOSSES },
	{ { "naawg_peer_lost_packets_total", true,
	    "Packets of a peer that never arrived, by their numbers." },
	  PEER_VALUE_COUNT, AT(lost_packets), PEER_HAS_LOSSES },
	{ { "naawg_peer_last_receive_timestamp_seconds", false,
	    "Time of the last packet from a peer since 1970; absent if there was none." },
	  PEER_VALUE_TIME, AT(last_rx) },
	{ { "naawg_peer_last_transmit_timestamp_seconds", false,
	    "Time of the last packet to a peer since 1970; absent if there was none." },
	  PEER_VALUE_TIME, AT(last_tx) },
};

static const struct peer_metric peer_info = {
	{ "naawg_peer_info", false, "Name of a peer." }, PEER_VALUE_ONE,
};
static const struct peer_metric peer_reason = {
	{ "naawg_peer_last_reason_info", false,
	  "Newest reason of a drop or a failed handshake of a peer." }, PEER_VALUE_ONE,
};

static void module(struct prom *prom, const struct scrape *scrape)
{
	static const struct prom_metric info = {
		"naawg_module_info", false, "Version of the kernel module."
	}, up = {
		"naawg_up", false, "Whether the kernel module is loaded."
	}, served = {
		"naawg_wireguard_served_info", false,
		"Driver that serves interfaces of kind wireguard on this machine."
	}, errors = {
		"naawg_scrape_errors", false, "Interfaces that could not be read this time."
	};

	if (scrape->loaded) {
		prom_begin(prom, &info);
		prom_label(prom, "version", scrape->version);
		prom_value(prom, 1);
	}
	prom_begin(prom, &up);
	prom_value(prom, scrape->loaded);
	prom_begin(prom, &served);
	prom_label(prom, "by", served_name(scrape->served));
	prom_value(prom, 1);
	prom_begin(prom, &errors);
	prom_value(prom, scrape->errors);
}

static void interface_info(struct prom *prom, const struct scraped_link *link)
{
	char key[KEY_TEXT_LEN] = "", port[sizeof("65535")];

	if (!key_is_zero(link->dev.public_key))
		key_to_text(key, link->dev.public_key);
	snprintf(port, sizeof(port), "%u", link->dev.listen_port);
	prom_label(prom, "interface", link->dev.name);
	prom_label(prom, "public_key", key);
	prom_label(prom, "listen_port", port);
	prom_value(prom, 1);
}

enum of_interface { INFO, UP, PEERS, CONNECTED, OMITTED };

static uint64_t of_interface(const struct scraped_link *link, enum of_interface which,
			     size_t peers_max)
{
	const struct device *dev = &link->dev;

	switch (which) {
	case UP:
		return link->up;
	case PEERS:
		return dev->n_peers;
	case CONNECTED:
		return scrape_connected(dev);
	default:
		return dev->n_peers > peers_max ? dev->n_peers - peers_max : 0;
	}
}

static void interfaces(struct prom *prom, const struct scrape *scrape, size_t peers_max)
{
	static const struct prom_metric metrics[] = {
		[INFO] = { "naawg_interface_info", false,
			   "Public key and UDP port of an interface." },
		[UP] = { "naawg_interface_up", false, "Whether an interface is up." },
		[PEERS] = { "naawg_peers", false, "Peers of an interface." },
		[CONNECTED] = { "naawg_peers_connected", false,
				"Peers that have a session and answer." },
		[OMITTED] = { "naawg_peers_omitted", false,
			      "Peers without metrics of their own, because of --peers-max." },
	};
	const struct scraped_link *link;
	unsigned int which;
	size_t i;

	for (which = INFO; which <= OMITTED; which++) {
		prom_begin(prom, &metrics[which]);
		for (i = 0; i < scrape->n; i++) {
			link = &scrape->links[i];
			if (!link->read)
				continue;
			if (which == INFO) {
				interface_info(prom, link);
				continue;
			}
			prom_label(prom, "interface", link->dev.name);
			prom_value(prom, of_interface(link, which, peers_max));
		}
	}
}

static void peers(struct prom *prom, const struct scrape *scrape, size_t peers_max)
{
	size_t i;

	peer_metrics_print(prom, scrape, peers_max, &peer_info, &by_name);
	for (i = 0; i < sizeof(of_peers) / sizeof(of_peers[0]); i++)
		peer_metrics_print(prom, scrape, peers_max, &of_peers[i], &by_key);
	peer_metrics_print(prom, scrape, peers_max, &peer_reason, &by_reason);
}

/* All of them, so that rate() notices the first one. */
static void reasons(struct prom *prom, const struct scrape *scrape, bool handshake)
{
	static const struct prom_metric metrics[] = {
		{ "naawg_drops_total", true, "Dropped packets by reason." },
		{ "naawg_handshake_failures_total", true, "Failed handshakes by reason." },
	};
	const struct device *dev;
	size_t i, j;

	prom_begin(prom, &metrics[handshake]);
	for (i = 0; i < scrape->n; i++) {
		dev = &scrape->links[i].dev;
		for (j = 0; j < dev->n_reasons; j++) {
			if (dev->reasons[j].handshake != handshake)
				continue;
			prom_label(prom, "interface", dev->name);
			prom_label(prom, "reason", dev->reasons[j].name);
			prom_value(prom, dev->reasons[j].count);
		}
	}
}

static void batches(struct prom *prom, const struct scrape *scrape)
{
	static const struct prom_metric metric = {
		"naawg_batch_packets_total", true, "Counters of batches of packets."
	};
	const struct device *dev;
	size_t i, j;

	prom_begin(prom, &metric);
	for (i = 0; i < scrape->n; i++) {
		dev = &scrape->links[i].dev;
		for (j = 0; j < dev->n_counters; j++) {
			prom_label(prom, "interface", dev->name);
			prom_label(prom, "counter", dev->counters[j].name);
			prom_value(prom, dev->counters[j].count);
		}
	}
}

void names_naawg(FILE *out, const struct scrape *scrape, size_t peers_max)
{
	struct prom prom = { .out = out };

	module(&prom, scrape);
	interfaces(&prom, scrape, peers_max);
	peers(&prom, scrape, peers_max);
	reasons(&prom, scrape, false);
	reasons(&prom, scrape, true);
	batches(&prom, scrape);
	forward_metrics_print(&prom, scrape);
}

names_print names_find(const char *word)
{
	static const struct {
		const char *word;
		names_print print;
	} all[] = {
		{ "naawg", names_naawg },
		{ "mdlayher", names_mdlayher },
		{ "mindflavor", names_mindflavor },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(word, all[i].word))
			return all[i].print;
	return NULL;
}
