// SPDX-License-Identifier: GPL-2.0
/* stats: prints counters and state without secrets, for every user of the namespace. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmds/cmds.h"
#include "cmds/show.h"
#include "lib/format.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/loaded.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "lib/reference.h"
#include "lib/served.h"
#include "netcfg/state.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static void label(const char *name)
{
	printf("  %s%s%s: ", color_bold(), name, color_reset());
}

static void header(const char *colour, const char *what, const char *name)
{
	printf("%s%s%s%s: %s%s%s\n", colour, color_bold(), what, color_reset(), colour, name,
	       color_reset());
}

static void reasons(const struct device *dev, bool handshake, const char *title)
{
	bool any = false;
	size_t i;

	for (i = 0; i < dev->n_reasons; i++) {
		const struct reason *reason = &dev->reasons[i];

		if (reason->handshake != handshake || !reason->count)
			continue;
		if (!any) {
			label(title);
			putchar('\n');
		}
		printf("    %s: %" PRIu64 "\n", reason->name, reason->count);
		any = true;
	}
	if (!any) {
		label(title);
		puts("(none)");
	}
}

static void batches(const struct device *dev)
{
	bool any = false;
	size_t i;

	for (i = 0; i < dev->n_counters; i++) {
		const struct counter *counter = &dev->counters[i];

		if (!counter->count)
			continue;
		if (!any) {
			label("batches");
			putchar('\n');
		}
		printf("    %s: %" PRIu64 "\n", counter->name, counter->count);
		any = true;
	}
	if (!any) {
		label("batches");
		puts("(none)");
	}
}

static void pretty_peer(const struct peer *peer)
{
	uint64_t then = peer->last_handshake / NS_PER_SEC, now = time(NULL);
	char text[KEY_TEXT_LEN];

	putchar('\n');
	key_to_text(text, peer->public_key);
	header(color_yellow(), "peer", text);
	label("connected");
	puts(peer->bits & PEER_CONNECTED ? "yes" :
	     peer->bits & PEER_UNREACHABLE ? "no, the peer does not answer" : "no");
	label("latest handshake");
	if (!peer->last_handshake) {
		puts("never");
	} else if (then >= now) {
		puts("Now");
	} else {
		format_print_duration(now - then);
		puts(" ago");
	}
	label("transfer");
	format_print_bytes(peer->rx_bytes);
	fputs(" received, ", stdout);
	format_print_bytes(peer->tx_bytes);
	puts(" sent");
	label("packets");
	printf("%" PRIu64 " received, %" PRIu64 " sent\n", peer->rx_packets, peer->tx_packets);
	show_path(peer);
	if (peer->last_reason[0]) {
		label("last reason");
		puts(peer->last_reason);
	}
}

static void pretty(const struct device *dev)
{
	char text[KEY_TEXT_LEN];
	size_t i;

	header(color_green(), "interface", dev->name);
	if (!key_is_zero(dev->public_key)) {
		key_to_text(text, dev->public_key);
		label("public key");
		puts(text);
	}
	if (dev->listen_port) {
		label("listening port");
		printf("%u\n", dev->listen_port);
	}
	reasons(dev, true, "failed handshakes");
	reasons(dev, false, "dropped packets");
	batches(dev);
	if (dev->bits & DEVICE_HAS_CHAINS) {
		label("receive offload");
		puts(chains_text(dev->chains));
	}
	for (i = 0; i < dev->n_peers; i++)
		pretty_peer(&dev->peers[i]);
}

static void json_peer(const struct peer *peer)
{
	char text[KEY_TEXT_LEN];

	json_open(NULL, '{');
	key_to_text(text, peer->public_key);
	json_string("public_key", text);
	if (peer->name[0])
		json_string("name", peer->name);
	json_bool("connected", peer->bits & PEER_CONNECTED);
	json_bool("unreachable", peer->bits & PEER_UNREACHABLE);
	if (peer->last_handshake)
		json_number("latest_handshake", peer->last_handshake / NS_PER_SEC);
	json_number("rx_bytes", peer->rx_bytes);
	json_number("tx_bytes", peer->tx_bytes);
	json_number("rx_packets", peer->rx_packets);
	json_number("tx_packets", peer->tx_packets);
	show_json_path(peer);
	if (peer->last_reason[0])
		json_string("last_reason", peer->last_reason);
	json_close('}');
}

/* Omitted if the link was moved or removed meanwhile. */
static void json_up(const char *name)
{
	struct link_list links;
	size_t i;

	if (nl_list_links(&links, true))
		return;
	for (i = 0; i < links.n; i++) {
		if (!strcmp(links.links[i].name, name))
			json_bool("up", links.links[i].flags & IFF_UP);
	}
	link_list_destroy(&links);
}

