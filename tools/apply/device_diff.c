// SPDX-License-Identifier: GPL-2.0
/*
 * Turns a wanted and a present configuration of a link into a change.
 *
 * apply asks for the differences only, and syncconf for every wanted peer as a whole,
 * as wg does. Both remove the peers that are not wanted, and walk the peers in the same
 * order.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "apply/device_diff.h"
#include "conf/quick_conf.h"
#include "lib/format.h"
#include "lib/keys.h"
#include "lib/peer_index.h"
#include "lib/prefix.h"

static int by_prefix(const void *a, const void *b)
{
	const struct allowed_ip *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	if (x->prefix_len != y->prefix_len)
		return x->prefix_len < y->prefix_len ? -1 : 1;
	return memcmp(&x->ip6, &y->ip6, prefix_max(x) / 8);
}

/* Copies the networks: masked, sorted, each once. */
static bool tidy_ips(struct prefixes *to, const struct allowed_ip *list, size_t count)
{
	struct allowed_ip *ip;
	size_t i, n = 0;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < count; i++) {
		ip = prefixes_add(to);
		if (!ip)
			return false;
		*ip = prefix_masked(&list[i]);
	}
	if (to->n)
		qsort(to->list, to->n, sizeof(*to->list), by_prefix);
	for (i = 0; i < to->n; i++)
		if (!n || by_prefix(&to->list[n - 1], &to->list[i]))
			to->list[n++] = to->list[i];
	to->n = n;
	return true;
}

/* Prints the changes from @now to @want and frees both. Returns their number. */
static int nets_diff(struct prefixes *want, struct prefixes *now, const char *what, FILE *out)
{
	char text[PREFIX_TEXT_LEN];
	size_t i = 0, k = 0;
	int ret = 0, order;

	while (i < want->n || k < now->n) {
		order = i == want->n ? 1 : k == now->n ? -1 :
			by_prefix(&want->list[i], &now->list[k]);
		if (order && out)
			fprintf(out, "%c %s %s\n", order < 0 ? '+' : '-', what,
				prefix_text(text, order < 0 ? &want->list[i] : &now->list[k]));
		ret += order != 0;
		i += order <= 0;
		k += order >= 0;
	}
	prefixes_destroy(want);
	prefixes_destroy(now);
	return ret;
}

/* The number of differences, or -ENOMEM. */
static int ips_diff(const struct peer *want, const struct peer *now, const char *label,
		    FILE *out)
{
	char what[PEER_LABEL_LEN + sizeof("peer : allowed IP")];
	struct prefixes a, b = { 0 };

	if (!tidy_ips(&a, want->ips, want->n_ips) || !tidy_ips(&b, now->ips, now->n_ips)) {
		prefixes_destroy(&a);
		prefixes_destroy(&b);
		return -ENOMEM;
	}
	snprintf(what, sizeof(what), "peer %s: allowed IP", label);
	return nets_diff(&a, &b, what, out);
}

/* The number of differences, or -ENOMEM. The kernel takes the list as a whole. */
static int forbidden_diff(const struct device *want, const struct device *now,
			  struct device *change, FILE *out)
{
	struct prefixes a, b = { 0 };
	struct allowed_ip *to;
	size_t i;
	int n;

	if (!tidy_ips(&a, want->forbidden, want->n_forbidden) ||
	    !tidy_ips(&b, now->forbidden, now->n_forbidden)) {
		prefixes_destroy(&a);
		prefixes_destroy(&b);
		return -ENOMEM;
	}
	n = nets_diff(&a, &b, "forbidden network", out);
	if (n)
		change->bits |= DEVICE_REPLACE_FORBIDDEN;
	for (i = 0; n && i < want->n_forbidden; i++) {
		to = device_add_forbidden(change);
		if (!to)
			return -ENOMEM;
		*to = want->forbidden[i];
	}
	return n;
}

static bool copy_ips(struct peer *to, const struct peer *from)
{
	struct allowed_ip *ip;
	size_t i;

	for (i = 0; i < from->n_ips; i++) {
		ip = peer_add_ip(to);
		if (!ip)
			return false;
		*ip = from->ips[i];
		ip->remove = false;
	}
	to->bits |= PEER_REPLACE_IPS;
	return true;
}

__attribute__((format(printf, 3, 4)))
static void say(FILE *out, const char *label, const char *format, ...)
{
	va_list args;

	if (!out)
		return;
	fprintf(out, "~ peer %s: ", label);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
}

static int psk_diff(const struct peer *want, const struct peer *now, struct peer *change,
		    const char *label, FILE *out)
{
	if (!memcmp(want->preshared_key, now->preshared_key, KEY_LEN))
		return 0;
	say(out, label, "preshared key %s", key_is_zero(want->preshared_key) ? "removed" :
	    key_is_zero(now->preshared_key) ? "added" : "changed");
	memcpy(change->preshared_key, want->preshared_key, KEY_LEN);
	change->bits |= PEER_HAS_PRESHARED_KEY;
	return 1;
}

