// SPDX-License-Identifier: GPL-2.0
/* What it takes to get from one configuration of a link to another. */

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "apply/device_diff.h"
#include "conf/quick_conf.h"
#include "lib/format.h"
#include "lib/forward.h"
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

/* Masked, in order, each once. */
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

/* Prints the changes from @now to @want and empties both. Returns their number. */
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

/* The sum of differences, or -ENOMEM. */
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

/* The sum of differences, or -ENOMEM. The kernel takes the list as a whole. */
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

/* The peer of @dev that has this name, but a key that @others do not have. */
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

static int peer_diff(const struct peer *want, const struct peer *now, bool is_rekeyed,
		     struct device *change, FILE *out)
{
	static const struct peer none;
	struct peer to = { .bits = PEER_HAS_PUBLIC_KEY };
	char label[PEER_LABEL_LEN];
	struct peer *added;
	int n, ips;

	memcpy(to.public_key, want->public_key, KEY_LEN);
	peer_label(label, want);
	if (!now && !is_rekeyed && out)
		fprintf(out, "+ peer %s\n", label);
	n = !now;
	if (!now)
		now = &none;
	n += psk_diff(want, now, &to, label, out);
	n += endpoint_diff(want, now, &to, label, out);
	n += keepalive_diff(want, now, &to, label, out);
	ips = ips_diff(want, now, label, out);
	if (ips < 0 || (ips && !copy_ips(&to, want)))
		goto no_memory;
	if (!(n + ips))
		return 0;
	added = device_add_peer(change);
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

/* Removals first, so that others find prefixes and addresses free. */
static int removals(const struct device *now, const struct device *want,
		    const struct peer_index *wanted, const struct peer_index *present,
		    struct device *change, FILE *out)
{
	struct peer *gone;
	size_t i;
	int n = 0;

	for (i = 0; i < now->n_peers; i++) {
		if (peer_index_find(wanted, &now->peers[i]))
			continue;
		gone = device_add_peer(change);
		if (!gone)
			return -ENOMEM;
		gone->bits = PEER_HAS_PUBLIC_KEY | PEER_REMOVE;
		memcpy(gone->public_key, now->peers[i].public_key, KEY_LEN);
		say_gone(&now->peers[i], rekeyed(want, &now->peers[i], present), out);
		n++;
	}
	return n;
}

int device_diff(const struct device *want, const struct device *now, struct device *change,
		FILE *out)
{
	struct peer_index wanted = { 0 }, present = { 0 };
	const struct peer *peer, *has;
	int ret = -ENOMEM, n;
	size_t i;

	device_init(change, now->name);
	if (peer_index_init(&wanted, want) && peer_index_init(&present, now)) {
		ret = link_diff(want, now, change, out);
		n = forbidden_diff(want, now, change, out);
		ret = n < 0 ? n : ret + n;
		n = n < 0 ? n : removals(now, want, &wanted, &present, change, out);
		for (i = 0; n >= 0 && i < want->n_peers; i++) {
			ret += n;
			peer = &want->peers[i];
			has = peer_index_find(&present, peer);
			n = peer_diff(peer, has, !has && rekeyed(now, peer, &wanted), change,
				      out);
		}
		ret = n < 0 ? n : ret + n;
	}
	peer_index_destroy(&wanted);
	peer_index_destroy(&present);
	if (ret < 0)
		device_destroy(change);
	return ret;
}

static bool same_address(const struct allowed_ip *a, const struct allowed_ip *b)
{
	return a->family == b->family &&
	       (!a->family || prefix_same_bits(a, b, prefix_max(a)));
}

static bool same_forward(const struct forward *a, const struct forward *b)
{
	return a->proto == b->proto && a->first == b->first && a->last == b->last &&
	       a->to_port == b->to_port && a->bits == b->bits &&
	       same_address(&a->address, &b->address) && !strcmp(a->egress, b->egress) &&
	       a->from.family == b->from.family &&
	       (!(a->bits & FORWARD_FROM_PREFIX) || !by_prefix(&a->from, &b->from)) &&
	       (!(a->bits & FORWARD_FROM_PEER) ||
		!memcmp(a->from_peer, b->from_peer, KEY_LEN));
}

bool has_forward(const struct device *dev, const struct forward *forward)
{
	size_t i;

	for (i = 0; i < dev->n_forwards; i++)
		if (same_forward(&dev->forwards[i], forward))
			return true;
	return false;
}

int forwards_diff(const struct device *want, const struct device *now, FILE *out)
{
	char text[FORWARD_TEXT_LEN];
	size_t i;
	int n = 0;

	for (i = 0; i < now->n_forwards; i++) {
		if (has_forward(want, &now->forwards[i]))
			continue;
		if (out)
			fprintf(out, "- forward %s\n", forward_text(text, &now->forwards[i]));
		n++;
	}
	for (i = 0; i < want->n_forwards; i++) {
		if (has_forward(now, &want->forwards[i]))
			continue;
		if (out)
			fprintf(out, "+ forward %s\n", forward_text(text, &want->forwards[i]));
		n++;
	}
	return n;
}
