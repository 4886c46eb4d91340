// SPDX-License-Identifier: GPL-2.0
/*
 * rekey: makes a new session with peers now, and waits for it.
 *
 * The kernel tells whether both sides have the keys of a session that was begun after the
 * request. A notification would not do: it may concern a handshake that used older keys.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmds/cmds.h"
#include "cmds/peer_reason.h"
#include "lib/format.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/nl.h"
#include "lib/nlsock.h"
#include "lib/prog.h"
#include "netcfg/state.h"

#define NS_PER_SEC	UINT64_C(1000000000)
#define NS_PER_MS	UINT64_C(1000000)
#define TIMEOUT		10		/* seconds; two initiations */
#define PAUSE_MAX	200		/* ms between two looks */

enum outcome {
	WAITING,
	NEW_SESSION,
	NO_ANSWER,
	NO_ENDPOINT,
	NO_PEER,
};

static const char *const outcome_names[] = {
	[WAITING] = "waiting",
	[NEW_SESSION] = "new-session",
	[NO_ANSWER] = "no-answer",
	[NO_ENDPOINT] = "no-endpoint",
	[NO_PEER] = "no-peer",
};

/* One peer: @word is as the user wrote it, or NULL. */
struct wish {
	const char *word;
	uint8_t key[KEY_LEN];
	enum outcome outcome;
};

struct rekey {
	const char *name;		/* name of the interface */
	char **words;			/* keys or names; none: all peers */
	size_t n_words;
	uint64_t timeout;		/* seconds */
	bool json;
	struct wish *wishes;
	size_t n;
};

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout,
		"Usage: %s %s <interface> [peer <public key or name>]... [--timeout <seconds>] [--json]\n",
		prog_name, cmd);
	return ret;
}

static int fail(const struct rekey *rekey, int error)
{
	fprintf(stderr, "Unable to access interface %s: %s\n", rekey->name, strerror(-error));
	hint(error, rekey->name);
	return 1;
}

/* Makes a wish for each named peer, or for all. Returns false without memory. */
static bool collect(struct rekey *rekey, struct device *dev)
{
	size_t n = rekey->n_words ? rekey->n_words : dev->n_peers, i;
	const struct peer *peer;

	rekey->wishes = calloc(n + 1, sizeof(*rekey->wishes));
	if (!rekey->wishes)
		return false;
	rekey->n = n;
	for (i = 0; i < n; i++) {
		struct wish *wish = &rekey->wishes[i];

		wish->word = rekey->n_words ? rekey->words[i] : NULL;
		peer = wish->word ? peer_by_word(dev, wish->word) : &dev->peers[i];
		if (peer)
			memcpy(wish->key, peer->public_key, KEY_LEN);
		else
			wish->outcome = NO_PEER;
	}
	return true;
}

/* Sends a request for each peer. Returns an error that concerns all of them, or 0. */
static int ask(struct rekey *rekey)
{
	size_t i;
	int error;

	for (i = 0; i < rekey->n; i++) {
		if (rekey->wishes[i].outcome == NO_PEER)
			continue;
		error = nl_rekey(rekey->name, rekey->wishes[i].key);
		if (error == -EDESTADDRREQ)
			rekey->wishes[i].outcome = NO_ENDPOINT;
		else if (error == -ENOENT)
			rekey->wishes[i].outcome = NO_PEER;
		else if (error)
			return error;
	}
	return 0;
}

/* The peer of wish @at, or NULL. Wishes for all peers are in the order of the device. */
static const struct peer *peer_of(const struct device *dev, const struct rekey *rekey, size_t at)
{
	const struct wish *wish = &rekey->wishes[at];
	size_t i;

	if (at < dev->n_peers && !memcmp(dev->peers[at].public_key, wish->key, KEY_LEN))
		return &dev->peers[at];
	for (i = 0; i < dev->n_peers; i++)
		if (!memcmp(dev->peers[i].public_key, wish->key, KEY_LEN))
			return &dev->peers[i];
	return NULL;
}

/* A link that went down, or a new private key, ends the session at once. */
static bool has_answered(const struct peer *peer)
{
	return !(peer->bits & PEER_REKEYING) && peer->bits & PEER_CONNECTED;
}

/* Notes the peers that answered. Returns the number of those that did not yet. */
static size_t look(struct rekey *rekey, const struct device *dev)
{
	const struct peer *peer;
	size_t waiting = 0, i;

	for (i = 0; i < rekey->n; i++) {
		struct wish *wish = &rekey->wishes[i];

		if (wish->outcome != WAITING)
			continue;
		peer = peer_of(dev, rekey, i);
		if (!peer)
			wish->outcome = NO_PEER;
		else if (has_answered(peer))
			wish->outcome = NEW_SESSION;
		else
			waiting++;
	}
	return waiting;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000) + now.tv_nsec / NS_PER_MS;
}

/* Looks until all peers answered or time is up. @dev gets the last state. */
static int wait_for_peers(struct rekey *rekey, struct device *dev)
{
	uint64_t end = now_ms() + rekey->timeout * 1000, pause = 2, now;
	struct timespec ts;
	int error;
	size_t i;

	for (;;) {
		error = nl_get_stats(rekey->name, dev);
		if (error)
			return error;
		now = now_ms();
		if (!look(rekey, dev) || now >= end)
			break;
		device_destroy(dev);
		ts.tv_sec = 0;
		ts.tv_nsec = (end - now < pause ? end - now : pause) * NS_PER_MS;
		nanosleep(&ts, NULL);
		pause = pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX;
	}
	for (i = 0; i < rekey->n; i++)
		if (rekey->wishes[i].outcome == WAITING)
			rekey->wishes[i].outcome = NO_ANSWER;
	return 0;
}

