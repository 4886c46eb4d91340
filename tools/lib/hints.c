// SPDX-License-Identifier: GPL-2.0
/*
 * Prints what a user can do about an error.
 *
 * Most errors depend on where this runs: only the host of a container can load the
 * module, and root of a container lacks capabilities.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/hints.h"
#include "lib/modprobe.h"
#include "lib/nl_links.h"
#include "lib/nlsock.h"
#include "lib/prog.h"

#define CAP_NET_ADMIN_BIT	12

static bool in_first_user_namespace(void)
{
	unsigned long inside = 1, outside = 1, count = 0;
	FILE *map = fopen("/proc/self/uid_map", "r");
	bool first;

	if (!map)
		return true;
	first = fscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3 && !inside &&
		!outside && count == 4294967295UL;
	fclose(map);
	return first;
}

/* A container manager sets container= in the environment of init. */
static bool init_says_container(void)
{
	FILE *env = fopen("/proc/1/environ", "r");
	static const char word[] = "container=";
	size_t matched = 0;
	bool fits = true;
	int c;

	if (!env)
		return false;
	while (matched < sizeof(word) - 1 && (c = getc(env)) != EOF) {
		if (!c) {
			matched = 0;
			fits = true;
		} else if (fits && c == word[matched]) {
			matched++;
		} else {
			fits = false;
			matched = 0;
		}
	}
	fclose(env);
	return matched == sizeof(word) - 1;
}

static bool in_container(void)
{
	return !access("/run/systemd/container", F_OK) || !access("/.dockerenv", F_OK) ||
	       !access("/run/.containerenv", F_OK) || init_says_container() ||
	       !in_first_user_namespace();
}

static bool holds_net_admin(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	unsigned long long caps = 0;
	char line[256];

	if (!status)
		return false;
	while (fgets(line, sizeof(line), status))
		if (sscanf(line, "CapEff: %llx", &caps) == 1)
			break;
	fclose(status);
	return caps & (1ULL << CAP_NET_ADMIN_BIT);
}

/* On a host, modprobe says why there is no module. */
static void no_module_on_host(void)
{
	switch (modprobe_naawg()) {
	case MODPROBE_KEY:
		fprintf(stderr,
			", because the kernel does not trust its signature (\"Key was rejected by service\"): Secure Boot is on, and the key of DKMS is not enrolled.\n"
			"%s: run as root: mokutil --import /var/lib/dkms/mok.pub, then reboot and choose \"Enroll MOK\". A module without a signature is signed by: dkms install --force naawg/%s\n",
			prog_name, NAAWG_VERSION);
		break;
	case MODPROBE_FORMAT:
		fputs(", because it was built for another kernel. Run as root: dkms autoinstall, or build it again\n",
		      stderr);
		break;
	case MODPROBE_NONE:
		fputs(", there is none for this kernel. Install naawg-dkms and the headers of this kernel (Debian: linux-headers-amd64, Proxmox: proxmox-default-headers), or run `make install'\n",
		      stderr);
		break;
	default:
		fputs(". Run as root: modprobe naawg (if that finds no module, install naawg-dkms or run `make install')\n",
		      stderr);
		break;
	}
}

static void no_module(void)
{
	fprintf(stderr, "%s: the naawg kernel module is not loaded", prog_name);
	if (in_container())
		fputs(", and a container cannot load it. On the host (of a Proxmox container: the Proxmox host) install naawg-dkms, if it is not there yet, and run: modprobe naawg\n",
		      stderr);
	else
		no_module_on_host();
}

static void no_permission(void)
{
	fprintf(stderr, "%s: ", prog_name);
	if (!holds_net_admin() && geteuid())
		fputs("this needs CAP_NET_ADMIN in the network namespace of the interface. Run it as root\n",
		      stderr);
	else if (!holds_net_admin() && in_container())
		fputs("root of this container lacks CAP_NET_ADMIN. Give it to the container: --cap-add NET_ADMIN, or cap_add: [NET_ADMIN] in a compose file\n",
		      stderr);
	else if (!holds_net_admin())
		fputs("this process is root but lacks CAP_NET_ADMIN. Check the program that started it (systemd: CapabilityBoundingSet=)\n",
		      stderr);
	else if (!in_first_user_namespace())
		fputs("CAP_NET_ADMIN is held in this user namespace, but the network namespace belongs to another one. Enter it together with its user namespace, or run this on the host\n",
		      stderr);
	else
		fputs("CAP_NET_ADMIN is held, and still the kernel refused. A security module (AppArmor, SELinux) may be the reason: look at dmesg\n",
		      stderr);
}

void hint_file(int error)
{
	if ((error == EACCES || error == EPERM) && geteuid())
		fprintf(stderr, "%s: only root may use files of tunnels. Run it as root: sudo %s ...\n",
			prog_name, prog_name);
}

/* The link is missing, or naawg does not serve it. */
static void wrong_link(const char *name)
{
	struct link_name link;
	int error = nl_find_link(&link, name);

	if (error == -ENODEV)
		fprintf(stderr, "%s: there is no interface `%s' in this network namespace. From its file: naawg-quick up %s. An empty one: ip link add dev %s type naawg\n",
			prog_name, name, name, name);
	else if (!error && link_is_stock(&link))
		fprintf(stderr, "%s: interface `%s' belongs to the stock driver, and wireguard-tools' own wg configures it. On the host, `naawg-upgrade --adopt' moves such interfaces to naawg\n",
			prog_name, name);
	else if (!error && !link.ours)
		fprintf(stderr, "%s: interface `%s' is of kind `%s', not naawg\n", prog_name,
			name, link.kind[0] ? link.kind : "none");
}

void hint(int error, const char *name)
{
	/* Print this first: the request of wrong_link() overwrites it. */
	if (nlsock_extack_msg[0])
		fprintf(stderr, "%s: the kernel says: %s\n", prog_name, nlsock_extack_msg);
	switch (-error) {
	case EPROTONOSUPPORT:
		no_module();
		break;
	case EPERM:
	case EACCES:
		no_permission();
		break;
	case ENODEV:
	case EOPNOTSUPP:
		if (name)
			wrong_link(name);
		break;
	case EINTR:
		fprintf(stderr, "%s: the configuration changes faster than it can be read. Try again\n",
			prog_name);
		break;
	}
}
