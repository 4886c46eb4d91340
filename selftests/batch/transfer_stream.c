// SPDX-License-Identifier: GPL-2.0
/* Transfers over TCP. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "transfer.h"

void *read_stream(void *arg)
{
	static __thread uint8_t got[CHUNK], wanted[CHUNK];
	bool reset_wanted, reset = false;
	struct transfer *t = arg;
	uint64_t total = 0;
	ssize_t len;
	int fd;

	reset_wanted = !strcmp(t->kind, "rst");
	fd = accept(t->sink, NULL, NULL);
	if (fd < 0) {
		snprintf(t->also_wrong, sizeof(t->also_wrong), "nobody called");
		return NULL;
	}
	patience(fd, SO_RCVTIMEO, DEADLINE);
	while ((len = recv(fd, got, sizeof(got), 0)) > 0) {
		fill(t->seed, total, wanted, len);
		if (memcmp(got, wanted, len)) {
			size_t at = 0;

			while (got[at] == wanted[at])
				at++;
			snprintf(t->also_wrong, sizeof(t->also_wrong),
				 "byte %llu is not what was sent",
				 (unsigned long long)total + at);
			close(fd);
			return NULL;
		}
		total += len;
	}
	if (len < 0)
		reset = errno == ECONNRESET;
	if (len < 0 && !reset)
		snprintf(t->also_wrong, sizeof(t->also_wrong),
			 "received %llu bytes, then: %s",
			 (unsigned long long)total, strerror(errno));
	else if (reset != reset_wanted)
		snprintf(t->also_wrong, sizeof(t->also_wrong), "%s",
			 reset ? "was cut off" : "ended instead of being cut off");
	else if (!reset && total != t->numbers[0])
		snprintf(t->also_wrong, sizeof(t->also_wrong),
			 "received %llu bytes", (unsigned long long)total);
	close(fd);
	return NULL;
}

/* How much was charged to the sender at most while it sent. */
struct watcher {
	int fd;
	volatile bool end;
	unsigned int most;
};

static void *keep_watch(void *arg)
{
	struct watcher *watcher = arg;

	while (!watcher->end) {
		unsigned int bytes = charged(watcher->fd);

		if (bytes > watcher->most)
			watcher->most = bytes;
		usleep(500);
	}
	return NULL;
}

static void judge_watch(struct transfer *t, unsigned int most)
{
	/* acknowledgments alone would not come to that */
	if (most < 4096)
		snprintf(t->wrong, sizeof(t->wrong),
			 "held packets were not charged to the sender");
	else if (most > t->numbers[1])
		snprintf(t->wrong, sizeof(t->wrong),
			 "%u bytes waited at once", most);
	else
		printf("%s: %u bytes waited at most\n", t->text, most);
}

void send_stream(struct transfer *t)
{
	bool held = !strcmp(t->kind, "held");
	static __thread uint8_t out[CHUNK];
	struct sockaddr_storage to;
	struct watcher watcher;
	uint64_t total = 0;
	socklen_t to_len;
	pthread_t thread;
	char byte;
	int fd;

	to_len = resolve(t, &to);
	fd = socket(t->family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	patience(fd, SO_SNDTIMEO, DEADLINE);
	patience(fd, SO_RCVTIMEO, DEADLINE);
	if (connect(fd, (struct sockaddr *)&to, to_len)) {
		at_fault(t, "connect");
		goto out;
	}
	if (held) {
		watcher = (struct watcher){ .fd = fd };
		pthread_create(&thread, NULL, keep_watch, &watcher);
	}
	while (total < t->numbers[0]) {
		size_t len = t->numbers[0] - total;
		ssize_t sent;

		if (len > sizeof(out))
			len = sizeof(out);
		fill(t->seed, total, out, len);
		sent = send(fd, out, len, MSG_NOSIGNAL);
		if (sent < 0) {
			at_fault(t, "send");
			break;
		}
		total += sent;
	}
	if (!strcmp(t->kind, "rst")) {
		struct linger linger = { .l_onoff = 1 };

		/* Lingering for no time at all makes close send RST. */
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
		goto out;
	}
	shutdown(fd, SHUT_WR);
	/* The other end closes in turn, and only that. */
	if (!*t->wrong && recv(fd, &byte, 1, 0))
		snprintf(t->wrong, sizeof(t->wrong), "the end was not confirmed");
	if (held) {
		watcher.end = true;
		pthread_join(thread, NULL);
		if (!*t->wrong)
			judge_watch(t, watcher.most);
	}
	if (!*t->wrong)
		settle(t, fd);
out:
	close(fd);
}
