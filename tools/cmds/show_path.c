// SPDX-License-Identifier: GPL-2.0
/* Prints what the messages of a peer tell about the path to it. */

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "cmds/show.h"
#include "lib/format.h"
#include "lib/json.h"

#define NS_PER_SEC	UINT64_C(1000000000)
#define US_PER_SEC	1000000

static void label(const char *name)
{
	printf("  %s%s%s: ", color_bold(), name, color_reset());
}

static void print_round_trip(uint32_t us)
{
	if (us < 100)
		printf("%" PRIu32 " %sus%s\n", us, color_cyan(), color_reset());
	else if (us < US_PER_SEC)
		printf("%.*f %sms%s\n", us < 10000, us / 1e3, color_cyan(), color_reset());
	else
		printf("%.1f %ss%s\n", us / 1e6, color_cyan(), color_reset());
}

/* 1,234,567 */
static void print_grouped(uint64_t n)
{
	if (n < 1000) {
		printf("%" PRIu64, n);
		return;
	}
	print_grouped(n / 1000);
	printf(",%03u", (unsigned int)(n % 1000));
}

static void print_when(const char *what, uint64_t then)
{
	uint64_t now = time(NULL), seconds = then / NS_PER_SEC;

	if (!then) {
		printf("never %s", what);
		return;
	}
	printf("%s ", what);
	/* the clock may have been set back since */
	if (seconds >= now) {
		fputs("now", stdout);
		return;
	}
	format_print_duration(now - seconds);
	fputs(" ago", stdout);
}

void show_path(const struct peer *peer)
{
	if (peer->last_rx || peer->last_tx) {
		label("latest message");
		print_when("received", peer->last_rx);
		fputs(", ", stdout);
		print_when("sent", peer->last_tx);
		putchar('\n');
	}
	if (peer->handshake_rtt_us) {
		label("round trip");
		print_round_trip(peer->handshake_rtt_us);
	}
	if (peer->retransmissions) {
		label("repeated initiations");
		print_grouped(peer->retransmissions);
		putchar('\n');
	}
	if (peer->lost_packets) {
		label("lost");
		print_grouped(peer->lost_packets);
		/* keepalives may be lost, too, but are not among the packets */
		fputs(" of about ", stdout);
		print_grouped(peer->rx_packets + peer->lost_packets);
		puts(" packets");
	}
}

void show_json_path(const struct peer *peer)
{
	if (peer->handshake_rtt_us)
		json_number("handshake_rtt_us", peer->handshake_rtt_us);
	if (peer->bits & PEER_HAS_LOSSES) {
		json_number("retransmissions", peer->retransmissions);
		json_number("lost_packets", peer->lost_packets);
	}
	if (peer->last_rx)
		json_number("last_rx", peer->last_rx / NS_PER_SEC);
	if (peer->last_tx)
		json_number("last_tx", peer->last_tx / NS_PER_SEC);
}
