// SPDX-License-Identifier: GPL-2.0
/*
 * check: one line and an exit status, for health checks.
 *
 * It stays red until a handshake was completed: a link that is merely there has
 * never proved that its keys are right.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keys.h"
#include "nl.h"
#include "prog.h"
#include "quick/quick.h"
#include "quick/state.h"
#include "term.h"

#define NS_PER_SEC	UINT64_C(1000000000)
#define SESSION_LIFE	180

struct wish {
	const char *name;		/* of the interface */
	char **peers;			/* keys or names; all if none */
	size_t n_peers;
	uint64_t max_age;
	bool any;
};

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s <interface> [--peer <public key or name>]... [--max-age <seconds>] [--any | --all]\n",
		prog_name, cmd);
	return ret;
}

static int red(const char *name, const char *why)
{
	printf("%s: %s\n", name, why);
	return 1;
}

/* The words of an error that matter to someone whose light just went red. */
static int unreachable(const char *name, int error)
{
	switch (-error) {
	case EPROTONOSUPPORT:
		return red(name, "the naawg kernel module is not loaded: `modprobe naawg' on the host");
	case ENODEV:
		return red(name, "there is no such interface in this network namespace");
	case EOPNOTSUPP:
		return red(name, "this interface is none of naawg");
	default:
		return red(name, strerror(-error));
	}
}

/* False: no such link, or it is down; then @why says which. */
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

/* Only what a handshake blamed on this peer, or on nobody, can mean. */
static void explain(const struct device *dev, const struct peer *peer)
{
	size_t i, hints = 0;

	if (peer->last_reason[0]) {
		printf("; newest reason: %s", peer->last_reason);
		return;
	}
	for (i = 0; i < dev->n_reasons; i++) {
		if (!dev->reasons[i].handshake || !dev->reasons[i].count)
			continue;
		printf("%s%s (%" PRIu64 ")", hints++ ? ", " : "; handshakes failed here: ",
		       dev->reasons[i].name, dev->reasons[i].count);
	}
	if (hints)
		return;
	if (!peer->rx_bytes && peer->tx_bytes)
		fputs("; nothing ever came back: is its endpoint right, the port open, our public key known there?",
		      stdout);
	else if (!peer->rx_bytes)
		fputs("; nothing was sent or received: no endpoint, or nobody uses the tunnel",
		      stdout);
}

static bool has_session(const struct peer *peer, uint64_t max_age, uint64_t now)
{
	uint64_t then = peer->last_handshake / NS_PER_SEC;

	if (peer->bits & PEER_CONNECTED && max_age >= SESSION_LIFE)
		return true;
	/* A clock that went back is not the peer's fault. */
	return peer->last_handshake && (then > now || now - then <= max_age);
}

static void complain(const struct wish *wish, const struct device *dev,
		     const struct peer *peer, uint64_t now, size_t others)
{
	uint64_t then = peer->last_handshake / NS_PER_SEC;
	char label[PEER_LABEL_LEN];

	printf("%s: peer %s: ", wish->name, peer_label(label, peer));
	if (!peer->last_handshake)
		fputs("no handshake was ever completed", stdout);
	else
		printf("the newest handshake is %" PRIu64 " s old, allowed are %" PRIu64,
		       now - then, wish->max_age);
	explain(dev, peer);
	if (others)
		printf(" (and %zu more)", others);
	putchar('\n');
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

static int judge(const struct wish *wish, struct device *dev)
{
	size_t n = wish->n_peers ? wish->n_peers : dev->n_peers, good = 0, i;
	const struct peer *bad = NULL;
	uint64_t now = time(NULL);
	struct peer *peer;

	if (!n)
		return red(wish->name, "there is no peer");
	for (i = 0; i < n; i++) {
		peer = wish->n_peers ? by_word(dev, wish->peers[i]) : &dev->peers[i];
		if (!peer) {
			printf("%s: there is no peer `%s'\n", wish->name, wish->peers[i]);
			return 1;
		}
		if (has_session(peer, wish->max_age, now))
			good++;
		else if (!bad)
			bad = peer;
	}
	if (good == n || (good && wish->any)) {
		printf("%s: %zu of %zu peer%s with a session\n", wish->name, good, n,
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
		return unreachable(wish->name, error);
	if (link_is_up(wish->name, &why)) {
		state_names(&dev);
		ret = judge(wish, &dev);
	} else {
		ret = red(wish->name, why);
	}
	device_destroy(&dev);
	return ret;
}

static bool seconds(uint64_t *to, const char *text)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && *to)
		return true;
	fprintf(stderr, "%s: --max-age takes seconds, not `%s'\n", prog_name, text);
	return false;
}

int cmd_check(int argc, char **argv)
{
	struct wish wish = { .max_age = SESSION_LIFE, .peers = argv + 1 };
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		if (!strcmp(argv[i], "--any")) {
			wish.any = true;
		} else if (!strcmp(argv[i], "--all")) {
			wish.any = false;
		} else if (!strcmp(argv[i], "--max-age") && i + 1 < argc) {
			if (!seconds(&wish.max_age, argv[++i]))
				return 1;
		} else if (!strcmp(argv[i], "--peer") && i + 1 < argc) {
			/* Written over words that were read before. */
			wish.peers[wish.n_peers++] = argv[++i];
			/* Peers without a name have this one. */
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
	return wish.name ? check(&wish) : usage(argv[0], 1);
}
