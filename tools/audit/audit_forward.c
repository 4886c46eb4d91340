// SPDX-License-Identifier: GPL-2.0
/* Finds forwards that the kernel would refuse. */

#include <ctype.h>
#include <string.h>

#include "audit/parts.h"
#include "lib/forward.h"

#define FORWARDS_MAX	4096	/* the limit of the kernel */

/* Why the kernel refuses this address as a destination; NULL: it does not. */
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

/* A forward without a destination is for both families. Sources are not compared. */
static bool share_port(const struct forward *a, const struct forward *b)
{
	return a->proto == b->proto && a->first <= b->last && b->first <= a->last &&
	       (!a->address.family || !b->address.family ||
		a->address.family == b->address.family);
}

/* An earlier forward that takes the port of this one, in the order of the kernel. */
static const struct forward *taken(const struct device *dev, size_t before)
{
	size_t i;

	for (i = 0; i < before; i++)
		if (share_port(&dev->forwards[i], &dev->forwards[before]))
			return &dev->forwards[i];
	return NULL;
}

static void ports(struct audit *audit, const struct device *dev, size_t i)
{
	char text[FORWARD_TEXT_LEN], other[FORWARD_TEXT_LEN];
	const struct forward *forward = &dev->forwards[i], *hit = taken(dev, i);

	if (hit)
		audit_error(audit, 0, "Forward = %s: the forward %s takes this protocol and port already",
			    forward_text(text, forward), forward_text(other, hit));
	if (dev->bits & DEVICE_HAS_LISTEN_PORT && forward_takes(forward, dev->listen_port))
		audit_error(audit, 0, "Forward = %s: this forward takes ListenPort %u; change one of them",
			    forward_text(text, forward), dev->listen_port);
}

/* The destination cannot have an address of the tunnel itself. */
static void destination(struct audit *audit, const struct forward *forward,
			const struct quick *quick)
{
	char text[FORWARD_TEXT_LEN], net[PREFIX_TEXT_LEN];
	const char *why = no_host(&forward->address);
	const struct allowed_ip *hit;
	struct allowed_ip to;

	if (why)
		audit_error(audit, 0, "Forward = %s: %s", forward_text(text, forward), why);
	if (!is_device(forward->egress))
		audit_error(audit, 0, "Forward = %s: this cannot be the name of an interface",
			    forward_text(text, forward));
	if (!forward->address.family)
		return;
	to = forward->address;
	to.prefix_len = prefix_max(&to);
	hit = audit_meets(&quick->addresses, &to);
	if (hit)
		audit_error(audit, 0, "Forward = %s: this destination is in the network %s of the tunnel; tunnel and services need different networks",
			    forward_text(text, forward), prefix_text(net, hit));
	audit_policy(audit, 0, "the destination of a forward", &to, false);
}

static bool has_peer(const struct device *dev, const uint8_t key[static KEY_LEN])
{
	size_t i;

	for (i = 0; i < dev->n_peers; i++)
		if (!memcmp(dev->peers[i].public_key, key, KEY_LEN))
			return true;
	return false;
}

/* Such a forward matches no packet; a peer that was removed may have left it. */
static void source(struct audit *audit, const struct device *dev, const struct forward *forward)
{
	char text[FORWARD_TEXT_LEN];

	if (forward->bits & FORWARD_FROM_PEER && !has_peer(dev, forward->from_peer))
		audit_warning(audit, 0, "Forward = %s: no peer has this public key",
			      forward_text(text, forward));
}

void audit_forwards(struct audit *audit, const struct device *dev, const struct quick *quick)
{
	size_t i;

	if (dev->n_forwards > FORWARDS_MAX) {
		audit_error(audit, 0, "%zu forwards: an interface may have %d", dev->n_forwards,
			    FORWARDS_MAX);
		return;
	}
	for (i = 0; i < dev->n_forwards; i++) {
		ports(audit, dev, i);
		destination(audit, &dev->forwards[i], quick);
		source(audit, dev, &dev->forwards[i]);
	}
}
