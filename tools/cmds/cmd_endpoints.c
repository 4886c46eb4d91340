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
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "netcfg/state.h"

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s refresh [<interface> | all]\n", prog_name,
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

int cmd_endpoints(int argc, char **argv)
{
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return usage(argv[0], 0);
	if (argc < 2 || argc > 3 || strcmp(argv[1], "refresh"))
		return usage(argv[0], 1);
	if (argc == 2 || !strcmp(argv[2], "all"))
		return refresh_all();
	return refresh(argv[2]) ? 0 : 1;
}
