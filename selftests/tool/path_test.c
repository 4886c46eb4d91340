// SPDX-License-Identifier: GPL-2.0
/* Times, losses and round-trip times of a peer in words for people. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

#include "cmds/show.h"

#define NS	UINT64_C(1000000000)

/* The output of show_path(), until the next call. */
static const char *shown(const struct peer *peer)
{
	static char text[1024];
	FILE *file = tmpfile();
	int out = dup(STDOUT_FILENO);
	size_t len;

	if (!file || out < 0)
		exit(1);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	show_path(peer);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	rewind(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

static bool is(const struct peer *peer, const char *expected)
{
	const char *text = shown(peer);

	if (!strcmp(text, expected))
		return true;
	printf("# %s# and not %s", text, expected);
	return false;
}

static void round_trip(void)
{
	struct peer peer = { .handshake_rtt_us = 1 };

	check(is(&peer, "  round trip: 1 us\n"));
	peer.handshake_rtt_us = 100;
	check(is(&peer, "  round trip: 0.1 ms\n"));
	peer.handshake_rtt_us = 3249;
	check(is(&peer, "  round trip: 3.2 ms\n"));
	peer.handshake_rtt_us = 42500;
	check(is(&peer, "  round trip: 42 ms\n"));
	peer.handshake_rtt_us = 1234567;
	check(is(&peer, "  round trip: 1.2 s\n"));
}

static void counts(void)
{
	struct peer peer = { .rx_packets = 9990, .lost_packets = 12 };

	check(is(&peer, "  lost: 12 of about 10,002 packets\n"));
	peer.lost_packets = 1234000;
	peer.rx_packets = 0;
	peer.retransmissions = 999;
	check(is(&peer, "  repeated initiations: 999\n"
		 "  lost: 1,234,000 of about 1,234,000 packets\n"));
	peer.lost_packets = 0;
	peer.retransmissions = 1000;
	check(is(&peer, "  repeated initiations: 1,000\n"));
}

static void times(void)
{
	uint64_t now = time(NULL);
	struct peer peer = { .last_tx = (now + 1000) * NS };

	check(is(&peer, "  latest message: never received, sent now\n"));
	peer.last_rx = (now - 7200) * NS;
	check(!strncmp(shown(&peer), "  latest message: received 2 hours", 34));
}

static void nothing(void)
{
	struct peer peer = { .bits = PEER_HAS_LOSSES, .rx_packets = 1 };

	check(is(&peer, ""));
}

int main(void)
{
	setenv("WG_COLOR_MODE", "never", 1);
	tap_run("a round trip has a unit that suits it", round_trip);
	tap_run("numbers have separators, and losses their total", counts);
	tap_run("times are told from now", times);
	tap_run("nothing is printed for a peer without losses and times", nothing);
	return tap_done();
}
