// SPDX-License-Identifier: GPL-2.0
/* The configuration that client-config and peer reissue print for the host of a peer. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audit/parts.h"
#include "cmds/client_file.h"
#include "cmds/client_peer.h"
#include "lib/age.h"
#include "lib/files.h"
#include "lib/keys.h"
#include "lib/prog.h"

#define CLIENT_FILE	"the client's configuration"

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

bool client_find_addresses(const struct apply *apply, struct client *client)
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

bool client_given_addresses(struct client *client)
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

bool client_reaches_something(const struct apply *apply, const struct client *client)
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
	char created[CREATED_TEXT_LEN];

	created_text(created, client->created);
	fprintf(out, "# %s\n[Interface]\n# Created = %s\n", client->name, created);
	client_put_key(out, "PrivateKey", client->private_key);
	client_put_prefixes(out, "Address", client->own.list, client->own.n);
	if (client->dns)
		fprintf(out, "DNS = %s\n", client->dns);
	fputs("\n[Peer]\n", out);
	if (peer->bits & PEER_HAS_PRESHARED_KEY)
		fprintf(out, "# Created = %s\n", created);
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

bool client_text(char *text, size_t room, const struct apply *apply, struct client *client,
		 const struct peer *peer)
{
	return write_client(text, room, apply, client, peer) &&
	       asks_for_all(text, &client->may_be_all) &&
	       (!client->may_be_all || write_client(text, room, apply, client, peer)) &&
	       would_pass(text, apply);
}

bool client_print(const char *text, const char *consequence)
{
	signal(SIGPIPE, SIG_IGN);
	/* Pipes and terminals cannot be synced. */
	if (file_write_all(STDOUT_FILENO, text, strlen(text)) &&
	    (!fsync(STDOUT_FILENO) || errno == EINVAL || errno == EROFS))
		return true;
	fprintf(stderr, "%s: cannot write the client's configuration, so %s: %s\n", prog_name,
		consequence, strerror(errno));
	return false;
}

bool client_has_output(void)
{
	if (fcntl(STDOUT_FILENO, F_GETFD) >= 0)
		return true;
	fprintf(stderr, "%s: standard output is closed\n", prog_name);
	return false;
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

void client_forget(struct client *client)
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

int client_words(struct client *client, const char **given, int max, int argc, char **argv)
{
	int i, ret, n = 0;

	for (i = 0; i < argc; i++) {
		ret = option(client, argv[i], argv[i + 1]);
		if (ret < 0)
			return -2;
		if (ret)
			i++;
		else if (!strcmp(argv[i], "--no-psk"))
			client->no_psk = true;
		else if (n < max && argv[i][0] != '-')
			given[n++] = argv[i];
		else
			return -1;
	}
	return n;
}
