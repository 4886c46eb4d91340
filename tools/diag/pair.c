// SPDX-License-Identifier: GPL-2.0
/*
 * Compares the two hosts of a tunnel.
 *
 * The file of the other host holds no secret. The two hosts must agree on keys, endpoints,
 * ports and allowed IPs, and on whether there is a preshared key.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag/calls.h"
#include "diag/pair.h"
#include "lib/keys.h"
#include "lib/prog.h"

struct pair {
	struct facts *facts;
	const struct json_value *device;	/* the other host's interface */
	uint8_t key[KEY_LEN];			/* its public key */
	const struct peer *peer;		/* the other host as a peer here, or NULL */
	const struct json_value *we;		/* this host as a peer there, or NULL */
	const char *name;			/* of its interface */
};

struct json_value *pair_read(const char *path)
{
	FILE *in = fopen(path, "re");
	struct json_value *value;

	if (!in) {
		fprintf(stderr, "%s: cannot open %s: %s\n", prog_name, path, strerror(errno));
		return NULL;
	}
	value = json_read(in);
	fclose(in);
	if (json_get(value, "devices", JSON_ARRAY))
		return value;
	json_free(value);
	fprintf(stderr, "%s: %s is not what `naawg show INTERFACE --json' prints on the other host\n",
		prog_name, path);
	return NULL;
}

static bool key_of(uint8_t key[static KEY_LEN], const struct json_value *value)
{
	const char *text = json_get_string(value, "public_key");

	return text && key_from_text(key, text);
}

static const struct peer *peer_here(const struct facts *facts, const uint8_t *key)
{
	size_t i;

	for (i = 0; i < facts->dev.n_peers; i++)
		if (!memcmp(facts->dev.peers[i].public_key, key, KEY_LEN))
			return &facts->dev.peers[i];
	return NULL;
}

static const struct json_value *peer_there(const struct json_value *device,
					   const uint8_t *ours)
{
	const struct json_value *peers = json_get(device, "peers", JSON_ARRAY);
	uint8_t key[KEY_LEN];
	size_t i;

	for (i = 0; peers && i < peers->n; i++)
		if (key_of(key, &peers->items[i]) && !memcmp(key, ours, KEY_LEN))
			return &peers->items[i];
	return NULL;
}

