// SPDX-License-Identifier: GPL-2.0
/*
 * Reports forwards that the kernel refused, and forwards that cannot work yet.
 *
 * The kernel warns of the first forward of a request only, and only in the reply. This
 * file checks each forward again.
 */

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/forward.h"
#include "lib/hints.h"
#include "lib/nl.h"
#include "lib/prog.h"
#include "netcfg/forward_report.h"
#include "netcfg/rt.h"
#include "netcfg/rt_way.h"

struct host {
	const char *name;		/* name of the link */
	const struct device *peers;	/* a device with the peers of the link */
	bool has_ip4;			/* the link has an IPv4 address */
	int vrf;			/* index of the VRF of the link; 0: none */
	char missing[IFNAMSIZ];		/* an interface known to be missing */
};

static bool is_off(const char *format, const char *name)
{
	char path[128], value = '1';
	int fd;

	snprintf(path, sizeof(path), format, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, &value, 1) != 1)
		value = '1';
	close(fd);
	return value == '0';
}

static int vrf_of(const char *name)
{
	char path[64], to[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/class/net/%.15s/master", name);
	n = readlink(path, to, sizeof(to) - 1);
	if (n <= 0)
		return 0;
	to[n] = '\0';
	return if_nametoindex(basename(to));
}

static bool has_ip4(const char *name)
{
	struct rt_list all = { 0 };
	int index = if_nametoindex(name);
	bool found = rt_dump(&all, RT_ADDRESS);
	size_t i;

	/* If the kernel does not answer, do not warn. */
	for (i = 0; i < all.n && !found; i++)
		found = all.items[i].index == index && all.items[i].net.family == AF_INET;
	rt_list_destroy(&all);
	return found;
}

static bool knows(const struct device *dev, const uint8_t key[static KEY_LEN])
{
	size_t i;

	for (i = 0; i < dev->n_peers; i++)
		if (!memcmp(dev->peers[i].public_key, key, KEY_LEN))
			return true;
	return false;
}

/*
 * The kernel calls modprobe(8) for an unknown name. Many forwards share one interface, so
 * ask for a missing one only once.
 */
static bool is_missing(struct host *host, const char *name)
{
	if (!strcmp(host->missing, name))
		return true;
	if (if_nametoindex(name))
		return false;
	snprintf(host->missing, sizeof(host->missing), "%s", name);
	return true;
}

enum lack { NO_INTERFACE, NO_PEER, NO_ROUTE, IP6_OFF, IP4_OFF, NO_ADDRESS };

/* The messages of the kernel. */
static const struct forward_lack known[] = {
	[NO_INTERFACE] = { "forward-no-interface",
		"there is no interface with the name given as the outgoing interface", "", "" },
	[NO_PEER] = { "forward-no-peer",
		"the device has no peer with the key given as the source", "", "" },
	[NO_ROUTE] = { "forward-no-route",
		"there is no route to the destination", "; add one",
		"ip route add NETWORK via GATEWAY" },
	[IP6_OFF] = { "ip-forward-off", "this host does not forward IPv6",
		"; set sysctl net.ipv6.conf.all.forwarding=1",
		"sysctl -w net.ipv6.conf.all.forwarding=1" },
	[IP4_OFF] = { "ip-forward-off", "this host does not forward IPv4",
		"; set sysctl net.ipv4.ip_forward=1", "sysctl -w net.ipv4.ip_forward=1" },
	[NO_ADDRESS] = { "forward-no-address",
		"the link has no IPv4 address for incoming connections", "; add one",
		"ip address add ADDRESS dev INTERFACE" },
};

/* The checks of the kernel, in its order. */
static const struct forward_lack *lacks(struct host *host, const struct forward *forward)
{
	bool local;

	if (forward->egress[0] && is_missing(host, forward->egress))
		return &known[NO_INTERFACE];
	if (forward->bits & FORWARD_FROM_PEER && !knows(host->peers, forward->from_peer))
		return &known[NO_PEER];
	if (!forward->address.family)
		return NULL;
	if (rt_way(&forward->address, host->vrf, &local))
		return &known[NO_ROUTE];
	if (forward->address.family == AF_INET6)
		return !local && is_off("/proc/sys/net/ipv6/conf/%s/forwarding", "all") ?
		       &known[IP6_OFF] : NULL;
	if (!local && is_off("/proc/sys/net/ipv4/conf/%s/forwarding", host->name))
		return &known[IP4_OFF];
	return host->has_ip4 ? NULL : &known[NO_ADDRESS];
}

size_t forward_lacks(const struct device *dev,
		     void (*take)(const struct forward *forward,
				  const struct forward_lack *lack, void *arg),
		     void *arg)
{
	struct host host = { .name = dev->name };
	const struct forward_lack *lack;
	struct device now;
	size_t i, n = 0;

	if (!dev->n_forwards || nl_get_stats(dev->name, &now))
		return 0;
	host.peers = &now;
	host.has_ip4 = has_ip4(dev->name);
	host.vrf = vrf_of(dev->name);
	for (i = 0; i < dev->n_forwards; i++) {
		lack = lacks(&host, &dev->forwards[i]);
		if (!lack)
			continue;
		take(&dev->forwards[i], lack, arg);
		n++;
	}
	device_destroy(&now);
	return n;
}

static void warn(const struct forward *forward, const struct forward_lack *lack, void *arg)
{
	char text[FORWARD_TEXT_LEN];

	(void)arg;
	fprintf(stderr, "%s: warning: %s%s (forward %s)\n", prog_name, lack->text, lack->mend,
		forward_text(text, forward));
}

size_t forward_warnings(const struct device *dev)
{
	return forward_lacks(dev, warn, NULL);
}

bool forwards_result(int error, const struct device *dev, size_t refused)
{
	char text[FORWARD_TEXT_LEN];
	struct forward shown;

	if (!error)
		return true;
	if (refused < dev->n_forwards) {
		/* Do not print the key: the kernel may have refused it because it is private. */
		shown = dev->forwards[refused];
		shown.bits &= ~FORWARD_FROM_PEER;
		fprintf(stderr, "Unable to apply forward `%s': %s\n",
			forward_text(text, &shown), strerror(-error));
	} else {
		fprintf(stderr, "Unable to change forwards: %s\n", strerror(-error));
	}
	hint(error, dev->name);
	return false;
}
