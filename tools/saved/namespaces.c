// SPDX-License-Identifier: GPL-2.0
/* The network namespaces of this machine. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/prog.h"
#include "saved/namespaces.h"

struct search {
	struct namespaces *all;
	const ino_t *wanted;
	size_t n_wanted;
	int error;
};

static bool is_known(const struct namespaces *all, ino_t inode)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->list[i].inode == inode)
			return true;
	return false;
}

static bool found_all(const struct search *search)
{
	size_t i;

	for (i = 0; search->wanted && i < search->n_wanted; i++)
		if (!is_known(search->all, search->wanted[i]))
			return false;
	return search->wanted || search->error;
}

static struct namespace *add(struct search *search)
{
	struct namespaces *all = search->all;
	struct namespace *moved;

	if (all->n == all->room) {
		all->room = all->room ? 2 * all->room : 16;
		moved = realloc(all->list, all->room * sizeof(*moved));
		if (!moved) {
			search->error = -ENOMEM;
			return NULL;
		}
		all->list = moved;
	}
	return &all->list[all->n++];
}

/* Adds the namespace that the file leads to, if it is a new network namespace. */
static void try(struct search *search, const char *path, const char *where)
{
	struct namespace *ns;
	struct stat st;
	int fd;

	if (stat(path, &st) || is_known(search->all, st.st_ino))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	/* Another process may have got the process number meanwhile. */
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET || fstat(fd, &st) ||
	    is_known(search->all, st.st_ino)) {
		close(fd);
		return;
	}
	ns = add(search);
	if (!ns) {
		close(fd);
		return;
	}
	ns->inode = st.st_ino;
	ns->fd = fd;
	if (where)
		snprintf(ns->where, sizeof(ns->where), "%s", where);
	else
		snprintf(ns->where, sizeof(ns->where), "namespace net:[%lu]",
			 (unsigned long)st.st_ino);
}

static void in_directory(struct search *search, const char *dir, bool named)
{
	char path[PATH_MAX], where[sizeof(((struct namespace *)0)->where)];
	struct dirent *entry;
	DIR *stream = opendir(dir);

	while (stream && (entry = readdir(stream))) {
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		snprintf(where, sizeof(where), "namespace %.64s", entry->d_name);
		if (entry->d_name[0] != '.')
			try(search, path, named ? where : NULL);
	}
	if (stream)
		closedir(stream);
}

static void of_process(struct search *search, const char *pid)
{
	char path[PATH_MAX], comm[32] = "", where[64];
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	in = fopen(path, "r");
	if (in) {
		if (!fgets(comm, sizeof(comm), in))
			comm[0] = '\0';
		fclose(in);
	}
	comm[strcspn(comm, "\n")] = '\0';
	snprintf(where, sizeof(where), "namespace %s (%.16s)", comm, pid);
	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	try(search, path, where);
}

static void of_threads(struct search *search, const char *pid)
{
	char dir[PATH_MAX], path[PATH_MAX];
	struct dirent *entry;
	DIR *stream;

	snprintf(dir, sizeof(dir), "/proc/%.16s/task", pid);
	stream = opendir(dir);
	while (stream && (entry = readdir(stream))) {
		snprintf(path, sizeof(path), "/proc/%.16s/task/%.16s/ns/net", pid, entry->d_name);
		try(search, path, NULL);
	}
	if (stream)
		closedir(stream);
}

/* A file descriptor that is open on a namespace keeps it. */
static void of_descriptors(struct search *search, const char *pid)
{
	char dir[PATH_MAX], path[PATH_MAX], to[16];
	struct dirent *entry;
	DIR *stream;

	snprintf(dir, sizeof(dir), "/proc/%.16s/fd", pid);
	stream = opendir(dir);
	while (stream && (entry = readdir(stream))) {
		snprintf(path, sizeof(path), "/proc/%.16s/fd/%.16s", pid, entry->d_name);
		if (readlink(path, to, sizeof(to)) > 5 && !strncmp(to, "net:[", 5))
			try(search, path, NULL);
	}
	if (stream)
		closedir(stream);
}

static void of_processes(struct search *search,
			 void (*look)(struct search *search, const char *pid))
{
	DIR *stream = opendir("/proc");
	struct dirent *entry;

	while (stream && !found_all(search) && (entry = readdir(stream)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look(search, entry->d_name);
	if (stream)
		closedir(stream);
}

/* The kernel writes a blank in a path as \040. */
static void unescape(char *path)
{
	char *to = path;

	for (; *path; to++) {
		if (path[0] == '\\' && path[1] && path[2] && path[3]) {
			*to = (path[1] - '0') << 6 | (path[2] - '0') << 3 | (path[3] - '0');
			path += 4;
		} else {
			*to = *path++;
		}
	}
	*to = '\0';
}

/* "ID PARENT DEVICE net:[INODE] PATH ...": a mount may keep a namespace, too. */
static void of_mounts(struct search *search)
{
	FILE *in = fopen("/proc/self/mountinfo", "r");
	char line[2 * PATH_MAX], path[PATH_MAX];

	while (in && fgets(line, sizeof(line), in)) {
		if (sscanf(line, "%*s %*s %*s net:[%*u] %4095s", path) != 1)
			continue;
		unescape(path);
		try(search, path, NULL);
	}
	if (in)
		fclose(in);
}

int namespaces_find(struct namespaces *all, const ino_t *wanted, size_t n_wanted)
{
	struct search search = { all, wanted, n_wanted, 0 };

	memset(all, 0, sizeof(*all));
	try(&search, "/proc/self/ns/net", "this namespace");
	in_directory(&search, "/run/netns", true);
	in_directory(&search, "/run/docker/netns", false);
	of_processes(&search, of_process);
	if (!found_all(&search))
		of_mounts(&search);
	of_processes(&search, of_threads);
	of_processes(&search, of_descriptors);
	return search.error;
}

void namespaces_close(struct namespaces *all)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		close(all->list[i].fd);
	free(all->list);
	memset(all, 0, sizeof(*all));
}

bool namespace_enter(const struct namespace *ns)
{
	if (!setns(ns->fd, CLONE_NEWNET))
		return true;
	fprintf(stderr, "%s: cannot enter %s: %s\n", prog_name, ns->where, strerror(errno));
	return false;
}
