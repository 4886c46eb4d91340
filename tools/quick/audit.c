// SPDX-License-Identifier: GPL-2.0
/* What is wrong with a configuration although every line of it is right. */

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "forward.h"
#include "keys.h"
#include "prog.h"
#include "quick/policy.h"

#define FORWARDS_MAX	4096	/* that the kernel takes */

struct finding {
	const struct audit *audit;
	unsigned int n;
};

__attribute__((format(printf, 3, 4)))
static void find(struct finding *found, unsigned int line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: %s", prog_name, found->audit->file);
	if (line)
		fprintf(stderr, ":%u", line);
	fputs(": ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	found->n++;
}

struct claim {
	struct allowed_ip net;
	const struct peer *peer;
};

static int by_net(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->net.family != y->net.family)
		return x->net.family < y->net.family ? -1 : 1;
	if (x->net.prefix_len != y->net.prefix_len)
		return x->net.prefix_len < y->net.prefix_len ? -1 : 1;
	return memcmp(&x->net.ip6, &y->net.ip6, prefix_max(&x->net) / 8);
}

/* The kernel would give it to the last one without a word. */
static void twice_allowed(struct finding *found, const struct device *dev)
{
	char a[PEER_LABEL_LEN], b[PEER_LABEL_LEN], text[PREFIX_TEXT_LEN];
	size_t i, k, n = 0, all = 0;
	struct claim *claims;

	for (i = 0; i < dev->n_peers; i++)
		all += dev->peers[i].n_ips;
	claims = calloc(all + 1, sizeof(*claims));
	if (!claims) {
		find(found, 0, "out of memory");
		return;
	}
	for (i = 0; i < dev->n_peers; i++)
		for (k = 0; k < dev->peers[i].n_ips; k++)
			claims[n++] = (struct claim){ prefix_masked(&dev->peers[i].ips[k]),
						      &dev->peers[i] };
	qsort(claims, n, sizeof(*claims), by_net);
	for (i = 1; i < n; i++)
		if (!by_net(&claims[i - 1], &claims[i]) && claims[i - 1].peer != claims[i].peer)
			find(found, claims[i].peer->line,
			     "%s is an allowed IP of two peers, %s (line %u) and %s: a packet has one way to go",
			     prefix_text(text, &claims[i].net),
			     peer_label(a, claims[i - 1].peer), claims[i - 1].peer->line,
			     peer_label(b, claims[i].peer));
	free(claims);
}

static int by_key(const void *a, const void *b)
{
	const struct peer *x = *(const struct peer * const *)a;
	const struct peer *y = *(const struct peer * const *)b;
	int ret = memcmp(x->public_key, y->public_key, KEY_LEN);

	return ret ? ret : x->line < y->line ? -1 : 1;
}

static void twice_named(struct finding *found, const struct device *dev)
{
	const struct peer **list = calloc(dev->n_peers + 1, sizeof(*list));
	char text[KEY_TEXT_LEN];
	size_t i;

	if (!list) {
		find(found, 0, "out of memory");
		return;
	}
	for (i = 0; i < dev->n_peers; i++)
		list[i] = &dev->peers[i];
	qsort(list, dev->n_peers, sizeof(*list), by_key);
	for (i = 1; i < dev->n_peers; i++) {
		if (memcmp(list[i - 1]->public_key, list[i]->public_key, KEY_LEN))
			continue;
		key_to_text(text, list[i]->public_key);
		find(found, list[i]->line, "the peer %s stands in line %u already", text,
		     list[i - 1]->line);
	}
	free(list);
}

static void own_key(struct finding *found, const struct device *dev)
{
	uint8_t derived[KEY_LEN];
	const uint8_t *own = found->audit->own;
	size_t i;

	if (dev->bits & DEVICE_HAS_PRIVATE_KEY && !key_is_zero(dev->private_key)) {
		key_public(derived, dev->private_key);
		own = derived;
	}
	for (i = 0; own && i < dev->n_peers; i++)
		if (!memcmp(dev->peers[i].public_key, own, KEY_LEN))
			find(found, dev->peers[i].line,
			     "this public key is our own: here belongs what `naawg pubkey' made of the peer's private key");
}

static bool inside(const struct prefixes *nets, const struct allowed_ip *ip)
{
	size_t i, same = 0;

	for (i = 0; i < nets->n; i++) {
		same += nets->list[i].family == ip->family;
		if (prefix_contains(&nets->list[i], ip))
			return true;
	}
	/* A policy of IPv4 networks only admits no IPv6 at all. */
	return !nets->n;
}

static const struct allowed_ip *meets(const struct prefixes *nets, const struct allowed_ip *ip)
{
	size_t i;

	for (i = 0; i < nets->n; i++)
		if (prefix_overlaps(&nets->list[i], ip))
			return &nets->list[i];
	return NULL;
}

static void policy_net(struct finding *found, unsigned int line, const char *what,
		       const struct allowed_ip *ip, bool in_tunnel)
{
	const struct policy *policy = found->audit->policy;
	char text[PREFIX_TEXT_LEN], other[PREFIX_TEXT_LEN];
	const struct allowed_ip *hit;

	if (in_tunnel && !inside(&policy->tunnel, ip))
		find(found, line, "%s %s lies outside TunnelSubnet of the policy", what,
		     prefix_text(text, ip));
	hit = meets(&policy->forbidden, ip);
	if (hit)
		find(found, line, "%s %s meets %s, which ForbidRoutes of the policy keeps the tunnel from",
		     what, prefix_text(text, ip), prefix_text(other, hit));
}

