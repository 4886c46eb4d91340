// SPDX-License-Identifier: GPL-2.0
/* client-config: adds a peer to a server and prints the file for the new peer. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "apply/apply.h"
#include "apply/lock.h"
#include "cmds/client_file.h"
#include "cmds/client_peer.h"
#include "cmds/cmds.h"
#include "conf/conf_file.h"
#include "lib/keys.h"
#include "lib/prog.h"

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s { <interface> | <interface.conf> } --name <name> --endpoint <host>[:<port>] [--address <address>,...] [--allowed-ips <network>,...] [--dns <server>,...] [--keepalive <seconds>] [--no-psk]\n"
		"Adds a peer to the server's file, and to the interface if that is up, and prints the\n"
		"configuration for its host, private key included: pipe it into `qrencode -t ansiutf8'.\n",
		prog_name, cmd);
	return ret;
}

/* Makes keys, and the peer for the file of the server. */
static struct peer *new_peer(struct apply *apply, struct client *client)
{
	struct peer *peer = device_add_peer(&apply->want);
	struct allowed_ip *ip;
	size_t i;

	if (!peer || !key_random(client->private_key, true))
		return NULL;
	peer->bits = PEER_HAS_PUBLIC_KEY | PEER_REPLACE_IPS;
	key_public(peer->public_key, client->private_key);
	snprintf(peer->name, sizeof(peer->name), "%s", client->name);
	client->created = time(NULL);
	peer->created = client->created;
	if (!client->no_psk) {
		if (!key_random(peer->preshared_key, false))
			return NULL;
		peer->bits |= PEER_HAS_PRESHARED_KEY;
	}
	for (i = 0; i < client->own.n; i++) {
		ip = peer_add_ip(peer);
		if (!ip)
			return NULL;
		*ip = client->own.list[i];
		ip->prefix_len = prefix_max(ip);
	}
	return peer;
}

static bool sound(const struct apply *apply, const struct client *client)
{
	const char *why = NULL;
	struct stat st;
	size_t i;

	if (!(apply->want.bits & DEVICE_HAS_PRIVATE_KEY))
		why = "it has no PrivateKey, so there is no public key for the client";
	else if (!apply->want.listen_port && !strrchr(client->endpoint, ':'))
		why = "it has no ListenPort, and --endpoint names no port";
	for (i = 0; i < apply->want.n_peers; i++)
		if (!strcmp(apply->want.peers[i].name, client->name))
			why = "it has a peer of this name already";
	if (why)
		fprintf(stderr, "%s: %s: %s\n", prog_name, apply->path, why);
	else if (!fstat(STDOUT_FILENO, &st) && S_ISREG(st.st_mode) && st.st_mode & 0007)
		fputs("Warning: writing to world accessible file.\n", stderr);
	return !why;
}

static int make(struct apply *apply, struct client *client)
{
	char raw[128], text[CLIENT_TEXT_LEN];
	struct peer *peer, named;
	bool ok;

	snprintf(raw, sizeof(raw), "Name=%s", client->name);
	if (strchr(client->name, '#') || !quick_name(&named, raw, stderr) ||
	    !sound(apply, client))
		return 1;
	if (!(client->addresses ? client_given_addresses(client) : client_find_addresses(apply, client)) ||
	    !client_reaches_something(apply, client))
		return 1;
	peer = new_peer(apply, client);
	if (!peer) {
		fprintf(stderr, "%s: cannot make keys: %s\n", prog_name, strerror(errno));
		return 1;
	}
	/*
	 * Change nothing if the host of the client would refuse its file, or if its
	 * private key could not be printed.
	 */
	client_snapshot(apply);
	ok = apply_audit(apply) && client_text(text, sizeof(text), apply, client, peer) &&
	     client_print(text, "no peer was added");
	explicit_bzero(text, sizeof(text));
	if (ok && !client_add(apply, peer)) {
		fprintf(stderr, "%s: no peer %s was added, so do not use the printed configuration\n",
			prog_name, client->name);
		ok = false;
	}
	return ok ? 0 : 1;
}

static int run(struct client *client, const char *given)
{
	/* check-config prints the warnings, not this command. */
	struct apply apply = { .leave = LEAVE_GIVEN, .audited = true };
	int lock, ret = 1;

	if (!conf_file_find(apply.path, apply.name, given) || !conf_file_is_private(apply.path))
		return 1;
	lock = apply_lock(apply.name);
	if (lock < 0)
		return 1;
	if (apply_read(&apply)) {
		ret = make(&apply, client);
		apply_destroy(&apply);
	}
	close(lock);
	return ret;
}

int cmd_client_config(int argc, char **argv)
{
	struct client client = { 0 };
	const char *given = NULL;
	int i, n, ret = 1;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
	n = client_words(&client, &given, 1, argc - 1, argv + 1);
	if (n == -1 || (n >= 0 && (n != 1 || !client.name || !client.endpoint)))
		usage(argv[0], 1);
	else if (n == 1 && client_has_output())
		ret = run(&client, given);
	client_forget(&client);
	return ret;
}
