// SPDX-License-Identifier: GPL-2.0
/* client-config: adds a peer to a server and prints the file for the new peer. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/apply.h"
#include "apply/lock.h"
#include "audit/parts.h"
#include "cmds/client_peer.h"
#include "cmds/cmds.h"
#include "conf/conf_file.h"
#include "lib/files.h"
#include "lib/keys.h"
#include "lib/prog.h"

#define CLIENT_TEXT_LEN	8192
#define CLIENT_FILE	"the client's configuration"

struct client {
	char *name, *endpoint, *addresses, *allowed, *dns, *keepalive;
	bool no_psk;
	bool may_be_all;		/* allow the server all addresses */
	uint8_t private_key[KEY_LEN];
	struct prefixes own;		/* addresses, with the prefix length of their network */
};

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s { <interface> | <interface.conf> } --name <name> --endpoint <host>[:<port>] [--address <address>,...] [--allowed-ips <network>,...] [--dns <server>,...] [--keepalive <seconds>] [--no-psk]\n"
		"Adds a peer to the server's file, and to the interface if that is up, and prints the\n"
		"configuration for its host, private key included: pipe it into `qrencode -t ansiutf8'.\n",
		prog_name, cmd);
	return ret;
}

static bool is_taken(const struct apply *apply, const struct allowed_ip *ip)
{
	const struct peer *peer;
	size_t i, k;

	for (i = 0; i < apply->quick.addresses.n; i++)
		if (prefix_same_bits(&apply->quick.addresses.list[i], ip, prefix_max(ip)))
			return true;
	for (i = 0; i < apply->want.n_peers; i++) {
		peer = &apply->want.peers[i];
		for (k = 0; k < peer->n_ips; k++)
			if (peer->ips[k].prefix_len && prefix_contains(&peer->ips[k], ip))
				return true;
	}
	return false;
}

/* The first unused host address of a network; only the last 16 bits are searched. */
static bool free_address(const struct apply *apply, const struct allowed_ip *net,
			 struct allowed_ip *to)
{
	unsigned int bits = prefix_max(net) - net->prefix_len, n, end;
	struct allowed_ip ip;
	uint8_t *last;

	end = bits > 16 ? 65535 : bits ? (1U << bits) - 1 : 0;
	for (n = 1; n < end; n++) {
		ip = prefix_masked(net);
		last = (uint8_t *)&ip.ip6 + prefix_max(net) / 8 - 2;
		last[0] |= n >> 8;
		last[1] |= n & 255;
		ip.prefix_len = prefix_max(net);
		if (is_taken(apply, &ip))
			continue;
		*to = ip;
		to->prefix_len = net->prefix_len;
		return true;
	}
	return false;
}

static bool find_addresses(const struct apply *apply, struct client *client)
{
	char text[PREFIX_TEXT_LEN];
	const struct allowed_ip *net;
	struct allowed_ip *to;
	size_t i;

	for (i = 0; i < apply->quick.addresses.n; i++) {
		net = &apply->quick.addresses.list[i];
		to = prefixes_add(&client->own);
		if (to && free_address(apply, net, to))
			continue;
		fprintf(stderr, "%s: there is no free address in %s; give one with --address\n",
			prog_name, prefix_text(text, net));
		return false;
	}
	if (!client->own.n)
		fprintf(stderr,
			"%s: %s has no Address with a network for the client; give an address with --address\n",
			prog_name, apply->path);
	return client->own.n;
}

