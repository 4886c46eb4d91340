// SPDX-License-Identifier: GPL-2.0
/*
 * check: prints one line and sets an exit status, for health checks.
 *
 * The kernel decides whether a peer is connected. A recent handshake is no proof: keys may
 * have changed since, or the peer may be gone.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/local.h"
#include "cmds/cmds.h"
#include "conf/quick_conf.h"
#include "lib/format.h"
#include "lib/keys.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "netcfg/forward_report.h"
#include "netcfg/state.h"

#define NS_PER_SEC	UINT64_C(1000000000)

struct wish {
	const char *name;		/* name of the interface */
	char **peers;			/* keys or names; none: all peers */
	size_t n_peers;
	uint64_t max_age;		/* seconds; 0: as old as a session may be */
	uint64_t wait;			/* seconds to wait until the check passes */
	bool any;
	FILE *out;
};

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s <interface> [--peer <public key or name>]... [--max-age <seconds>] [--wait <seconds>] [--any | --all]\n",
		prog_name, cmd);
	return ret;
}

static int red(const struct wish *wish, const char *why)
{
	fprintf(wish->out, "%s: %s\n", wish->name, why);
	return 1;
}

/* Prints why the link cannot be checked. */
static int no_stats(const struct wish *wish, int error)
{
	switch (-error) {
	case EPROTONOSUPPORT:
		return red(wish, "the naawg kernel module is not loaded: `modprobe naawg' on the host");
	case ENODEV:
		return red(wish, "there is no such interface in this network namespace");
	case EOPNOTSUPP:
		return red(wish, "this is not a naawg interface");
	default:
		return red(wish, strerror(-error));
	}
}

/* False: the link is missing or down, and @why says which. */
static bool link_is_up(const char *name, const char **why)
{
	struct link_list list;
	bool up = false;
	size_t i;

	*why = "there is no such interface in this network namespace";
	if (nl_list_links(&list, true)) {
		*why = "the links of this network namespace cannot be listed";
		return false;
	}
	for (i = 0; i < list.n; i++) {
		if (strcmp(list.links[i].name, name))
			continue;
		up = list.links[i].flags & IFF_UP;
		if (!up)
			*why = "the interface is down: `ip link set up'";
	}
	link_list_destroy(&list);
	return up;
}

/* Prints counts of handshakes refused here: of reason @name, or of all other reasons. */
static size_t refused(const struct wish *wish, const struct device *dev, const char *name,
		      size_t said)
{
	size_t i;

	for (i = 0; i < dev->n_reasons; i++) {
		const struct reason *reason = &dev->reasons[i];

		if (!reason->handshake || !reason->count)
			continue;
		if (name ? strcmp(reason->name, name) :
		    !strcmp(reason->name, "unknown-peer") || !strcmp(reason->name, "bad-mac1"))
			continue;
		/* These may be old, and not the reason of the present failure. */
		fprintf(wish->out, "%s%s (%" PRIu64 ")",
			said++ ? ", " : "; handshakes failed here since the interface was made: ",
			reason->name, reason->count);
	}
	return said;
}

/* If the peer does not answer, the handshakes refused here may explain it. */
static bool says_little(const char *reason)
{
	return !*reason || !strcmp(reason, "unanswered") || !strcmp(reason, "given-up");
}

/* Prints what the reason of the peer, or the reasons without a peer, can mean. */
static void explain(const struct wish *wish, const struct device *dev, const struct peer *peer)
{
	size_t said = 0;

	if (says_little(peer->last_reason)) {
		/* A wrong key on one side explains the other reasons, so print it first. */
		said = refused(wish, dev, "unknown-peer", said);
		said = refused(wish, dev, "bad-mac1", said);
	}
	if (peer->last_reason[0]) {
		fprintf(wish->out, "; newest reason: %s", peer->last_reason);
		return;
	}
	if (refused(wish, dev, NULL, said))
		return;
	if (!peer->rx_bytes && peer->tx_bytes)
		fputs("; nothing ever came back: is its endpoint right, the port open, our public key known there?",
		      wish->out);
	else if (!peer->rx_bytes)
		fputs("; nothing was sent or received: it has no endpoint, or no program uses the tunnel",
		      wish->out);
}

/* Seconds since the newest handshake; 0 if the clock was set back since. */
static uint64_t age_of(const struct peer *peer, uint64_t now)
{
	uint64_t then = peer->last_handshake / NS_PER_SEC;

	return then > now ? 0 : now - then;
}

static bool has_session(const struct wish *wish, const struct peer *peer, uint64_t now)
{
	return peer->bits & PEER_CONNECTED &&
	       (!wish->max_age || age_of(peer, now) <= wish->max_age);
}

static void complain(const struct wish *wish, const struct device *dev,
		     const struct peer *peer, uint64_t now, size_t others)
{
	char label[PEER_LABEL_LEN];

	fprintf(wish->out, "%s: peer %s: ", wish->name, peer_label(label, peer));
	if (!peer->last_handshake)
		fputs("no handshake was ever completed", wish->out);
	else if (peer->bits & PEER_UNREACHABLE)
		fprintf(wish->out, "it does not answer; the newest handshake is %" PRIu64 " s old",
			age_of(peer, now));
	else if (!(peer->bits & PEER_CONNECTED))
		fprintf(wish->out, "there is no session; the newest handshake is %" PRIu64 " s old",
			age_of(peer, now));
	else
		fprintf(wish->out, "the newest handshake is %" PRIu64 " s old, allowed are %" PRIu64,
			age_of(peer, now), wish->max_age);
	explain(wish, dev, peer);
	if (others)
		fprintf(wish->out, " (and %zu more)", others);
	putc('\n', wish->out);
}

