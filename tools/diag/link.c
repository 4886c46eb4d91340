// SPDX-License-Identifier: GPL-2.0
/* Diagnoses the interface itself: its module, port, state and private key. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diag/parts.h"
#include "lib/keys.h"
#include "lib/loaded.h"
#include "lib/nl.h"

static void other_module(struct findings *found, const char *name)
{
	struct finding *finding;
	struct link_name link;

	if (nl_find_link(&link, name))
		return;
	finding = finding_add(found, "other-module", SEVERITY_ERROR, NULL);
	if (link_is_stock(&link)) {
		finding_text(finding, "%s is an interface of the stock driver, so naawg neither configures it nor counts its packets; the command moves all such interfaces of a host to naawg",
			     name);
		finding_command(finding, "naawg-upgrade --adopt");
		return;
	}
	finding_text(finding, "%s is an interface of kind `%s', not naawg, so naawg neither configures it nor counts its packets",
		     name, link.kind[0] ? link.kind : "none");
}

void diag_no_state(struct findings *found, const char *name, int error)
{
	struct finding *finding;

	switch (-error) {
	case EPROTONOSUPPORT:
		finding = finding_add(found, "module-missing", SEVERITY_ERROR, NULL);
		finding_text(finding, "the kernel module naawg is not loaded, so there can be no tunnel; a container needs it on its host");
		finding_command(finding, "modprobe naawg");
		return;
	case ENODEV:
		finding = finding_add(found, "no-interface", SEVERITY_ERROR, NULL);
		finding_text(finding, "there is no interface %s in this network namespace", name);
		finding_command(finding, "naawg-quick up %s", name);
		return;
	case EOPNOTSUPP:
		other_module(found, name);
		return;
	}
	finding = finding_add(found, "unreadable", SEVERITY_ERROR, NULL);
	finding_text(finding, "the kernel refused to report the state of %s: %s", name,
		     strerror(-error));
}

static bool bind_fails(int family, uint16_t port)
{
	union endpoint any = { .addr.sa_family = family };
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
	bool taken;

	if (fd < 0)
		return false;
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	any.addr4.sin_port = htons(port);
	taken = bind(fd, &any.addr, family == AF_INET ? sizeof(any.addr4) : sizeof(any.addr6)) &&
		errno == EADDRINUSE;
	close(fd);
	return taken;
}

/* The name of another naawg interface that is up and has this port, or NULL. */
static const char *user_of(const struct facts *facts, uint16_t port)
{
	const struct link_name *link;
	const char *name = NULL;
	struct device other;
	size_t i;

	for (i = 0; i < facts->links.n && !name; i++) {
		link = &facts->links.links[i];
		if (link == facts->link || !link->ours ||
		    !(link->flags & IFF_UP) || nl_get_stats(link->name, &other))
			continue;
		if (other.listen_port == port)
			name = link->name;
		device_destroy(&other);
	}
	return name;
}

/* While the interface is down it has no socket of its own. */
static void port(struct facts *facts)
{
	uint16_t port = facts->dev.listen_port;
	struct finding *finding;
	const char *user;

	if (!port || (!bind_fails(AF_INET, port) && !bind_fails(AF_INET6, port)))
		return;
	user = user_of(facts, port);
	finding = finding_add(facts->found, "port-taken", SEVERITY_ERROR, NULL);
	finding_text(finding, "UDP port %u, on which %s is to listen, is taken by %s%s, so the interface cannot come up",
		     port, facts->name, user ? "the interface " : "another program",
		     user ? user : "");
	if (user)
		finding_command(finding, "naawg set %s listen-port PORT", facts->name);
	else
		finding_command(finding, "naawg set %s listen-port PORT (`ss -lunp sport = :%u' names the program)",
				facts->name, port);
}

static void down(struct facts *facts)
{
	struct finding *finding;

	port(facts);
	finding = finding_add(facts->found, "link-down", SEVERITY_ERROR, NULL);
	finding_text(finding, "the interface %s is down, so it neither sends nor receives",
		     facts->name);
	finding_command(finding, "ip link set up dev %s", facts->name);
}

/* Both may be right for themselves, and not know each other's names and attributes. */
static void version(struct facts *facts)
{
	struct finding *finding;
	char loaded[32];

	if (!loaded_version(loaded, sizeof(loaded)) || !*loaded || !strcmp(loaded, NAAWG_VERSION))
		return;
	finding = finding_add(facts->found, "other-version", SEVERITY_WARNING, NULL);
	finding_text(finding, "the loaded module has version %s, and this program %s", loaded,
		     NAAWG_VERSION);
	finding_command(finding, "naawg-upgrade, or a reboot; the module of a container is that of its host");
}

bool diag_link(struct facts *facts)
{
	struct finding *finding;

	version(facts);
	if (!facts->link || !(facts->link->flags & IFF_UP)) {
		down(facts);
		return false;
	}
	if (key_is_zero(facts->dev.public_key)) {
		finding = finding_add(facts->found, "no-private-key", SEVERITY_ERROR, NULL);
		finding_text(finding, "the interface %s has no private key, so it can neither call nor answer",
			     facts->name);
		finding_command(finding, "naawg set %s private-key FILE", facts->name);
		return false;
	}
	if (!facts->dev.n_peers) {
		finding = finding_add(facts->found, "no-peers", SEVERITY_ERROR, NULL);
		finding_text(finding, "the interface %s has no peer", facts->name);
		finding_command(finding, "naawg set %s peer PUBLIC-KEY allowed-ips NETWORK",
				facts->name);
		return false;
	}
	return true;
}
