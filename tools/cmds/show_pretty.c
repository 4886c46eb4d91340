// SPDX-License-Identifier: GPL-2.0
/* Prints a device for people: `show' without a field. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmds/show.h"
#include "lib/format.h"
#include "lib/forward.h"
#include "lib/keys.h"
#include "lib/prog.h"

#define NS_PER_SEC	UINT64_C(1000000000)

/* Newest handshake first; equal ones keep the order of the kernel. */
static int by_handshake(const void *a, const void *b)
{
	const struct peer *pa = *(const struct peer * const *)a;
	const struct peer *pb = *(const struct peer * const *)b;

	if (pa->last_handshake != pb->last_handshake)
		return pa->last_handshake < pb->last_handshake ? 1 : -1;
	return pa < pb ? -1 : pa > pb;
}

static void label(const char *name)
{
	printf("  %s%s%s: ", color_bold(), name, color_reset());
}

static void secret(const char *name, const uint8_t key[static KEY_LEN])
{
	const char *hide = getenv("WG_HIDE_KEYS");
	char text[KEY_TEXT_LEN];

	if (key_is_zero(key))
		return;
	label(name);
	if (hide && !strcmp(hide, "never")) {
		key_to_text(text, key);
		puts(text);
		explicit_bzero(text, sizeof(text));
	} else {
		puts("(hidden)");
	}
}

static void header(const char *colour, const char *what, const char *name)
{
	printf("%s%s%s%s: %s%s%s\n", colour, color_bold(), what, color_reset(), colour, name,
	       color_reset());
}

static void allowed_ips(const struct peer *peer)
{
	char text[ADDRESS_TEXT_LEN];
	size_t i;

	label("allowed ips");
	for (i = 0; i < peer->n_ips; i++)
		printf("%s%s%s/%s%u", i ? ", " : "", address_text(text, &peer->ips[i]),
		       color_cyan(), color_reset(), peer->ips[i].prefix_len);
	puts(peer->n_ips ? "" : "(none)");
}

static void handshake(const struct peer *peer)
{
	uint64_t then = peer->last_handshake / NS_PER_SEC;
	uint64_t now = time(NULL);

	label("latest handshake");
	if (then > now) {
		printf("(%sSystem clock wound backward; connection problems may ensue.%s)\n",
		       color_red(), color_reset());
	} else if (then == now) {
		puts("Now");
	} else {
		format_print_duration(now - then);
		puts(" ago");
	}
}

static void one_peer(const struct peer *peer)
{
	char text[KEY_TEXT_LEN > ENDPOINT_TEXT_LEN ? KEY_TEXT_LEN : ENDPOINT_TEXT_LEN];

	putchar('\n');
	key_to_text(text, peer->public_key);
	header(color_yellow(), "peer", text);
	/* Called as wg, no device has names. */
	if (peer->name[0]) {
		label("name");
		puts(peer->name);
	}
	secret("preshared key", peer->preshared_key);
	if (peer->bits & PEER_HAS_ENDPOINT) {
		label("endpoint");
		puts(endpoint_text(text, &peer->endpoint));
	}
	allowed_ips(peer);
	if (peer->last_handshake)
		handshake(peer);
	if (peer->rx_bytes || peer->tx_bytes) {
		label("transfer");
		format_print_bytes(peer->rx_bytes);
		fputs(" received, ", stdout);
		format_print_bytes(peer->tx_bytes);
		puts(" sent");
	}
	if (!prog_as_wg)
		show_path(peer);
	if (peer->keepalive) {
		label("persistent keepalive");
		fputs("every ", stdout);
		format_print_duration(peer->keepalive);
		putchar('\n');
	}
}

static void forwards(const struct device *dev)
{
	char text[FORWARD_TEXT_LEN];
	size_t i;

	for (i = 0; i < dev->n_forwards; i++) {
		const struct forward *forward = &dev->forwards[i];

		label("forward");
		printf("%s (%" PRIu64 " connections, ", forward_text(text, forward),
		       forward->connections);
		format_print_bytes(forward->rx_bytes);
		fputs(" in, ", stdout);
		format_print_bytes(forward->tx_bytes);
		fputs(" out, ", stdout);
		show_forward_use(stdout, forward);
		puts(")");
	}
}

static void forbidden(const struct device *dev)
{
	char text[ADDRESS_TEXT_LEN];
	size_t i;

	if (!dev->n_forbidden || prog_as_wg)
		return;
	label("forbidden");
	for (i = 0; i < dev->n_forbidden; i++)
		printf("%s%s%s/%s%u", i ? ", " : "", address_text(text, &dev->forbidden[i]),
		       color_cyan(), color_reset(), dev->forbidden[i].prefix_len);
	putchar('\n');
}

void show_pretty(const struct device *dev)
{
	const struct peer **order;
	char text[KEY_TEXT_LEN];
	size_t i;

	fputs(color_reset(), stdout);
	header(color_green(), "interface", dev->name);
	if (!key_is_zero(dev->public_key)) {
		key_to_text(text, dev->public_key);
		label("public key");
		puts(text);
	}
	secret("private key", dev->private_key);
	if (dev->listen_port) {
		label("listening port");
		printf("%u\n", dev->listen_port);
	}
	if (dev->fwmark) {
		label("fwmark");
		printf("0x%x\n", dev->fwmark);
	}
	if (dev->answer_unreachable && !prog_as_wg) {
		label("answer unreachable");
		puts("on");
	}

	forwards(dev);
	forbidden(dev);

	order = calloc(dev->n_peers + 1, sizeof(*order));
	if (!order) {
		perror("calloc");
		return;
	}
	for (i = 0; i < dev->n_peers; i++)
		order[i] = &dev->peers[i];
	qsort(order, dev->n_peers, sizeof(*order), by_handshake);
	for (i = 0; i < dev->n_peers; i++)
		one_peer(order[i]);
	free(order);
}
