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
#include "cmds/peer_reason.h"
#include "conf/quick_conf.h"
#include "lib/format.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "netcfg/forward_report.h"
#include "netcfg/state.h"

#define NS_PER_SEC	UINT64_C(1000000000)

struct check {
	const char *name;		/* name of the interface */
	char **peers;			/* keys or names; none: all peers */
	size_t n_peers;
	uint64_t max_age;		/* seconds; 0: as old as a session may be */
	uint64_t wait;			/* seconds to wait until the check passes */
	bool any, json;
	FILE *out;
};

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s <interface> [--peer <public key or name>]... [--max-age <seconds>] [--wait <seconds>] [--any | --all] [--json]\n",
		prog_name, cmd);
	return ret;
}

static int fail(const struct check *check, const char *why)
{
	fprintf(check->out, "%s: %s\n", check->name, why);
	return 1;
}

static const char *other_driver(const char *name)
{
	struct link_name link;

	return !nl_find_link(&link, name) && link_is_stock(&link) ?
		"the stock driver serves this interface, not naawg" :
		"this is not a naawg interface";
}

/* Prints why the link cannot be checked. */
static int fail_stats(const struct check *check, int error)
{
	switch (-error) {
	case EPROTONOSUPPORT:
		return fail(check, "the naawg kernel module is not loaded: `modprobe naawg' on the host");
	case ENODEV:
		return fail(check, "there is no such interface in this network namespace");
	case EOPNOTSUPP:
		return fail(check, other_driver(check->name));
	default:
		return fail(check, strerror(-error));
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

/* Seconds since the newest handshake; 0 if the clock was set back since. */
static uint64_t age_of(const struct peer *peer, uint64_t now)
{
	uint64_t then = peer->last_handshake / NS_PER_SEC;

	return then > now ? 0 : now - then;
}

static bool has_session(const struct check *check, const struct peer *peer, uint64_t now)
{
	return peer->bits & PEER_CONNECTED &&
	       (!check->max_age || age_of(peer, now) <= check->max_age);
}

static void print_failure(const struct check *check, const struct device *dev,
			  const struct peer *peer, uint64_t now, size_t others)
{
	char label[PEER_LABEL_LEN];

	fprintf(check->out, "%s: peer %s: ", check->name, peer_label(label, peer));
	if (!peer->last_handshake)
		fputs("no handshake was ever completed", check->out);
	else if (peer->bits & PEER_UNREACHABLE)
		fprintf(check->out,
			"it does not answer; the newest handshake is %" PRIu64 " s old",
			age_of(peer, now));
	else if (!(peer->bits & PEER_CONNECTED))
		fprintf(check->out,
			"there is no session; the newest handshake is %" PRIu64 " s old",
			age_of(peer, now));
	else
		fprintf(check->out,
			"the newest handshake is %" PRIu64 " s old, allowed are %" PRIu64,
			age_of(peer, now), check->max_age);
	peer_reason_print(check->out, dev, peer);
	if (others)
		fprintf(check->out, " (and %zu more)", others);
	putc('\n', check->out);
}

/* Without --peer, all peers are checked. */
static bool asked(const void *arg, const struct peer *peer)
{
	const struct check *check = arg;
	uint8_t key[KEY_LEN];
	size_t i;

	for (i = 0; i < check->n_peers; i++)
		if (!strcmp(peer->name, check->peers[i]) ||
		    (key_from_text(key, check->peers[i]) &&
		     !memcmp(peer->public_key, key, KEY_LEN)))
			return true;
	return !check->n_peers;
}

static int check_peers(const struct check *check, struct device *dev)
{
	size_t n = check->n_peers ? check->n_peers : dev->n_peers, good = 0, i;
	const struct peer *bad = NULL;
	uint64_t now = time(NULL);
	struct peer *peer;

	if (!n)
		return fail(check, "there is no peer");
	for (i = 0; i < n; i++) {
		peer = check->n_peers ? peer_by_word(dev, check->peers[i]) : &dev->peers[i];
		if (!peer) {
			fprintf(check->out, "%s: there is no peer `%s'\n", check->name,
				check->peers[i]);
			return 1;
		}
		if (has_session(check, peer, now))
			good++;
		else if (!bad)
			bad = peer;
	}
	if (good == n || (good && check->any)) {
		fprintf(check->out, "%s: %zu of %zu peer%s with a session\n", check->name, good,
			n, n == 1 ? "" : "s");
		return 0;
	}
	print_failure(check, dev, bad, now, n - good - 1);
	return 1;
}

static int check_once(const struct check *check)
{
	const char *why;
	struct device dev;
	int error, ret;

	error = nl_get_stats(check->name, &dev);
	if (error)
		return fail_stats(check, error);
	if (link_is_up(check->name, &why)) {
		state_names(&dev);
		/* Packets to an address of this host never reach the peer. */
		ret = local_report(check->name, check->out, asked, check) ?
			      1 :
			      check_peers(check, &dev);
	} else {
		ret = fail(check, why);
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
static void warn_of_forwards(const char *name)
{
	struct device dev;

	device_init(&dev, name);
	if (!nl_get_forwards(&dev))
		forward_warnings(&dev);
	device_destroy(&dev);
}

static void print_json(const struct check *check, int ret, char *said)
{
	char *rest = said, *line;

	json_open(NULL, '{');
	json_string("device", check->name);
	json_bool("healthy", !ret);
	json_open("messages", '[');
	while ((line = strsep(&rest, "\n")))
		if (*line)
			json_string(NULL, line);
	json_close(']');
	json_close('}');
}

/* Checks until the result is good or time is up. Prints the last result only. */
static int check_until(struct check *check)
{
	const struct timespec pause = { .tv_nsec = 200000000 };
	uint64_t end = now_ms() + check->wait * 1000;
	size_t len = 0;
	char *said;
	int ret;

	for (;;) {
		said = NULL;
		check->out = open_memstream(&said, &len);
		if (!check->out) {
			fprintf(stderr, "%s: %s\n", prog_name, strerror(errno));
			return 1;
		}
		ret = check_once(check);
		fclose(check->out);
		if (!ret || now_ms() >= end)
			break;
		free(said);
		nanosleep(&pause, NULL);
	}
	if (said && check->json)
		print_json(check, ret, said);
	else if (said)
		fputs(said, stdout);
	warn_of_forwards(check->name);
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
	struct check check = { .peers = argv + 1 };
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		if (!strcmp(argv[i], "--any")) {
			check.any = true;
		} else if (!strcmp(argv[i], "--all")) {
			check.any = false;
		} else if (!strcmp(argv[i], "--json")) {
			check.json = true;
		} else if (!strcmp(argv[i], "--max-age") && i + 1 < argc) {
			if (!seconds(&check.max_age, argv[i], argv[i + 1]))
				return 1;
			i++;
		} else if (!strcmp(argv[i], "--wait") && i + 1 < argc) {
			if (!seconds(&check.wait, argv[i], argv[i + 1]))
				return 1;
			i++;
		} else if (!strcmp(argv[i], "--peer") && i + 1 < argc) {
			/* This overwrites words that were read before. */
			check.peers[check.n_peers++] = argv[++i];
			/* An empty word would match all peers without a name. */
			if (!argv[i][0]) {
				fprintf(stderr, "%s: --peer takes a public key or a name, and this is empty\n",
					prog_name);
				return 1;
			}
		} else if (!check.name && argv[i][0] != '-') {
			check.name = argv[i];
		} else {
			return usage(argv[0], 1);
		}
	}
	return check.name ? check_until(&check) : usage(argv[0], 1);
}