static void print_text(const struct rekey *rekey, const struct device *dev,
		       const struct wish *wish, const struct peer *peer)
{
	char label[PEER_LABEL_LEN];

	if (!peer) {
		if (wish->word)
			printf("%s: there is no peer `%s'\n", rekey->name, wish->word);
		else
			printf("%s: a peer was removed meanwhile\n", rekey->name);
		return;
	}
	printf("%s: peer %s: ", rekey->name, peer_label(label, peer));
	switch (wish->outcome) {
	case NEW_SESSION:
		puts("new session");
		return;
	case NO_ENDPOINT:
		puts("no endpoint, so only the peer can start a handshake");
		return;
	default:
		printf("no answer within %" PRIu64 " s", rekey->timeout);
	}
	if (peer->bits & PEER_CONNECTED)
		fputs("; the present session stays until it expires", stdout);
	peer_reason_print(stdout, dev, peer);
	putchar('\n');
}

static void print_json(const struct wish *wish, const struct peer *peer)
{
	char text[KEY_TEXT_LEN];

	json_open(NULL, '{');
	if (peer) {
		key_to_text(text, peer->public_key);
		json_string("public_key", text);
		if (peer->name[0])
			json_string("name", peer->name);
	} else if (wish->word) {
		json_string("asked_for", wish->word);
	}
	json_string("result", outcome_names[wish->outcome]);
	if (peer && peer->last_handshake)
		json_number("latest_handshake", peer->last_handshake / NS_PER_SEC);
	if (wish->outcome == NO_ANSWER) {
		json_bool("connected", peer && peer->bits & PEER_CONNECTED);
		if (peer && peer->last_reason[0])
			json_string("last_reason", peer->last_reason);
	}
	json_close('}');
}

/* Prints a line for each peer. Returns the exit status. */
static int print_all(const struct rekey *rekey, struct device *dev)
{
	size_t good = 0, bad = 0, i;

	state_names(dev);
	if (rekey->json) {
		json_open(NULL, '{');
		json_string("device", rekey->name);
		json_open("peers", '[');
	}
	for (i = 0; i < rekey->n; i++) {
		const struct wish *wish = &rekey->wishes[i];
		const struct peer *peer = wish->outcome == NO_PEER ? NULL :
							     peer_of(dev, rekey, i);

		if (wish->outcome == NEW_SESSION)
			good++;
		else if (wish->outcome != NO_ENDPOINT || wish->word)
			bad++;
		if (rekey->json)
			print_json(wish, peer);
		else
			print_text(rekey, dev, wish, peer);
	}
	if (rekey->json) {
		json_close(']');
		json_close('}');
	} else if (!rekey->n) {
		printf("%s: there is no peer\n", rekey->name);
	}
	return bad || !good;
}

static int run(struct rekey *rekey)
{
	struct device dev;
	int error, ret;

	error = nl_get_stats(rekey->name, &dev);
	if (error)
		return fail(rekey, error);
	state_names(&dev);
	if (!collect(rekey, &dev)) {
		device_destroy(&dev);
		return fail(rekey, -ENOMEM);
	}
	device_destroy(&dev);
	error = ask(rekey);
	if (error == -EOPNOTSUPP) {
		/* the request before this one was answered */
		fprintf(stderr, "%s: the loaded kernel module is older than this program, and does not know this request: see naawg-upgrade(8)\n",
			prog_name);
		free(rekey->wishes);
		return 1;
	}
	if (!error)
		error = wait_for_peers(rekey, &dev);
	if (error) {
		ret = fail(rekey, error);
	} else {
		ret = print_all(rekey, &dev);
		device_destroy(&dev);
	}
	free(rekey->wishes);
	return ret;
}

static bool read_timeout(uint64_t *to, const char *text)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && *to && *to <= UINT32_MAX)
		return true;
	fprintf(stderr, "%s: --timeout takes seconds, 1 or more, not `%s'\n", prog_name, text);
	return false;
}

int cmd_rekey(int argc, char **argv)
{
	struct rekey rekey = { .words = argv + 1, .timeout = TIMEOUT };
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		if (!strcmp(argv[i], "--json")) {
			rekey.json = true;
		} else if (!strcmp(argv[i], "--timeout") && i + 1 < argc) {
			if (!read_timeout(&rekey.timeout, argv[++i]))
				return 1;
		} else if (rekey.name && !strcmp(argv[i], "peer") && i + 1 < argc) {
			/* This overwrites words that were read before. */
			rekey.words[rekey.n_words++] = argv[++i];
			/* An empty word would match all peers without a name. */
			if (!argv[i][0]) {
				fprintf(stderr, "%s: `peer' takes a public key or a name, and this is empty\n",
					prog_name);
				return 1;
			}
		} else if (!rekey.name && argv[i][0] != '-') {
			rekey.name = argv[i];
		} else {
			return usage(argv[0], 1);
		}
	}
	return rekey.name ? run(&rekey) : usage(argv[0], 1);
}
