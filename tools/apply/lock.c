// SPDX-License-Identifier: GPL-2.0
/* Locks: one process changes a link or the network configuration at a time. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/lock.h"
#include "lib/hints.h"
#include "lib/prog.h"
#include "netcfg/state.h"

#define PATH_LEN	128

/* Enough for a slow machine; after that the lock holder is taken for stuck. */
#define NETCFG_WAIT_MS 60000
#define NETCFG_TRY_MS 50

static int open_lock(char path[static PATH_LEN], const char *name)
{
	struct stat st;

	state_dir();
	if (stat("/proc/self/ns/net", &st))
		return -1;
	snprintf(path, PATH_LEN, "/run/naawg/%lu-%s.lock", (unsigned long)st.st_ino, name);
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

int apply_lock(const char *name)
{
	const char *held = getenv("NAAWG_QUICK");
	char path[PATH_LEN] = "";
	int fd, error;

	/* In a hook of the same interface, the process that runs the hook has the lock. */
	if (held && !strcmp(held, name))
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd = open_lock(path, name);
	if (fd < 0 || flock(fd, LOCK_EX)) {
		error = errno;
		fprintf(stderr, "%s: cannot lock %s: %s\n", prog_name, path, strerror(error));
		hint_file(error);
		return -1;
	}
	return fd;
}

static int netcfg_fd = -1;

bool netcfg_lock(void)
{
	char path[PATH_LEN] = "";
	int waited = 0, error;

	if (netcfg_fd >= 0)
		return true;
	/* No interface has a colon in its name. */
	netcfg_fd = open_lock(path, ":host");
	while (netcfg_fd >= 0) {
		if (!flock(netcfg_fd, LOCK_EX | LOCK_NB))
			return true;
		if (errno != EWOULDBLOCK || waited >= NETCFG_WAIT_MS)
			break;
		usleep(NETCFG_TRY_MS * 1000);
		waited += NETCFG_TRY_MS;
	}
	error = errno;
	netcfg_unlock();
	fprintf(stderr, "%s: cannot lock %s: %s\n", prog_name, path, error == EWOULDBLOCK ?
		"another naawg or naawg-quick has held it for a minute; find out what that one waits for" :
		strerror(error));
	return false;
}

void netcfg_unlock(void)
{
	if (netcfg_fd >= 0)
		close(netcfg_fd);
	netcfg_fd = -1;
}
