// SPDX-License-Identifier: GPL-2.0
/* monitor: prints events of links. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmds/cmds.h"
#include "cmds/show.h"
#include "lib/format.h"
#include "lib/forward.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/nl_links.h"
#include "lib/nl_listen.h"
#include "lib/prog.h"

#define NS_PER_SEC	UINT64_C(1000000000)

struct monitor {
	const char *only;	/* name of the only interface; NULL: all */
	bool json;
};

struct event_name {
	int event;
	const char *text;
	const char *json;
};

static const struct event_name names[] = {
	{ 0, "listening", "listening" },
	{ -ENOBUFS, "events were missed", "missed" },
	{ NAAWG_CMD_FORWARD_ADDED_NTF, "forward added", "forward-added" },
	{ NAAWG_CMD_FORWARD_REMOVED_NTF, "forward removed", "forward-removed" },
	{ NAAWG_CMD_PEER_SESSION_NTF, "new session", "peer-session" },
	{ NAAWG_CMD_PEER_ENDPOINT_NTF, "new endpoint", "peer-endpoint" },
	{ NAAWG_CMD_PEER_GIVEN_UP_NTF, "peer does not answer", "peer-given-up" },
	{ NAAWG_CMD_UNKNOWN_CALLER_NTF, "unknown caller", "unknown-caller" },
};

static const struct event_name *name_of(int event)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].event == event)
			return &names[i];
	return NULL;
}

static void begin(const struct monitor *monitor, const struct event_name *name,
		  const struct device *dev)
{
	time_t now = time(NULL);
	char text[64] = "";
	struct tm tm;

	if (monitor->json) {
		json_open(NULL, '{');
		json_number("time", now);
		if (dev)
			json_string("device", dev->name);
		json_string("event", name->json);
		return;
	}
	if (localtime_r(&now, &tm))
		strftime(text, sizeof(text), "%FT%T%z", &tm);
	printf("%s ", text);
	if (dev)
		printf("%s: ", dev->name);
	fputs(name->text, stdout);
}

static void end(const struct monitor *monitor)
{
	if (monitor->json)
		json_close('}');
	else
		putchar('\n');
}

static void tell_forward(const struct monitor *monitor, const struct event_name *name,
			 const struct device *dev, const struct forward *forward)
{
	char text[FORWARD_TEXT_LEN];

	begin(monitor, name, dev);
	if (monitor->json) {
		show_json_forward("forward", forward);
		end(monitor);
		return;
	}
	printf(": %s", forward_text(text, forward));
	if (name->event == NAAWG_CMD_FORWARD_REMOVED_NTF) {
		putchar('\t');
		show_forward_counters(forward);
	} else {
		putchar('\n');
	}
}

static void tell_peer(const struct monitor *monitor, const struct event_name *name,
		      const struct device *dev, const struct peer *peer)
{
	char key[KEY_TEXT_LEN], endpoint[ENDPOINT_TEXT_LEN] = "";

	key_to_text(key, peer->public_key);
	if (peer->bits & PEER_HAS_ENDPOINT)
		endpoint_text(endpoint, &peer->endpoint);
	begin(monitor, name, dev);
	if (monitor->json) {
		json_open("peer", '{');
		json_string("public_key", key);
		if (*endpoint)
			json_string("endpoint", endpoint);
		if (peer->last_handshake)
			json_number("latest_handshake", peer->last_handshake / NS_PER_SEC);
		json_close('}');
	} else {
		printf(": %s%s%s", key, *endpoint ? " at " : "", endpoint);
		if (name->event == NAAWG_CMD_PEER_GIVEN_UP_NTF)
			fputs(", called for 90 s, unanswered", stdout);
	}
	end(monitor);
}

static void tell_caller(const struct monitor *monitor, const struct event_name *name,
			const struct device *dev, const struct caller *caller)
{
	begin(monitor, name, dev);
	if (monitor->json) {
		show_json_caller("caller", caller);
	} else {
		fputs(": ", stdout);
		show_caller(caller);
	}
	end(monitor);
}

static bool hear(int event, const struct device *dev, void *arg)
{
	const struct event_name *name = name_of(event);
	const struct monitor *monitor = arg;
	size_t i;

	/* A newer kernel module may send events that are unknown here. */
	if (!name)
		return true;
	if (!dev) {
		begin(monitor, name, NULL);
		end(monitor);
	} else if (!monitor->only || !strcmp(monitor->only, dev->name)) {
		for (i = 0; i < dev->n_forwards; i++)
			tell_forward(monitor, name, dev, &dev->forwards[i]);
		for (i = 0; i < dev->n_peers; i++)
			tell_peer(monitor, name, dev, &dev->peers[i]);
		for (i = 0; i < dev->n_callers; i++)
			tell_caller(monitor, name, dev, &dev->callers[i]);
	}
	return !fflush(stdout) && !ferror(stdout);
}

/* A missing link may appear later, but a link of another kind is an error. */
static bool may_be_ours(const char *name)
{
	struct link_list links;
	bool ours = true;
	size_t i;

	if (nl_list_links(&links, false))
		return true;
	for (i = 0; i < links.n; i++)
		if (!strcmp(links.links[i].name, name))
			ours = !strcmp(links.links[i].kind, NAAWG_FAMILY_NAME);
	link_list_destroy(&links);
	return ours;
}

static int usage(FILE *out, const char *cmd)
{
	fprintf(out, "Usage: %s %s [--json] [<interface> | all]\n", prog_name, cmd);
	return out == stdout ? 0 : 1;
}

int cmd_monitor(int argc, char **argv)
{
	struct monitor monitor = { NULL };
	int i, error;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(stdout, argv[0]);
		if (!strcmp(argv[i], "--json"))
			monitor.json = true;
		else if (!monitor.only && argv[i][0] != '-')
			monitor.only = argv[i];
		else
			return usage(stderr, argv[0]);
	}
	if (monitor.only && !strcmp(monitor.only, "all"))
		monitor.only = NULL;
	error = -EOPNOTSUPP;
	if (!monitor.only || may_be_ours(monitor.only)) {
		if (monitor.json)
			json_lines();
		error = nl_listen(hear, &monitor);
		if (!error)
			return 0;
	}
	fprintf(stderr, "Unable to listen for events: %s\n", strerror(-error));
	hint(error, monitor.only);
	return 1;
}