static void peer(struct finding *found, const struct peer *peer)
{
	const struct policy *policy = found->audit->policy;
	bool wild_ok = policy->wildcard == WILDCARD_YES ||
		       (policy->wildcard == WILDCARD_UNSAID && found->audit->wildcard_ok);
	char text[PREFIX_TEXT_LEN];
	size_t i;

	if (policy->require_psk && key_is_zero(peer->preshared_key))
		find(found, peer->line, "this peer has no PresharedKey, which the policy requires: make one with `naawg genpsk', and give it to both");
	if (!(peer->bits & PEER_REPLACE_IPS))
		find(found, peer->line, "signs before allowed IPs are for `addconf' and `set': a whole configuration lists what there shall be");
	for (i = 0; i < peer->n_ips; i++) {
		if (!peer->ips[i].prefix_len && !wild_ok)
			find(found, peer->line, "%s lets this peer be everybody. If that is meant: %s",
			     prefix_text(text, &peer->ips[i]),
			     policy->wildcard == WILDCARD_NO ? "AllowWildcard in the policy says no" :
			     "--allow-wildcard, or AllowWildcard = yes in the policy");
		policy_net(found, peer->line, "allowed IP", &peer->ips[i], true);
	}
}

/* What the kernel takes for the address of no host, or of too many. */
static const char *no_host(const struct allowed_ip *to)
{
	uint32_t ip4 = ntohl(to->ip4.s_addr);

	if (!to->family)
		return NULL;
	if (to->family == AF_INET ? ip4 >> 24 == 127 : IN6_IS_ADDR_LOOPBACK(&to->ip6))
		return "a loopback address cannot be reached; leave the destination out to mean this host";
	if (to->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&to->ip6))
		return "a link-local destination is ambiguous; give a wider address";
	if (to->family == AF_INET ? !ip4 || IN_MULTICAST(ip4) || ip4 == INADDR_BROADCAST :
	    IN6_IS_ADDR_UNSPECIFIED(&to->ip6) || IN6_IS_ADDR_MULTICAST(&to->ip6))
		return "the destination is not the address of a host";
	return NULL;
}

static bool is_device(const char *name)
{
	const char *p;

	for (p = name; *p && *p != '/' && *p != ':' && !isspace((unsigned char)*p); p++)
		;
	return !*p && strcmp(name, ".") && strcmp(name, "..");
}

/* Without a destination both families are meant; sources do not count. */
static bool share_port(const struct forward *a, const struct forward *b)
{
	return a->proto == b->proto && a->first <= b->last && b->first <= a->last &&
	       (!a->address.family || !b->address.family ||
		a->address.family == b->address.family);
}

/* One after the other, as the kernel goes through them. */
static const struct forward *taken(const struct device *dev, size_t before)
{
	size_t i;

	for (i = 0; i < before; i++)
		if (share_port(&dev->forwards[i], &dev->forwards[before]))
			return &dev->forwards[i];
	return NULL;
}

static void ports(struct finding *found, const struct device *dev, size_t i)
{
	char text[FORWARD_TEXT_LEN], other[FORWARD_TEXT_LEN];
	const struct forward *forward = &dev->forwards[i], *hit = taken(dev, i);

	if (hit)
		find(found, 0, "Forward = %s: the forward %s takes this protocol and port already",
		     forward_text(text, forward), forward_text(other, hit));
	if (dev->bits & DEVICE_HAS_LISTEN_PORT && forward_takes(forward, dev->listen_port))
		find(found, 0, "Forward = %s: this forward takes ListenPort %u; change one of them",
		     forward_text(text, forward), dev->listen_port);
}

/* What is behind this host cannot have addresses of the tunnel. */
static void destination(struct finding *found, const struct forward *forward,
			const struct quick *quick)
{
	char text[FORWARD_TEXT_LEN], net[PREFIX_TEXT_LEN];
	const char *why = no_host(&forward->address);
	const struct allowed_ip *hit;
	struct allowed_ip to;

	if (why)
		find(found, 0, "Forward = %s: %s", forward_text(text, forward), why);
	if (!is_device(forward->egress))
		find(found, 0, "Forward = %s: this cannot be the name of an interface",
		     forward_text(text, forward));
	if (!forward->address.family)
		return;
	to = forward->address;
	to.prefix_len = prefix_max(&to);
	hit = meets(&quick->addresses, &to);
	if (hit)
		find(found, 0, "Forward = %s: this destination is in the tunnel's own network %s; tunnel and services need networks of their own",
		     forward_text(text, forward), prefix_text(net, hit));
	policy_net(found, 0, "the destination of a forward", &to, false);
}

static void forwards(struct finding *found, const struct device *dev,
		     const struct quick *quick)
{
	size_t i;

	if (dev->n_forwards > FORWARDS_MAX) {
		find(found, 0, "%zu forwards: an interface may have %d", dev->n_forwards,
		     FORWARDS_MAX);
		return;
	}
	for (i = 0; i < dev->n_forwards; i++) {
		ports(found, dev, i);
		destination(found, &dev->forwards[i], quick);
	}
}

unsigned int audit_conf(const struct audit *audit, const struct device *dev,
			const struct quick *quick)
{
	struct finding found = { .audit = audit };
	size_t i;

	for (i = 0; i < quick->addresses.n; i++)
		policy_net(&found, 0, "Address", &quick->addresses.list[i], true);
	for (i = 0; i < dev->n_peers; i++)
		peer(&found, &dev->peers[i]);
	twice_named(&found, dev);
	twice_allowed(&found, dev);
	own_key(&found, dev);
	forwards(&found, dev, quick);
	return found.n;
}