static int endpoint_diff(const struct peer *want, const struct peer *now, struct peer *change,
			 const char *label, FILE *out)
{
	char to[ENDPOINT_TEXT_LEN], from[ENDPOINT_TEXT_LEN];
	bool there = now->bits & PEER_HAS_ENDPOINT;

	if (!(want->bits & PEER_HAS_ENDPOINT) ||
	    (there && endpoint_equal(&want->endpoint, &now->endpoint)))
		return 0;
	say(out, label, "endpoint %s -> %s", there ? endpoint_text(from, &now->endpoint) :
	    "(none)", endpoint_text(to, &want->endpoint));
	change->endpoint = want->endpoint;
	change->bits |= PEER_HAS_ENDPOINT;
	return 1;
}

static int keepalive_diff(const struct peer *want, const struct peer *now,
			  struct peer *change, const char *label, FILE *out)
{
	uint16_t seconds = want->bits & PEER_HAS_KEEPALIVE ? want->keepalive : 0;

	if (seconds == now->keepalive)
		return 0;
	say(out, label, "persistent keepalive %u -> %u", now->keepalive, seconds);
	change->keepalive = seconds;
	change->bits |= PEER_HAS_KEEPALIVE;
	return 1;
}

/* State of one comparison. */
struct diff {
	const struct device *want, *now;
	struct peer_index wanted, present;
	struct device *change;
	FILE *out;		/* a line for each difference; may be NULL */
};

/* Adds what a wanted peer needs to the change; @now is NULL for a new peer. */
typedef int (*peer_change_fn)(struct diff *diff, const struct peer *want,
			      const struct peer *now);

/* A peer of @dev with the name of @peer and a key that no peer of @others has. */
static const struct peer *rekeyed(const struct device *dev, const struct peer *peer,
				  const struct peer_index *others)
{
	size_t i;

	for (i = 0; peer->name[0] && i < dev->n_peers; i++)
		if (!strcmp(dev->peers[i].name, peer->name) &&
		    !peer_index_find(others, &dev->peers[i]))
			return &dev->peers[i];
	return NULL;
}

/* The number of differences, or -ENOMEM. */
static int peer_diff(struct diff *diff, const struct peer *want, const struct peer *now)
{
	static const struct peer none;
	struct peer to = { .bits = PEER_HAS_PUBLIC_KEY };
	char label[PEER_LABEL_LEN];
	struct peer *added;
	int n, ips;

	memcpy(to.public_key, want->public_key, KEY_LEN);
	peer_label(label, want);
	n = !now;
	if (!now) {
		if (diff->out && !rekeyed(diff->now, want, &diff->wanted))
			fprintf(diff->out, "+ peer %s\n", label);
		now = &none;
	}
	n += psk_diff(want, now, &to, label, diff->out);
	n += endpoint_diff(want, now, &to, label, diff->out);
	n += keepalive_diff(want, now, &to, label, diff->out);
	ips = ips_diff(want, now, label, diff->out);
	if (ips < 0 || (ips && !copy_ips(&to, want)))
		goto no_memory;
	if (!(n + ips))
		return 0;
	added = device_add_peer(diff->change);
	if (!added)
		goto no_memory;
	*added = to;
	explicit_bzero(&to, sizeof(to));
	return n + ips;
no_memory:
	free(to.ips);
	explicit_bzero(&to, sizeof(to));
	return -ENOMEM;
}

/* Adds the whole peer; a preshared key or keepalive missing in the file is unset. */
static int peer_whole(struct diff *diff, const struct peer *want, const struct peer *now)
{
	struct peer *to = device_add_peer(diff->change);
	size_t i;

	if (!to)
		return -ENOMEM;
	*to = *want;
	to->ips = NULL;
	to->n_ips = 0;
	to->room_ips = 0;
	to->endpoint_given = NULL;
	for (i = 0; i < want->n_ips; i++) {
		struct allowed_ip *ip = peer_add_ip(to);

		if (!ip)
			return -ENOMEM;
		*ip = want->ips[i];
	}
	/* The copy is zero where the file names no value. */
	if (now && !key_is_zero(now->preshared_key))
		to->bits |= PEER_HAS_PRESHARED_KEY;
	if (now && now->keepalive)
		to->bits |= PEER_HAS_KEEPALIVE;
	return 0;
}

static int link_diff(const struct device *want, const struct device *now,
		     struct device *change, FILE *out)
{
	char from[KEY_TEXT_LEN], text[KEY_TEXT_LEN];
	uint8_t pub[KEY_LEN];
	int n = 0;