static bool given_addresses(struct client *client)
{
	char *copy = strdup(client->addresses), *rest = copy, *item;
	struct allowed_ip *to;
	bool ok = copy;

	while (ok && (item = strsep(&rest, ","))) {
		to = prefixes_add(&client->own);
		ok = to && prefix_parse(to, item);
		if (!ok)
			fprintf(stderr, "%s: --address: `%s' is no address\n", prog_name, item);
	}
	free(copy);
	return ok;
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

/* Collects the networks of the server or, if its file names none, of the client. */
static void reached(struct prefixes *nets, const struct apply *apply,
		    const struct client *client)
{
	const struct prefixes *from = &apply->quick.addresses;
	struct allowed_ip *net;
	size_t i;

	if (!from->n)
		from = &client->own;
	for (i = 0; i < from->n; i++) {
		/* A single address of its own leads the client to no other host. */
		if (from == &client->own && from->list[i].prefix_len == prefix_max(&from->list[i]))
			continue;
		net = prefixes_add(nets);
		if (net)
			*net = prefix_masked(&from->list[i]);
	}
}

static bool reaches_something(const struct apply *apply, const struct client *client)
{
	struct prefixes nets = { 0 };
	bool ok;

	reached(&nets, apply, client);
	ok = client->allowed || nets.n;
	prefixes_destroy(&nets);
	if (!ok)
		fprintf(stderr,
			"%s: %s has no Address with a network that the client could reach; give --allowed-ips, or --address with a prefix length\n",
			prog_name, apply->path);
	return ok;
}

static void put_client(FILE *out, const struct apply *apply, const struct client *client,
		       const struct peer *peer)
{
	struct prefixes nets = { 0 };
	uint8_t server[KEY_LEN];
	const char *colon = strrchr(client->endpoint, ':');

	fprintf(out, "# %s\n[Interface]\n", client->name);
	client_put_key(out, "PrivateKey", client->private_key);
	client_put_prefixes(out, "Address", client->own.list, client->own.n);
	if (client->dns)
		fprintf(out, "DNS = %s\n", client->dns);
	fputs("\n[Peer]\n", out);
	key_public(server, apply->want.private_key);
	client_put_key(out, "PublicKey", server);
	if (peer->bits & PEER_HAS_PRESHARED_KEY)
		client_put_key(out, "PresharedKey", peer->preshared_key);
	if (client->may_be_all)
		fputs("# AllowWildcard = yes\n", out);
	if (!client->allowed)
		reached(&nets, apply, client);
	if (client->allowed)
		fprintf(out, "AllowedIPs = %s\n", client->allowed);
	else
		client_put_prefixes(out, "AllowedIPs", nets.list, nets.n);
	prefixes_destroy(&nets);
	if (colon && !strchr(colon, ']') && (*client->endpoint == '[' ||
					     strchr(client->endpoint, ':') == colon))
		fprintf(out, "Endpoint = %s\n", client->endpoint);
	else
		fprintf(out, "Endpoint = %s:%u\n", client->endpoint, apply->want.listen_port);
	fprintf(out, "PersistentKeepalive = %s\n", client->keepalive ? client->keepalive : "25");
}

/* The server drops packets to forbidden networks, and the route would reveal them. */
static bool routes_are_allowed(const struct apply *apply, const struct device *client)
{
	char text[PREFIX_TEXT_LEN], other[PREFIX_TEXT_LEN];
	const struct peer *server;
	size_t i, k, m;
	bool ok = true;

	for (i = 0; i < client->n_peers; i++) {
		server = &client->peers[i];
		for (k = 0; k < server->n_ips; k++) {
			for (m = 0; m < apply->policy.forbidden.n; m++) {
				if (!prefix_overlaps(&apply->policy.forbidden.list[m],
						     &server->ips[k]))
					continue;
				fprintf(stderr,
					"%s: the client would get a route to %s, which overlaps %s, and ForbidRoutes of the policy forbids that. Give --allowed-ips without it\n",
					prog_name, prefix_text(text, &server->ips[k]),
					prefix_text(other, &apply->policy.forbidden.list[m]));
				ok = false;
			}
		}
	}
	return ok;
}

static bool write_client(char *text, size_t room, const struct apply *apply,
			 const struct client *client, const struct peer *peer)
{
	FILE *file = fmemopen(text, room, "w");
	char buf[BUFSIZ];
	bool ok = file;

	if (file) {
		setvbuf(file, buf, _IOFBF, sizeof(buf));
		put_client(file, apply, client, peer);
		ok = !fflush(file) && !ferror(file);
		fclose(file);
		explicit_bzero(buf, sizeof(buf));
	}
	if (!ok)
		fprintf(stderr, "%s: cannot write the client's configuration: %s\n", prog_name,
			strerror(errno));
	return ok;
}

static bool read_client(const char *text, struct device *dev, struct quick *quick)
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");
	bool ok;

	if (!file)
		return false;
	ok = conf_file_parse(dev, quick, file, CLIENT_FILE);
	fclose(file);
	return ok;
}

/* If the client sends all traffic to the server, its file must say that this is meant. */
static bool asks_for_all(const char *text, bool *all)
{
	struct quick quick;
	struct device dev;

	if (!read_client(text, &dev, &quick))
		return false;
	*all = audit_is_everybody(&dev.peers[0]);
	conf_file_destroy(&dev, &quick);
	return true;
}