static void json(const struct device *dev, bool has_forwards)
{
	char text[KEY_TEXT_LEN];
	size_t i;

	json_open(NULL, '{');
	json_string("name", dev->name);
	if (!key_is_zero(dev->public_key)) {
		key_to_text(text, dev->public_key);
		json_string("public_key", text);
	}
	json_up(dev->name);
	json_number("listen_port", dev->listen_port);
	json_bool("answer_unreachable", dev->answer_unreachable);
	json_open("reasons", '[');
	for (i = 0; i < dev->n_reasons; i++) {
		json_open(NULL, '{');
		json_string("name", dev->reasons[i].name);
		json_number("count", dev->reasons[i].count);
		json_bool("handshake", dev->reasons[i].handshake);
		json_close('}');
	}
	json_close(']');
	json_open("counters", '[');
	for (i = 0; i < dev->n_counters; i++) {
		json_open(NULL, '{');
		json_string("name", dev->counters[i].name);
		json_number("count", dev->counters[i].count);
		json_close('}');
	}
	json_close(']');
	if (dev->bits & DEVICE_HAS_CHAINS)
		json_string("chains", chains_name(dev->chains));
	json_open("peers", '[');
	for (i = 0; i < dev->n_peers; i++)
		json_peer(&dev->peers[i]);
	json_close(']');
	if (has_forwards)
		show_json_forwards(dev);
	json_close('}');
}

static bool one(const char *name, bool as_json, bool between)
{
	struct device dev;
	int error = nl_get_stats(name, &dev);

	if (error) {
		fprintf(stderr, "Unable to access interface %s: %s\n", name, strerror(-error));
		hint(error, name);
		return false;
	}
	if (between && !as_json)
		putchar('\n');
	if (as_json) {
		state_names(&dev);
		json(&dev, !nl_get_forwards(&dev));
	} else {
		pretty(&dev);
	}
	device_destroy(&dev);
	return true;
}

/* @shown: gets the number of interfaces that were read. */
static int all(bool as_json, size_t *shown)
{
	struct link_list links;
	size_t i;
	int error, ret;

	error = nl_list_links(&links, true);
	if (error) {
		fprintf(stderr, "Unable to list interfaces: %s\n", strerror(-error));
		hint(error, NULL);
		return 1;
	}
	for (i = 0; i < links.n; i++)
		*shown += one(links.links[i].name, as_json, *shown);
	ret = links.n && !*shown;
	link_list_destroy(&links);
	return ret;
}

static int usage(const char *command, bool help)
{
	fprintf(help ? stdout : stderr, "Usage: %s %s [--json] [<interface> | all]\n", prog_name,
		command);
	if (!help)
		return 1;
	putchar('\n');
	reference_print_kind(REFERENCE_HANDSHAKE, "Failed handshakes");
	putchar('\n');
	reference_print_kind(REFERENCE_DROP, "Dropped packets");
	putchar('\n');
	reference_print_kind(REFERENCE_COUNTER, "Batches");
	printf("\n`%s explain <name>' says more, and what to do.\n", prog_name);
	return 0;
}

int cmd_stats(int argc, char **argv)
{
	const char *name = NULL;
	bool as_json = false;
	size_t shown = 0;
	int i, ret = 0;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json")) {
			as_json = true;
		} else if (!name && argv[i][0] != '-') {
			name = argv[i];
		} else {
			return usage(argv[0], prog_help(argc, argv));
		}
	}
	if (as_json) {
		json_open(NULL, '{');
		json_open("devices", '[');
	}
	if (!name || !strcmp(name, "all"))
		ret = all(as_json, &shown);
	else if (one(name, as_json, false))
		shown = 1;
	else
		ret = 1;
	if (as_json) {
		json_close(']');
		loaded_print_json("module", shown);
		json_string("wireguard", served_name(served_by()));
		json_close('}');
	}
	return ret;
}
