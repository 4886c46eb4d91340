// SPDX-License-Identifier: GPL-2.0
/* endpoints: resolves the names of endpoints again. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/endpoint.h"
#include "apply/lock.h"
#include "cmds/cmds.h"
#include "lib/format.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "netcfg/state.h"

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s refresh [--json] [<interface> | all]\n", prog_name,
		cmd);
	return ret;
}

/* PEER_UPDATE_ONLY: a peer that was removed meanwhile must not come back. */
static bool put(struct device *change, const struct peer *peer)
{
	struct peer *added = device_add_peer(change);

	if (!added)
		return false;
	added->bits = PEER_HAS_PUBLIC_KEY | PEER_HAS_ENDPOINT | PEER_UPDATE_ONLY;
	memcpy(added->public_key, peer->public_key, KEY_LEN);
	added->endpoint = peer->endpoint;
	return true;
}

static bool as_json;

static void print_json(const struct device *now, const struct peer *peer)
{
	char text[ENDPOINT_TEXT_LEN], key[KEY_TEXT_LEN];

	json_open(NULL, '{');
	json_string("device", now->name);
	key_to_text(key, peer->public_key);
	json_string("public_key", key);
	if (peer->name[0])
		json_string("name", peer->name);
	json_string("endpoint_given", peer->endpoint_given);
	json_string("endpoint", endpoint_text(text, &peer->endpoint));
	json_close('}');
}

static int refresh_peers(struct device *now, struct device *change)
{
	char label[PEER_LABEL_LEN], text[ENDPOINT_TEXT_LEN];
	unsigned int parts;
	size_t i;

	for (i = 0; i < now->n_peers; i++) {
		if (!endpoint_refresh(&now->peers[i]))
			continue;
		if (!put(change, &now->peers[i]))
			return -ENOMEM;
		if (as_json) {
			print_json(now, &now->peers[i]);
			continue;
		}
		printf("%s: peer %s: %s is %s\n", now->name, peer_label(label, &now->peers[i]),
		       now->peers[i].endpoint_given,
		       endpoint_text(text, &now->peers[i].endpoint));
	}
	return change->n_peers ? nl_set_device(change, &parts) : 0;
}

static bool refresh(const char *name)
{
	struct device now, change;
	int lock, error;

	lock = apply_lock(name);
	if (lock < 0)
		return false;
	error = nl_get_device(name, &now);
	if (!error) {
		device_init(&change, name);
		error = endpoint_sessions(&now);
		state_names(&now);
		if (!error)
			error = refresh_peers(&now, &change);
		device_destroy(&change);
		device_destroy(&now);
	}
	close(lock);
	if (!error)
		return true;
	fprintf(stderr, "%s: %s: %s\n", prog_name, name, strerror(-error));
	hint(error, name);
	return false;
}

static int refresh_all(void)
{
	struct link_list links;
	int error = nl_list_links(&links, true), ret = 0;
	size_t i;

	if (error) {
		fprintf(stderr, "%s: cannot list interfaces: %s\n", prog_name, strerror(-error));
		return 1;
	}
	for (i = 0; i < links.n; i++)
		ret |= !refresh(links.links[i].name);
	link_list_destroy(&links);
	return ret;
}

static int run(const char *name)
{
	if (!name || !strcmp(name, "all"))
		return refresh_all();
	return refresh(name) ? 0 : 1;
}

int cmd_endpoints(int argc, char **argv)
{
	const char *name = NULL;
	int i, ret;

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return usage(argv[0], 0);
	if (argc < 2 || strcmp(argv[1], "refresh"))
		return usage(argv[0], 1);
	for (i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			as_json = true;
		else if (!name)
			name = argv[i];
		else
			return usage(argv[0], 1);
	}
	if (as_json) {
		json_open(NULL, '{');
		json_open("endpoints", '[');
	}
	ret = run(name);
	if (as_json) {
		json_close(']');
		json_close('}');
	}
	return ret;
}