/* Audits the file of the client as check-config will. */
static bool would_pass(const char *text, const struct apply *apply)
{
	struct audit audit = { .file = CLIENT_FILE, .policy = &apply->policy };
	struct quick quick;
	struct device dev;
	bool ok;

	if (!read_client(text, &dev, &quick))
		return false;
	ok = routes_are_allowed(apply, &dev) && audit_passes(&audit, &dev, &quick);
	conf_file_destroy(&dev, &quick);
	return ok;
}

/* Writes the file of the client. False: its host would refuse it, and why was printed. */
static bool client_text(char *text, size_t room, const struct apply *apply,
			struct client *client, const struct peer *peer)
{
	return write_client(text, room, apply, client, peer) &&
	       asks_for_all(text, &client->may_be_all) &&
	       (!client->may_be_all || write_client(text, room, apply, client, peer)) &&
	       would_pass(text, apply);
}

/* Does not use stdio, which would keep a copy. A file is synced to the disk. */
static bool print_text(const char *text)
{
	signal(SIGPIPE, SIG_IGN);
	/* Pipes and terminals cannot be synced. */
	if (file_write_all(STDOUT_FILENO, text, strlen(text)) &&
	    (!fsync(STDOUT_FILENO) || errno == EINVAL || errno == EROFS))
		return true;
	fprintf(stderr, "%s: cannot write the client's configuration, so no peer was added: %s\n",
		prog_name, strerror(errno));
	return false;
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
	if (!(client->addresses ? given_addresses(client) : find_addresses(apply, client)) ||
	    !reaches_something(apply, client))
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
	     print_text(text);
	explicit_bzero(text, sizeof(text));
	if (ok && !client_add(apply, peer)) {
		fprintf(stderr, "%s: no peer %s was added, so do not use the printed configuration\n",
			prog_name, client->name);
		ok = false;
	}
	return ok ? 0 : 1;
}

/* Parts of a list are joined; for other options the last one counts. */
static bool take(char **to, const char *value, bool list)
{
	bool more = *to && list;
	char *joined = NULL;

	if (asprintf(&joined, "%s%s%s", more ? *to : "", more ? "," : "", value) < 0) {
		fprintf(stderr, "%s: out of memory\n", prog_name);
		return false;
	}
	free(*to);
	*to = joined;
	return true;
}

/* Returns 1, 0 if the word is no option with a value, or -1 after printing an error. */
static int option(struct client *client, const char *word, const char *value)
{
	const struct {
		const char *word;
		char **to;
		bool list;
	} options[] = {
		{ "--name", &client->name }, { "--endpoint", &client->endpoint },
		{ "--address", &client->addresses, true },
		{ "--allowed-ips", &client->allowed, true },
		{ "--dns", &client->dns, true }, { "--keepalive", &client->keepalive },
	};
	size_t i;

	for (i = 0; value && i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(word, options[i].word))
			return take(options[i].to, value, options[i].list) ? 1 : -1;
	return 0;
}

static void forget(struct client *client)
{
	prefixes_destroy(&client->own);
	free(client->name);
	free(client->endpoint);
	free(client->addresses);
	free(client->allowed);
	free(client->dns);
	free(client->keepalive);
	explicit_bzero(client, sizeof(*client));
}

/* Returns 1 to go on, else the negated exit status. */
static int read_words(struct client *client, const char **given, int argc, char **argv)
{
	int i, ret;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		ret = option(client, argv[i], argv[i + 1]);
		if (ret < 0)
			return -1;
		if (ret)
			i++;
		else if (!strcmp(argv[i], "--no-psk"))
			client->no_psk = true;
		else if (!*given && argv[i][0] != '-')
			*given = argv[i];
		else
			return -usage(argv[0], 1);
	}
	return *given && client->name && client->endpoint ? 1 : -usage(argv[0], 1);
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
	int ret = read_words(&client, &given, argc, argv);

	/* The next file opened would become standard output and get the key. */
	if (ret > 0 && fcntl(STDOUT_FILENO, F_GETFD) < 0) {
		fprintf(stderr, "%s: standard output is closed\n", prog_name);
		ret = -1;
	}
	ret = ret > 0 ? run(&client, given) : -ret;
	forget(&client);
	return ret;
}