	if (want->bits & DEVICE_HAS_PRIVATE_KEY &&
	    memcmp(want->private_key, now->private_key, KEY_LEN)) {
		memcpy(change->private_key, want->private_key, KEY_LEN);
		change->bits |= DEVICE_HAS_PRIVATE_KEY;
		key_public(pub, want->private_key);
		key_to_text(text, pub);
		key_to_text(from, now->public_key);
		if (out && !key_is_zero(now->public_key))
			fprintf(out, "~ identity: public key %s -> %s\n", from, text);
		else if (out)
			fprintf(out, "~ identity: the public key becomes %s\n", text);
		n++;
	}
	if (want->bits & DEVICE_HAS_LISTEN_PORT && want->listen_port &&
	    want->listen_port != now->listen_port) {
		change->listen_port = want->listen_port;
		change->bits |= DEVICE_HAS_LISTEN_PORT;
		if (out)
			fprintf(out, "~ listen port %u -> %u\n", now->listen_port,
				want->listen_port);
		n++;
	}
	if (want->bits & DEVICE_HAS_FWMARK && want->fwmark != now->fwmark) {
		change->fwmark = want->fwmark;
		change->bits |= DEVICE_HAS_FWMARK;
		if (out)
			fprintf(out, "~ fwmark 0x%x -> 0x%x\n", now->fwmark, want->fwmark);
		n++;
	}
	if (want->answer_unreachable != now->answer_unreachable) {
		change->answer_unreachable = want->answer_unreachable;
		change->bits |= DEVICE_HAS_ANSWER;
		if (out)
			fprintf(out, "~ packets for an unreachable peer are %s\n",
				want->answer_unreachable ? "answered" : "not answered");
		n++;
	}
	return n;
}

static void say_gone(const struct peer *gone, const struct peer *instead, FILE *out)
{
	char label[PEER_LABEL_LEN], from[KEY_TEXT_LEN], to[KEY_TEXT_LEN];

	if (!out)
		return;
	if (!instead) {
		fprintf(out, "- peer %s\n", peer_label(label, gone));
		return;
	}
	key_to_text(from, gone->public_key);
	key_to_text(to, instead->public_key);
	say(out, gone->name, "public key %s -> %s", from, to);
}

/* Removals come first, so that other peers find their prefixes and endpoints free. */
static int removals(struct diff *diff)
{
	const struct device *now = diff->now;
	struct peer *gone;
	size_t i;
	int n = 0;

	for (i = 0; i < now->n_peers; i++) {
		if (peer_index_find(&diff->wanted, &now->peers[i]))
			continue;
		gone = device_add_peer(diff->change);
		if (!gone)
			return -ENOMEM;
		gone->bits = PEER_HAS_PUBLIC_KEY | PEER_REMOVE;
		memcpy(gone->public_key, now->peers[i].public_key, KEY_LEN);
		say_gone(&now->peers[i], rekeyed(diff->want, &now->peers[i], &diff->present),
			 diff->out);
		n++;
	}
	return n;
}

/* The number of differences between the peers, or -ENOMEM. */
static int peers_diff(struct diff *diff, peer_change_fn peer_change)
{
	const struct peer *peer;
	int ret = -ENOMEM, n;
	size_t i;

	if (peer_index_init(&diff->wanted, diff->want) &&
	    peer_index_init(&diff->present, diff->now)) {
		ret = removals(diff);
		for (i = 0; ret >= 0 && i < diff->want->n_peers; i++) {
			peer = &diff->want->peers[i];
			n = peer_change(diff, peer, peer_index_find(&diff->present, peer));
			ret = n < 0 ? n : ret + n;
		}
	}
	peer_index_destroy(&diff->wanted);
	peer_index_destroy(&diff->present);
	return ret;
}

int device_diff(const struct device *want, const struct device *now, struct device *change,
		FILE *out)
{
	struct diff diff = { .want = want, .now = now, .change = change, .out = out };
	int ret, forbidden, peers = 0;

	device_init(change, now->name);
	ret = link_diff(want, now, change, out);
	forbidden = forbidden_diff(want, now, change, out);
	if (forbidden >= 0)
		peers = peers_diff(&diff, peer_diff);
	if (forbidden >= 0 && peers >= 0)
		return ret + forbidden + peers;
	device_destroy(change);
	return -ENOMEM;
}

/*
 * Copies the attributes of the link itself. It leaves out the forbidden networks, which a
 * configuration file does not have.
 */
static void copy_link(struct device *to, const struct device *from)
{
	device_init(to, from->name);
	to->bits = from->bits & ~DEVICE_REPLACE_FORBIDDEN;
	memcpy(to->private_key, from->private_key, KEY_LEN);
	to->listen_port = from->listen_port;
	to->fwmark = from->fwmark;
	to->answer_unreachable = from->answer_unreachable;
}

int device_sync(const struct device *want, const struct device *now, struct device *change)
{
	struct diff diff = { .want = want, .now = now, .change = change };

	copy_link(change, want);
	/* Without wanted peers, DEVICE_REPLACE_PEERS removes all of them. */
	if (!want->n_peers)
		return 0;
	change->bits &= ~DEVICE_REPLACE_PEERS;
	if (peers_diff(&diff, peer_whole) >= 0)
		return 0;
	device_destroy(change);
	return -ENOMEM;
}
