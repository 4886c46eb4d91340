// SPDX-License-Identifier: GPL-2.0
/*
 * Both ends of transfers between two network namespaces:
 *
 *	transfer [-p] NETNS_A NETNS_B TRANSFER...
 *
 *	tcp:FROM:ADDRESS=BYTES			a stream
 *	rst:FROM:ADDRESS=BYTES			a stream its sender cuts off
 *	held:FROM:ADDRESS=BYTES,MAX		a stream over a slow cable: what
 *						waits below its socket is charged
 *						to it, and at most MAX bytes
 *	udp:FROM:ADDRESS=SIZE,COUNT,PER_CALL	datagrams, the kernel cuts them
 *	lossy:FROM:ADDRESS=SIZE,COUNT,PER_CALL	the same where the way is bad
 *	heldudp:FROM:ADDRESS=SIZE,COUNT,BUFFER	datagrams over a slow cable: the
 *						sender is told to wait once its
 *						BUFFER is full
 *
 * FROM is a or b, ADDRESS the other side's. They run one after the other, with
 * -p all at once. A stream has to arrive byte for byte and both ends have to
 * see it end as it did; datagrams have to arrive each with its length, in order,
 * and of lossy ones every one that does has to be one that was sent. In the end
 * nothing may be charged to a sender any more. A failure is printed, and the
 * status is 1.
 *
 * One process for both ends, as starting two takes an emulated guest longer
 * than most transfers.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT		7001
#define CHUNK		65536
#define DEADLINE	60
#define UDP_SEGMENT	103

struct transfer {
	const char *text;
	char kind[16];
	char address[64];
	const char *here, *there;
	int port;
	int family;
	uint64_t seed;
	unsigned long numbers[3];
	int sink;
	volatile bool sent;
	char wrong[200];
	char also_wrong[200];
};

static int failed;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Only this thread enters the namespace. */
static void enter(const char *name)
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
static void fill(uint64_t seed, uint64_t offset, uint8_t *to, size_t len)
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

static socklen_t resolve(const struct transfer *t, struct sockaddr_storage *to)
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

static void patience(int fd, int option, int seconds)
{
	struct timeval time = { .tv_sec = seconds };

	setsockopt(fd, SOL_SOCKET, option, &time, sizeof(time));
}

static void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value))) {
		perror("setsockopt");
		exit(1);
	}
}

static unsigned int charged(int fd)
{
	uint32_t info[SK_MEMINFO_VARS] = {};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		perror("SO_MEMINFO");
	return info[SK_MEMINFO_WMEM_ALLOC];
}

/* Packets under way end sooner or later, and with them what they charge. */
static void settle(struct transfer *t, int fd)
{
	double end = now() + 20;

	while (charged(fd) && now() < end)
		usleep(1000);
	if (charged(fd))
		snprintf(t->wrong, sizeof(t->wrong),
			 "%u bytes are still charged to the sender",
			 charged(fd));
}

static void at_fault(struct transfer *t, const char *what)
{
	snprintf(t->wrong, sizeof(t->wrong), "the sender failed: %s: %s", what,
		 strerror(errno));
}

/* --- streams --------------------------------------------------------------- */

static void *read_stream(void *arg)
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

static void send_stream(struct transfer *t)
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

/* --- datagrams ------------------------------------------------------------- */

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

static void *read_datagrams(void *arg)
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

static void send_datagrams(struct transfer *t)
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
static void send_until_held(struct transfer *t)
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

/* --- both ends ------------------------------------------------------------- */

static bool is_stream(const struct transfer *t)
{
	return !strstr(t->kind, "udp") && strcmp(t->kind, "lossy");
}

static bool open_sink(struct transfer *t)
{
	struct sockaddr_storage own;
	socklen_t own_len;

	own_len = resolve(t, &own);
	t->sink = socket(t->family, SOCK_CLOEXEC |
			 (is_stream(t) ? SOCK_STREAM : SOCK_DGRAM), 0);
	if (t->sink < 0)
		return false;
	set(t->sink, SOL_SOCKET, SO_REUSEADDR, 1);
	if (is_stream(t))
		patience(t->sink, SO_RCVTIMEO, DEADLINE);
	else
		set(t->sink, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26);
	return !bind(t->sink, (struct sockaddr *)&own, own_len) &&
	       (!is_stream(t) || !listen(t->sink, 1));
}

static void *run(void *arg)
{
	struct transfer *t = arg;
	pthread_t reader;

	enter(t->there);
	if (!open_sink(t)) {
		at_fault(t, "bind");
		goto out;
	}
	pthread_create(&reader, NULL, is_stream(t) ? read_stream :
		       read_datagrams, t);
	enter(t->here);
	if (is_stream(t))
		send_stream(t);
	else if (!strcmp(t->kind, "heldudp"))
		send_until_held(t);
	else
		send_datagrams(t);
	t->sent = true;
	if (*t->wrong && is_stream(t))
		shutdown(t->sink, SHUT_RDWR);
	pthread_join(reader, NULL);
	close(t->sink);
out:
	if (*t->wrong || *t->also_wrong)
		failed = 1;
	printf("%s: %s%s%s\n", t->text, t->wrong,
	       *t->wrong && *t->also_wrong ? "; " : "",
	       *t->also_wrong ? t->also_wrong : *t->wrong ? "" : "came through");
	fflush(stdout);
	return NULL;
}

static void parse(struct transfer *t, const char *text, char **names, int n)
{
	char side;

	t->text = text;
	if (sscanf(text, "%15[a-z]:%c:%63[^=]=%lu,%lu,%lu", t->kind, &side,
		   t->address, &t->numbers[0], &t->numbers[1],
		   &t->numbers[2]) < 4) {
		fprintf(stderr, "no transfer: %s\n", text);
		exit(2);
	}
	t->here = names[side != 'a'];
	t->there = names[side == 'a'];
	t->port = PORT + n;
	t->family = strchr(t->address, ':') ? AF_INET6 : AF_INET;
	if (getrandom(&t->seed, sizeof(t->seed), 0) != sizeof(t->seed))
		exit(1);
}

int main(int argc, char **argv)
{
	bool parallel = argc > 1 && !strcmp(argv[1], "-p");
	struct transfer *transfers;
	pthread_t *threads;
	int count, i;

	argv += parallel + 1;
	count = argc - parallel - 3;
	if (count < 1) {
		fputs("usage: transfer [-p] NETNS_A NETNS_B TRANSFER...\n",
		      stderr);
		return 2;
	}
	transfers = calloc(count, sizeof(*transfers));
	threads = calloc(count, sizeof(*threads));
	for (i = 0; i < count; i++) {
		parse(&transfers[i], argv[i + 2], argv, parallel ? i : 0);
		pthread_create(&threads[i], NULL, run, &transfers[i]);
		if (!parallel)
			pthread_join(threads[i], NULL);
	}
	for (i = 0; parallel && i < count; i++)
		pthread_join(threads[i], NULL);
	return failed;
}
