// SPDX-License-Identifier: GPL-2.0
/* Shared parts of transfers: namespaces, contents, sockets, charges. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "transfer.h"

double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Only this thread enters the namespace. */
void enter(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET)) {
		perror(path);
		exit(1);
	}
	close(fd);
}

/* The same bytes for the same offset, at either end. */
void fill(uint64_t seed, uint64_t offset, uint8_t *to, size_t len)
{
	while (len) {
		uint64_t word = (seed + offset / 8) * 0x9e3779b97f4a7c15;
		size_t from = offset % 8;
		size_t part = 8 - from < len ? 8 - from : len;

		word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
		word = (word ^ word >> 27) * 0x94d049bb133111eb;
		word ^= word >> 31;
		memcpy(to, (uint8_t *)&word + from, part);
		to += part;
		offset += part;
		len -= part;
	}
}

socklen_t resolve(const struct transfer *t, struct sockaddr_storage *to)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *in = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*to));
	to->ss_family = t->family;
	if (inet_pton(t->family, t->address, t->family == AF_INET ?
		      (void *)&in->sin_addr : (void *)&in6->sin6_addr) != 1) {
		fprintf(stderr, "no address: %s\n", t->address);
		exit(1);
	}
	in->sin_port = htons(t->port);
	return t->family == AF_INET ? sizeof(*in) : sizeof(*in6);
}

void patience(int fd, int option, int seconds)
{
	struct timeval time = { .tv_sec = seconds };

	setsockopt(fd, SOL_SOCKET, option, &time, sizeof(time));
}

void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value))) {
		perror("setsockopt");
		exit(1);
	}
}

unsigned int charged(int fd)
{
	uint32_t info[SK_MEMINFO_VARS] = {};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		perror("SO_MEMINFO");
	return info[SK_MEMINFO_WMEM_ALLOC];
}

/* Packets under way end sooner or later, and with them what they charge. */
void settle(struct transfer *t, int fd)
{
	double end = now() + 20;

	while (charged(fd) && now() < end)
		usleep(1000);
	if (charged(fd))
		snprintf(t->wrong, sizeof(t->wrong),
			 "%u bytes are still charged to the sender",
			 charged(fd));
}

void at_fault(struct transfer *t, const char *what)
{
	snprintf(t->wrong, sizeof(t->wrong), "the sender failed: %s: %s", what,
		 strerror(errno));
}