static struct peer *by_word(struct device *dev, const char *word)
{
	uint8_t key[KEY_LEN];
	bool is_key = key_from_text(key, word);
	size_t i;

	for (i = 0; i < dev->n_peers; i++) {
		if (is_key && !memcmp(dev->peers[i].public_key, key, KEY_LEN))
			return &dev->peers[i];
		if (!strcmp(dev->peers[i].name, word))
			return &dev->peers[i];
	}
	return NULL;
}

/* Without --peer, all peers are checked. */
static bool asked(const void *arg, const struct peer *peer)
{
	const struct wish *wish = arg;
	uint8_t key[KEY_LEN];
	size_t i;

	for (i = 0; i < wish->n_peers; i++)
		if (!strcmp(peer->name, wish->peers[i]) ||
		    (key_from_text(key, wish->peers[i]) &&
		     !memcmp(peer->public_key, key, KEY_LEN)))
			return true;
	return !wish->n_peers;
}

static int judge(const struct wish *wish, struct device *dev)
{
	size_t n = wish->n_peers ? wish->n_peers : dev->n_peers, good = 0, i;
	const struct peer *bad = NULL;
	uint64_t now = time(NULL);
	struct peer *peer;

	if (!n)
		return red(wish, "there is no peer");
	for (i = 0; i < n; i++) {
		peer = wish->n_peers ? by_word(dev, wish->peers[i]) : &dev->peers[i];
		if (!peer) {
			fprintf(wish->out, "%s: there is no peer `%s'\n", wish->name,
				wish->peers[i]);
			return 1;
		}
		if (has_session(wish, peer, now))
			good++;
		else if (!bad)
			bad = peer;
	}
	if (good == n || (good && wish->any)) {
		fprintf(wish->out, "%s: %zu of %zu peer%s with a session\n", wish->name, good, n,
			n == 1 ? "" : "s");
		return 0;
	}
	complain(wish, dev, bad, now, n - good - 1);
	return 1;
}

static int check(const struct wish *wish)
{
	const char *why;
	struct device dev;
	int error, ret;

	error = nl_get_stats(wish->name, &dev);
	if (error)
		return no_stats(wish, error);
	if (link_is_up(wish->name, &why)) {
		state_names(&dev);
		/* Packets to an address of this host never reach the peer. */
		ret = local_report(wish->name, wish->out, asked, wish) ? 1 : judge(wish, &dev);
	} else {
		ret = red(wish, why);
	}
	device_destroy(&dev);
	return ret;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000) + now.tv_nsec / 1000000;
}

/* Warns of forwards that cannot work; they do not change the exit status. */
static void tell_of_forwards(const char *name)
{
	struct device dev;

	device_init(&dev, name);
	if (!nl_get_forwards(&dev))
		forward_warnings(&dev);
	device_destroy(&dev);
}

/* Checks until the result is good or time is up. Prints the last result only. */
static int check_until(struct wish *wish)
{
	const struct timespec pause = { .tv_nsec = 200000000 };
	uint64_t end = now_ms() + wish->wait * 1000;
	size_t len = 0;
	char *said;
	int ret;

	for (;;) {
		said = NULL;
		wish->out = open_memstream(&said, &len);
		if (!wish->out) {
			fprintf(stderr, "%s: %s\n", prog_name, strerror(errno));
			return 1;
		}
		ret = check(wish);
		fclose(wish->out);
		if (!ret || now_ms() >= end)
			break;
		free(said);
		nanosleep(&pause, NULL);
	}
	if (said)
		fputs(said, stdout);
	tell_of_forwards(wish->name);
	free(said);
	return ret;
}

static bool seconds(uint64_t *to, const char *option, const char *text)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && *to && *to <= UINT32_MAX)
		return true;
	fprintf(stderr, "%s: %s takes seconds, 1 or more, not `%s'\n", prog_name, option, text);
	return false;
}

int cmd_check(int argc, char **argv)
{
	struct wish wish = { .peers = argv + 1 };
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		if (!strcmp(argv[i], "--any")) {
			wish.any = true;
		} else if (!strcmp(argv[i], "--all")) {
			wish.any = false;
		} else if (!strcmp(argv[i], "--max-age") && i + 1 < argc) {
			if (!seconds(&wish.max_age, argv[i], argv[i + 1]))
				return 1;
			i++;
		} else if (!strcmp(argv[i], "--wait") && i + 1 < argc) {
			if (!seconds(&wish.wait, argv[i], argv[i + 1]))
				return 1;
			i++;
		} else if (!strcmp(argv[i], "--peer") && i + 1 < argc) {
			/* This overwrites words that were read before. */
			wish.peers[wish.n_peers++] = argv[++i];
			/* An empty word would match all peers without a name. */
			if (!argv[i][0]) {
				fprintf(stderr, "%s: --peer takes a public key or a name, and this is empty\n",
					prog_name);
				return 1;
			}
		} else if (!wish.name && argv[i][0] != '-') {
			wish.name = argv[i];
		} else {
			return usage(argv[0], 1);
		}
	}
	return wish.name ? check_until(&wish) : usage(argv[0], 1);
}