/* The name stands in commands for root, and the other host may have chosen it badly. */
static bool is_plain(const char *name)
{
	size_t len = strlen(name);

	return len && len < IFNAMSIZ &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

static void take(struct pair *pair, const struct json_value *device)
{
	pair->device = device;
	pair->peer = key_of(pair->key, device) ? peer_here(pair->facts, pair->key) : NULL;
	pair->we = peer_there(device, pair->facts->dev.public_key);
	pair->name = json_get_string(device, "name");
	if (!pair->name || !is_plain(pair->name))
		pair->name = "INTERFACE";
}

/* Finds the interface of the other host that belongs to this one. */
static bool find(struct pair *pair, const struct json_value *file, bool only)
{
	const struct json_value *devices = json_get(file, "devices", JSON_ARRAY);
	size_t i;

	for (i = 0; i < devices->n; i++) {
		take(pair, &devices->items[i]);
		if (pair->peer || pair->we)
			return true;
	}
	if (!only || devices->n != 1)
		return false;
	take(pair, &devices->items[0]);
	return true;
}

static const char *ips_text(char *text, size_t size, const struct peer *conf)
{
	char prefix[PREFIX_TEXT_LEN];
	size_t i, len = 0;

	snprintf(text, size, "ADDRESS");
	for (i = 0; conf && i < conf->n_ips && len < size; i++)
		len += snprintf(text + len, size - len, "%s%s", i ? "," : "",
				prefix_text(prefix, &conf->ips[i]));
	return len < size ? text : "ADDRESS";
}

/*
 * Writes the command that replaces a peer by one with the @right key. A preshared key is a
 * secret, and only a file may have it.
 */
static void replace(const struct facts *facts, struct finding *finding, const struct peer *peer,
		    const char *right)
{
	const struct peer *conf = facts_conf(facts, peer);
	char old[KEY_TEXT_LEN], ips[256], end[ENDPOINT_TEXT_LEN], keepalive[48] = "";
	bool has_end = conf && conf->bits & PEER_HAS_ENDPOINT;

	key_to_text(old, peer->public_key);
	if (conf && conf->keepalive)
		snprintf(keepalive, sizeof(keepalive), " persistent-keepalive %u",
			 conf->keepalive);
	finding_command(finding, "naawg set %s peer %s remove peer %s allowed-ips %s%s%s%s%s",
			facts->name, old, right, ips_text(ips, sizeof(ips), conf),
			has_end ? " endpoint " : "",
			has_end ? endpoint_text(end, &conf->endpoint) : "", keepalive,
			conf && !key_is_zero(conf->preshared_key) ? " preshared-key FILE" : "");
}

/* The other host must be the only peer here that may have another key. */
static void their_key(struct pair *pair)
{
	char theirs[KEY_TEXT_LEN], wrong[KEY_TEXT_LEN];
	const struct peer *peer;
	struct finding *finding;
	size_t n;

	peer = calls_suspect(pair->facts, &n);
	key_to_text(theirs, pair->key);
	finding = finding_add(pair->facts->found, "their-key-wrong", SEVERITY_ERROR, peer);
	finding_key(finding, pair->key);
	if (!peer) {
		finding_text(finding, "the public key of the other host is %s, and no peer here has it",
			     theirs);
		finding_command(finding, "naawg set %s peer %s allowed-ips ADDRESS/BITS",
				pair->facts->name, theirs);
		return;
	}
	finding_key(finding, peer->public_key);
	key_to_text(wrong, peer->public_key);
	finding_text(finding, "the public key of the other host is %s, and the key of the peer here is %s, which is wrong",
		     theirs, wrong);
	replace(pair->facts, finding, peer, theirs);
}

static void our_key(struct pair *pair)
{
	const struct json_value *peers = json_get(pair->device, "peers", JSON_ARRAY);
	char ours[KEY_TEXT_LEN], wrong[KEY_TEXT_LEN] = "";
	struct finding *finding;
	uint8_t key[KEY_LEN];

	key_to_text(ours, pair->facts->dev.public_key);
	finding = finding_add(pair->facts->found, "our-key-unknown", SEVERITY_ERROR, pair->peer);
	finding_key(finding, pair->facts->dev.public_key);
	if (peers && peers->n == 1 && key_of(key, &peers->items[0])) {
		finding_key(finding, key);
		key_to_text(wrong, key);
	}
	finding_text(finding, "the other host does not know our public key %s%s%s", ours,
		     *wrong ? "; the key of its peer is " : "", wrong);
	if (*wrong)
		finding_command(finding, "naawg set %s peer %s remove peer %s allowed-ips ADDRESS endpoint HOST:PORT, on the other host",
				pair->name, wrong, ours);
	else
		finding_command(finding, "naawg set %s peer %s allowed-ips ADDRESS, on the other host",
				pair->name, ours);
}

static void preshared(struct pair *pair)
{
	const struct json_value *there = json_get(pair->we, "has_preshared_key", JSON_BOOL);
	const struct peer *conf = facts_conf(pair->facts, pair->peer);
	struct finding *finding;
	char key[KEY_TEXT_LEN];
	bool here;

	if (!there || !conf)
		return;
	here = !key_is_zero(conf->preshared_key);
	if (here == there->yes)
		return;
	key_to_text(key, here ? pair->facts->dev.public_key : conf->public_key);
	finding = finding_add(pair->facts->found, "preshared-key", SEVERITY_ERROR, pair->peer);
	finding_key(finding, conf->public_key);
	finding_text(finding, "%s host has a preshared key for this tunnel, and %s host has none",
		     here ? "this" : "the other", here ? "the other" : "this");
	finding_command(finding, "naawg set %s peer %s preshared-key FILE%s",
			here ? pair->name : pair->facts->name, key,
			here ? ", on the other host" : "");
}

static void neither_knows(struct pair *pair)
{
	char theirs[KEY_TEXT_LEN], ours[KEY_TEXT_LEN];
	struct finding *finding;

	key_to_text(theirs, pair->peer->public_key);
	key_to_text(ours, pair->facts->dev.public_key);
	finding = finding_add(pair->facts->found, "pair-no-endpoint", SEVERITY_ERROR, pair->peer);
	finding_text(finding, "neither host has an endpoint of the other one, so neither can call; if both are behind a NAT, the router of one of them has to forward its UDP port, or both need a third host as their peer");
	finding_command(finding, "naawg set %s peer %s endpoint HOST:PORT persistent-keepalive 25 here, if the other host has a fixed address; else on the other host: naawg set %s peer %s endpoint HOST:PORT persistent-keepalive 25",
			pair->facts->name, theirs, pair->name, ours);
}

/* A forward of a router may lead from one port to the other. */
static void port(struct pair *pair, bool here, uint16_t has, uint16_t listens)
{
	struct finding *finding;

	if (!has || has == listens || !listens)
		return;
	finding = finding_add(pair->facts->found, "pair-port", SEVERITY_ERROR, pair->peer);
	finding_text(finding, "the endpoint %s has port %u, and %s listens on %u; only a port forward of a router would make that right",
		     here ? "here" : "there", has, here ? "the other host" : "this host",
		     listens);
	finding_command(finding, "naawg set %s listen-port %u%s",
			here ? pair->name : pair->facts->name, has,
			here ? ", on the other host" : "");
}

/*
 * The port that somebody configured; 0: the endpoint may be one that was learned, which has
 * the port of a NAT. A peer that never sent anything taught none.
 */
static uint16_t port_here(const struct pair *pair, const struct peer *conf)
{
	const char *colon = conf->endpoint_given ? strrchr(conf->endpoint_given, ':') : NULL;

	if (colon)
		return strtoul(colon + 1, NULL, 10);
	return conf->bits & PEER_HAS_ENDPOINT && !pair->peer->rx_bytes ?
	       ntohs(conf->endpoint.addr4.sin_port) : 0;
}

static uint16_t port_there(const struct pair *pair, const char *endpoint)
{
	const char *colon = endpoint ? strrchr(endpoint, ':') : NULL;
	uint64_t received = 0;

	json_get_number(pair->we, "rx_bytes", &received);
	return colon && !received ? strtoul(colon + 1, NULL, 10) : 0;
}

static void endpoints(struct pair *pair)
{
	const char *there = json_get_string(pair->we, "endpoint");
	const struct peer *conf = facts_conf(pair->facts, pair->peer);
	uint64_t listens = 0;

	if (facts_state(pair->peer) == STATE_WELL || !conf ||
	    !json_get(pair->we, "allowed_ips", JSON_ARRAY))
		return;
	if (!(conf->bits & PEER_HAS_ENDPOINT) && !there) {
		neither_knows(pair);
		return;
	}
	json_get_number(pair->device, "listen_port", &listens);
	port(pair, true, port_here(pair, conf), listens);
	port(pair, false, port_there(pair, there), pair->facts->dev.listen_port);
}

static bool is_allowed(const struct json_value *list, const struct allowed_ip *address)
{
	struct allowed_ip net, ip = *address;
	size_t i;

	ip.prefix_len = prefix_max(&ip);
	for (i = 0; i < list->n; i++)
		if (list->items[i].type == JSON_STRING &&
		    prefix_parse(&net, list->items[i].string) && prefix_contains(&net, &ip))
			return true;
	return false;
}

static void allowed_ips(struct pair *pair)
{
	const struct json_value *list = json_get(pair->we, "allowed_ips", JSON_ARRAY);
	char ours[KEY_TEXT_LEN], text[ADDRESS_TEXT_LEN];
	const struct rt_item *item;
	struct finding *finding;
	size_t i;

	for (i = 0; list && i < pair->facts->addresses.n; i++) {
		item = &pair->facts->addresses.items[i];
		if (item->index != pair->facts->link->index || is_allowed(list, &item->net) ||
		    (item->net.family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&item->net.ip6)))
			continue;
		key_to_text(ours, pair->facts->dev.public_key);
		address_text(text, &item->net);
		finding = finding_add(pair->facts->found, "pair-allowed-ips", SEVERITY_ERROR,
				      pair->peer);
		finding_text(finding, "our address %s is not among our allowed IPs on the other host, which drops what we send from it",
			     text);
		finding_command(finding, "naawg set %s peer %s allowed-ips +%s, on the other host",
				pair->name, ours, text);
	}
}

void diag_pair(struct facts *facts, const struct json_value *file, bool only)
{
	struct pair pair = { .facts = facts };

	if (!find(&pair, file, only))
		return;
	if (!pair.peer)
		their_key(&pair);
	if (!pair.we)
		our_key(&pair);
	if (pair.peer && pair.we) {
		preshared(&pair);
		endpoints(&pair);
		allowed_ips(&pair);
	}
}
