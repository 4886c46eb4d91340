// SPDX-License-Identifier: GPL-2.0
/* Transfers over UDP. */
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

static size_t size_of(const struct transfer *t, unsigned long n)
{
	unsigned long size = t->numbers[0], count = t->numbers[1];
	unsigned long per_call = t->numbers[2], first;

	if (!strcmp(t->kind, "heldudp"))
		return size;
	/* The last of a call may be shorter. */
	first = n - n % per_call;
	if (n != first + per_call - 1 && n != count - 1)
		return size;
	return size > first % 97 + 4 ? size - first % 97 : 4;
}

static void datagram(const struct transfer *t, unsigned long n, uint8_t *to)
{
	uint32_t number = n;

	fill(t->seed, (uint64_t)n << 16, to, size_of(t, n));
	memcpy(to, &number, sizeof(number));
}

void *read_datagrams(void *arg)
{
	static __thread uint8_t got[CHUNK], wanted[CHUNK];
	unsigned long count, next = 0, alien = 0, intact = 0;
	struct transfer *t = arg;
	bool lossy, misplaced = false;
	double heard = now();

	lossy = !strcmp(t->kind, "lossy");
	count = t->numbers[1];
	patience(t->sink, SO_RCVTIMEO, 1);
	while (lossy || intact + alien < count) {
		ssize_t len = recv(t->sink, got, sizeof(got), 0);
		uint32_t n;

		if (len < 0) {
			if (t->sent && now() - heard > (lossy ? 2 : 10))
				break;
			continue;
		}
		heard = now();
		memcpy(&n, got, sizeof(n));
		if (len >= 4 && n < count && (size_t)len == size_of(t, n)) {
			datagram(t, n, wanted);
			if (!memcmp(got, wanted, len)) {
				intact++;
				misplaced |= n != next;
				next = n + 1;
				continue;
			}
		}
		alien++;
	}
	if (alien || (lossy ? !intact : intact != count))
		snprintf(t->also_wrong, sizeof(t->also_wrong),
			 "of %lu datagrams %lu came as they left, and %lu others",
			 count, intact, alien);
	else if (misplaced && !lossy)
		snprintf(t->also_wrong, sizeof(t->also_wrong),
			 "all %lu datagrams came, in another order", count);
	else if (lossy)
		printf("%s: %lu of %lu came\n", t->text, intact, count);
	return NULL;
}

void send_datagrams(struct transfer *t)
{
	unsigned long count = t->numbers[1], per_call = t->numbers[2], n;
	static __thread uint8_t out[CHUNK];
	struct sockaddr_storage to;
	socklen_t to_len;
	int fd;

	to_len = resolve(t, &to);
	fd = socket(t->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	set(fd, IPPROTO_UDP, UDP_SEGMENT, t->numbers[0]);
	patience(fd, SO_SNDTIMEO, DEADLINE);
	if (connect(fd, (struct sockaddr *)&to, to_len)) {
		at_fault(t, "connect");
		goto out;
	}
	for (n = 0; n < count;) {
		unsigned long end = n + per_call < count ? n + per_call : count;
		size_t len = 0;

		for (; n < end; n++) {
			datagram(t, n, out + len);
			len += size_of(t, n);
		}
		if (send(fd, out, len, 0) != (ssize_t)len) {
			at_fault(t, "send");
			goto out;
		}
		usleep(1000);
	}
	settle(t, fd);
out:
	close(fd);
}

/* As fast as the socket takes them; it has to say stop. */
void send_until_held(struct transfer *t)
{
	unsigned long count = t->numbers[1], n, stops = 0;
	static __thread uint8_t out[CHUNK];
	struct sockaddr_storage to;
	unsigned int most = 0;
	socklen_t to_len;
	int fd;

	to_len = resolve(t, &to);
	fd = socket(t->family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	set(fd, SOL_SOCKET, SO_SNDBUF, t->numbers[2] / 2);
	if (connect(fd, (struct sockaddr *)&to, to_len)) {
		at_fault(t, "connect");
		goto out;
	}
	for (n = 0; n < count;) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

		datagram(t, n, out);
		if (send(fd, out, size_of(t, n), 0) >= 0) {
			if (charged(fd) > most)
				most = charged(fd);
			n++;
			continue;
		}
		if (errno != EAGAIN) {
			at_fault(t, "send");
			goto out;
		}
		stops++;
		if (poll(&poll_fd, 1, DEADLINE * 1000) != 1) {
			at_fault(t, "never told to go on");
			goto out;
		}
	}
	/* the packet that fills the buffer may go beyond its end */
	if (!stops || most > t->numbers[2] + 4096)
		snprintf(t->wrong, sizeof(t->wrong),
			 "told to stop %lu times, %u bytes waited", stops, most);
	else
		printf("%s: told to stop %lu times, %u bytes waited\n", t->text,
		       stops, most);
	if (!*t->wrong)
		settle(t, fd);
out:
	close(fd);
}
