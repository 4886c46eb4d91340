// SPDX-License-Identifier: GPL-2.0
/* Settings of the kernel in /proc/sys. */

#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/prefix.h"
#include "lib/prog.h"
#include "netcfg/sysctl.h"

int sysctl_read(const char *path)
{
	char value = '0';
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, &value, 1) != 1)
		value = '0';
	close(fd);
	return value - '0';
}

bool sysctl_ip6_off(const struct rt_item *item)
{
	char name[IFNAMSIZ], path[128], text[PREFIX_TEXT_LEN];

	if (item->net.family != AF_INET6)
		return false;
	prefix_text(text, &item->net);
	if (access("/proc/sys/net/ipv6", F_OK)) {
		fprintf(stderr, "%s: this kernel runs without IPv6 (ipv6.disable=1): remove %s from the file\n",
			prog_name, text);
		return true;
	}
	if (!if_indextoname(item->index, name))
		return false;
	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
	if (!sysctl_read(path))
		return false;
	fprintf(stderr, "%s: IPv6 is switched off here, net.ipv6.conf.%s.disable_ipv6 is 1. Run: sysctl net.ipv6.conf.all.disable_ipv6=0 (for a container: sysctls of its compose file), or remove %s from the file\n",
		prog_name, name, text);
	return true;
}

bool sysctl_write(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, value, strlen(value)) > 0;
	close(fd);
	return ok;
}
