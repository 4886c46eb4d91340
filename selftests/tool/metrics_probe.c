// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of `naawg metrics` without a kernel:
 *
 *	metrics_probe naawg|mdlayher|mindflavor|page|still PEERS_MAX < description
 *	metrics_probe request < bytes		prints the status that parsing them has
 *
 * Lines of a description, with tabs between words; names are in hexadecimal digits:
 *
 *	module VERSION
 *	served NUMBER, of enum served
 *	errors NUMBER
 *	link NAME up|down|failed PORT KEY
 *	peer KEY NAME BITS HANDSHAKE RX TX RX_PACKETS TX_PACKETS REASON
 *	path RTT_US RETRANSMISSIONS LOST LAST_RX LAST_TX
 *	peers NUMBER
 *	reason NAME COUNT drop|handshake
 *	counter NAME COUNT
 *	forward TEXT CONNECTIONS LAST_USE
 *	reading AGE RX TX
 *	was KEY RX TX
 *
 * "reading" is an earlier sum of all peers, "was" that of a peer five seconds ago. Times are seconds since 1970. "peers" adds peers with made-up keys.
 */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/forward.h"
#include "lib/keys.h"
#include "lib/prog.h"
#include "metrics/history.h"
#include "metrics/names.h"
#include "metrics/page.h"
#include "metrics/request.h"
#include "metrics/scrape.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static struct scrape scrape = { .now = 1800000000 * NS_PER_SEC };
static struct history history = { .now = 100000 * NS_PER_SEC };
static struct device *dev;

static void unhex(char *text, size_t size, const char *hex)
{
	size_t len = 0;

	sodium_hex2bin((uint8_t *)text, size - 1, hex, strlen(hex), NULL, &len, NULL);
	text[len] = '\0';
}

static uint64_t number(const char *word)
{
	return strtoull(word, NULL, 10);
}

static void take_link(char **word)
{
	char name[IFNAMSIZ];
	struct scraped_link *link;

	unhex(name, sizeof(name), word[1]);
	link = scrape_add(&scrape, name);
	link->up = !strcmp(word[2], "up");
	link->read = strcmp(word[2], "failed");
	dev = &link->dev;
	dev->ifindex = scrape.n;
	dev->listen_port = number(word[3]);
	key_from_text(dev->public_key, word[4]);
}

static void take_peer(char **word)
{
	struct peer *peer = device_add_peer(dev);

	key_from_text(peer->public_key, word[1]);
	unhex(peer->name, sizeof(peer->name), word[2]);
	peer->bits = number(word[3]);
	peer->last_handshake = number(word[4]) * NS_PER_SEC;
	peer->rx_bytes = number(word[5]);
	peer->tx_bytes = number(word[6]);
	peer->rx_packets = number(word[7]);
	peer->tx_packets = number(word[8]);
	snprintf(peer->last_reason, sizeof(peer->last_reason), "%s", word[9]);
}

/* For the peer on the line before. */
static void take_path(char **word)
{
	struct peer *peer = &dev->peers[dev->n_peers - 1];

	peer->bits |= PEER_HAS_LOSSES;
	peer->handshake_rtt_us = number(word[1]);
	peer->retransmissions = number(word[2]);
	peer->lost_packets = number(word[3]);
	peer->last_rx = number(word[4]) * NS_PER_SEC;
	peer->last_tx = number(word[5]) * NS_PER_SEC;
}

static void take_peers(char **word)
{
	uint64_t i, n = number(word[1]);

	for (i = 0; i < n; i++)
		memcpy(device_add_peer(dev)->public_key, &i, sizeof(i));
}

static void take_reason(char **word)
{
	struct reason *reason = device_add_reason(dev);

	snprintf(reason->name, sizeof(reason->name), "%s", word[1]);
	reason->count = number(word[2]);
	reason->handshake = !strcmp(word[3], "handshake");
}

static void take_counter(char **word)
{
	struct counter *counter = device_add_counter(dev);

	snprintf(counter->name, sizeof(counter->name), "%s", word[1]);
	counter->count = number(word[2]);
}

static void take_forward(char **word)
{
	struct forward *forward;

	if (!forward_parse(dev, word[1], stderr))
		exit(2);
	forward = &dev->forwards[dev->n_forwards - 1];
	forward->connections = number(word[2]);
	forward->last_use = number(word[3]) * NS_PER_SEC;
}

static void take_reading(char **word)
{
	struct link_history *link = &history.links[scrape.n - 1];

	snprintf(link->name, sizeof(link->name), "%.15s", dev->name);
	link->ifindex = dev->ifindex;
	link->readings[link->n++] = (struct reading){
		history.now - number(word[1]) * NS_PER_SEC, number(word[2]), number(word[3]),
	};
	history.n_links = scrape.n;
}

static void take_was(char **word)
{
	struct peer_reading *reading = &history.newest.peers[history.newest.n++];

	history.newest.at = history.now - 5 * NS_PER_SEC;
	reading->ifindex = dev->ifindex;
	key_from_text(reading->public_key, word[1]);
	reading->rx = number(word[2]);
	reading->tx = number(word[3]);
}

static void take_module(char **word)
{
	scrape.loaded = true;
	snprintf(scrape.version, sizeof(scrape.version), "%s", word[1]);
}

static void take_served(char **word)
{
	scrape.served = number(word[1]);
}

static void take_errors(char **word)
{
	scrape.errors = number(word[1]);
}

static void take(char *line)
{
	static const struct {
		const char *name;
		void (*take)(char **word);
	} kinds[] = {
		{ "module", take_module }, { "served", take_served },
		{ "errors", take_errors }, { "link", take_link },
		{ "peer", take_peer }, { "path", take_path },
		{ "peers", take_peers }, { "reason", take_reason },
		{ "counter", take_counter }, { "forward", take_forward },
		{ "reading", take_reading }, { "was", take_was },
	};
	char *word[16], *rest = line;
	size_t i;

	for (i = 0; i < 16; i++) {
		word[i] = strsep(&rest, "\t");
		if (!word[i])
			word[i] = "";
	}
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(word[0], kinds[i].name))
			kinds[i].take(word);
}

static void print_page(bool still, size_t peers_max)
{
	struct page page = {
		.out = stdout, .scrape = &scrape, .history = &history, .host = "<host>",
		.peers_max = peers_max, .still = still,
	};

	page_print(&page);
}

static int print_request(void)
{
	char *bytes = malloc(REQUEST_MAX);
	struct request request;
	size_t len = fread(bytes, 1, REQUEST_MAX, stdin);
	/* A copy of that size, so that the sanitizer notices a read behind its end. */
	char *exact = memcpy(malloc(len + !len), bytes, len);

	printf("%d", request_parse(&request, exact, len));
	printf(" %s%s%s\n", request.head ? "head " : "", request.metrics ? "metrics" : "page",
	       request.still ? " still" : "");
	free(exact);
	free(bytes);
	return 0;
}

int main(int argc, char **argv)
{
	char line[1024];

	prog_name = argv[0];
	if (argc == 2 && !strcmp(argv[1], "request"))
		return print_request();
	if (argc != 3)
		return 2;
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		take(line);
	}
	if (names_find(argv[1]))
		names_find(argv[1])(stdout, &scrape, number(argv[2]));
	else
		print_page(!strcmp(argv[1], "still"), number(argv[2]));
	scrape_destroy(&scrape);
	return 0;
}
