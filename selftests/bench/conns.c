// SPDX-License-Identifier: GPL-2.0
/*
 * Makes connections for the benchmark of forwards, as many as it can, and
 * counts them. One process does one thing and prints one line of JSON at its
 * end; none outlives its deadline.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST		256
#define BURST		32
#define PATIENCE	20
#define SILENCE_MS	500
#define FIRST_SOURCE	2000

static void die(const char *what)
{
	fprintf(stderr, "conns: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double clock_of(clockid_t id)
{
	struct timespec at;

	clock_gettime(id, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

static double now(void)
{
	return clock_of(CLOCK_MONOTONIC);
}

/* The wall clock is what the host side has too: it adds the CPU time. */
static void print_times(double wall, double seconds)
{
	printf("\"seconds\": %.6f, \"from\": %.6f, \"to\": %.6f}\n", seconds,
	       wall, wall + seconds);
}

static struct sockaddr_in address(const char *host, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	to.sin_port = htons(port);
	if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
		die(host);
	return to;
}

static int bound(int type, const char *port)
{
	struct sockaddr_in own = address("0.0.0.0", atoi(port));
	int fd = socket(AF_INET, type, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&own, sizeof(own)))
		die("bind");
	return fd;
}

/* No time wait: the ports are needed again at once. */
static void reset(int fd)
{
	struct linger at_once = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fd);
}

/* accept PORT: until it is killed */
static void take(char **words)
{
	int listener = bound(SOCK_STREAM, words[0]), fd;

	if (listen(listener, 4096))
		die("listen");
	puts("ready");
	fflush(stdout);
	alarm(PATIENCE);
	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (fd >= 0)
			reset(fd);
	}
}

static int begin(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0)
		die("socket");
	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) &&
	    errno != EINPROGRESS)
		die("connect");
	return fd;
}

/* connect ADDRESS FIRST PORTS SECONDS AT_ONCE */
static void make(char **words)
{
	int first = atoi(words[1]), ports = atoi(words[2]);
	int at_once = atoi(words[4]), i, error;
	uint64_t connected = 0, failed = 0, n = 0;
	struct sockaddr_in to = address(words[0], first);
	struct pollfd fds[MOST];
	double start, end, wall;
	socklen_t len;

	if (at_once < 1 || at_once > MOST || ports < 1)
		die("connect");
	alarm(PATIENCE);
	wall = clock_of(CLOCK_REALTIME);
	start = now();
	end = start + atof(words[3]);
	for (i = 0; i < at_once; i++) {
		to.sin_port = htons(first + n++ % ports);
		fds[i] = (struct pollfd){ begin(&to), POLLOUT, 0 };
	}
	while (now() < end) {
		if (poll(fds, at_once, 200) < 0)
			die("poll");
		for (i = 0; i < at_once; i++) {
			if (!fds[i].revents)
				continue;
			len = sizeof(error);
			getsockopt(fds[i].fd, SOL_SOCKET, SO_ERROR, &error, &len);
			/* The other side resets; that it did so is no failure. */
			if (!error || error == ECONNRESET)
				connected++;
			else
				failed++;
			reset(fds[i].fd);
			to.sin_port = htons(first + n++ % ports);
			fds[i].fd = begin(&to);
		}
	}
	printf("{\"connected\": %llu, \"failed\": %llu, ",
	       (unsigned long long)connected, (unsigned long long)failed);
	print_times(wall, now() - start);
}

/* count PORT: datagrams, from the first to the last before a silence */
static void count(char **words)
{
	int fd = bound(SOCK_DGRAM, words[0]), size = 32 << 20, got, i;
	struct pollfd readable = { fd, POLLIN, 0 };
	double first = 0, last = 0, wall = 0;
	struct mmsghdr headers[BURST];
	struct iovec pieces[BURST];
	static char room[BURST][64];
	uint64_t packets = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	memset(headers, 0, sizeof(headers));
	for (i = 0; i < BURST; i++) {
		pieces[i] = (struct iovec){ room[i], sizeof(room[i]) };
		headers[i].msg_hdr.msg_iov = &pieces[i];
		headers[i].msg_hdr.msg_iovlen = 1;
	}
	puts("ready");
	fflush(stdout);
	alarm(PATIENCE);
	while (poll(&readable, 1, packets ? SILENCE_MS : -1) > 0) {
		got = recvmmsg(fd, headers, BURST, MSG_DONTWAIT, NULL);
		if (got <= 0)
			continue;
		last = now();
		/* The first packets are where the clock starts. */
		if (!first) {
			first = last;
			wall = clock_of(CLOCK_REALTIME);
		} else {
			packets += got;
		}
		if (!packets)
			packets = 1;
	}
	printf("{\"packets\": %llu, ", (unsigned long long)packets);
	print_times(wall, last > first ? last - first : 1e-6);
}

struct datagram {
	struct iphdr ip;
	struct udphdr udp;
	char data[8];
} __attribute__((packed));

/*
 * flows SOURCE ADDRESS FIRST PORTS COUNT: as many datagrams, each from a source
 * port of its own, over the ports in turn.
 */
static void flow(char **words)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), i, put;
	struct sockaddr_in from = address(words[0], 0);
	struct sockaddr_in to = address(words[1], 0);
	int first = atoi(words[2]), ports = atoi(words[3]);
	long n, total = atol(words[4]);
	struct datagram packets[BURST];
	struct mmsghdr headers[BURST];
	struct iovec pieces[BURST];

	if (fd < 0 || ports < 1 || total > 65535 - FIRST_SOURCE)
		die("flows");
	memset(headers, 0, sizeof(headers));
	memset(packets, 0, sizeof(packets));
	for (i = 0; i < BURST; i++) {
		packets[i].ip = (struct iphdr){
			.version = 4, .ihl = 5, .ttl = 64,
			.protocol = IPPROTO_UDP,
			.tot_len = htons(sizeof(packets[i])),
			.saddr = from.sin_addr.s_addr,
			.daddr = to.sin_addr.s_addr,
		};
		packets[i].udp.len = htons(sizeof(packets[i]) -
					   sizeof(struct iphdr));
		pieces[i] = (struct iovec){ &packets[i], sizeof(packets[i]) };
		headers[i].msg_hdr = (struct msghdr){
			.msg_name = &to, .msg_namelen = sizeof(to),
			.msg_iov = &pieces[i], .msg_iovlen = 1,
		};
	}
	alarm(PATIENCE);
	for (n = 0; n < total;) {
		for (i = 0; i < BURST; i++) {
			packets[i].udp.source = htons(FIRST_SOURCE + n + i);
			packets[i].udp.dest = htons(first + (n + i) % ports);
		}
		put = sendmmsg(fd, headers, total - n < BURST ? total - n : BURST,
			       0);
		if (put < 0 && errno != ENOBUFS)
			die("sendmmsg");
		n += put > 0 ? put : 0;
	}
	printf("{\"sent\": %ld}\n", n);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int words;
		void (*run)(char **words);
	} verbs[] = {
		{ "accept", 1, take },
		{ "connect", 5, make },
		{ "count", 1, count },
		{ "flows", 5, flow },
	};
	unsigned int i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (argc < 2 || strcmp(argv[1], verbs[i].name) ||
		    argc - 2 != verbs[i].words)
			continue;
		verbs[i].run(argv + 2);
		return 0;
	}
	fprintf(stderr, "usage: conns accept|connect|count|flows ...\n");
	return 2;
}
