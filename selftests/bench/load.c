// SPDX-License-Identifier: GPL-2.0
/*
 * Makes load for the benchmark and counts what arrives of it. One process does
 * one thing and prints one line of JSON at its end. Nothing outlives its
 * deadline: a tunnel that swallows everything must end in a zero.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_STREAMS	64
#define BURST		32
#define PATIENCE	10
#define MAX_PINGS	200000

static char buffer[128 * 1024];

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double clock_of(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static double now(void)
{
	return clock_of(CLOCK_MONOTONIC);
}

static void set(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		die("setsockopt");
}

/* A read that sees nothing must not outlast the measurement by much. */
static void never_wait_long(int fd)
{
	struct timeval second = { .tv_usec = 200000 };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second)))
		die("SO_RCVTIMEO");
}

static struct sockaddr_in address(const char *host, const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	to.sin_port = htons(atoi(port));
	if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
		die(host);
	return to;
}

/* The wall clock is what the host side has too: it adds the CPU time. */
struct window {
	double warm, length;
	double start, end;
	double wall_start, wall_end;
	uint64_t bytes, packets;
	/* Bytes of each stream, if there are several. */
	int streams;
	uint64_t of[MAX_STREAMS];
};

static void window_open(struct window *window)
{
	window->start = now() + window->warm;
	window->end = window->start + window->length;
}

/* Whether the measurement goes on; counts what came within it. */
static int window_count(struct window *window, uint64_t bytes, uint64_t packets)
{
	double at = now();

	if (at < window->start)
		return 1;
	if (!window->wall_start) {
		window->start = at;
		window->end = at + window->length;
		window->wall_start = clock_of(CLOCK_REALTIME);
		return 1;
	}
	window->bytes += bytes;
	window->packets += packets;
	if (at < window->end)
		return 1;
	window->end = at;
	window->wall_end = clock_of(CLOCK_REALTIME);
	return 0;
}

static uint64_t slowest(const struct window *window)
{
	uint64_t least = window->of[0];
	int i;

	for (i = 1; i < window->streams; i++)
		if (window->of[i] < least)
			least = window->of[i];
	return least;
}

static void window_print(const struct window *window)
{
	printf("{\"bytes\": %llu, \"packets\": %llu, \"seconds\": %.6f, ",
	       (unsigned long long)window->bytes,
	       (unsigned long long)window->packets, window->end - window->start);
	if (window->streams > 1)
		printf("\"least\": %llu, ", (unsigned long long)slowest(window));
	printf("\"from\": %.6f, \"to\": %.6f}\n", window->wall_start,
	       window->wall_end);
	fflush(stdout);
}

static void ready(void)
{
	puts("ready");
	fflush(stdout);
}

/* --- receive ------------------------------------------------------------- */

static void receive_streams(int listener, int count, struct window *window)
{
	struct pollfd streams[MAX_STREAMS];
	uint64_t before;
	ssize_t got;
	int i, on;

	window->streams = count;
	for (i = 0; i < count; i++) {
		streams[i].events = POLLIN;
		streams[i].fd = accept(listener, NULL, NULL);
		if (streams[i].fd < 0)
			die("accept");
		never_wait_long(streams[i].fd);
	}
	window_open(window);
	/* One stream blocks in read itself, as any program would. */
	for (;;) {
		if (count > 1 && poll(streams, count, 200) < 0)
			die("poll");
		for (i = 0; i < count; i++) {
			if (count > 1 && !(streams[i].revents & POLLIN))
				continue;
			got = read(streams[i].fd, buffer, sizeof(buffer));
			if (got < 0 && errno != EAGAIN)
				die("read");
			before = window->bytes;
			on = window_count(window, got > 0 ? got : 0, 1);
			window->of[i] += window->bytes - before;
			if (!on)
				return;
		}
		if (!window_count(window, 0, 0))
			return;
	}
}

static void receive_datagrams(int fd, struct window *window)
{
	struct mmsghdr headers[BURST];
	struct iovec pieces[BURST];
	static char room[BURST][65536];
	uint64_t bytes;
	int i, got;

	never_wait_long(fd);
	memset(headers, 0, sizeof(headers));
	for (i = 0; i < BURST; i++) {
		pieces[i] = (struct iovec){ room[i], sizeof(room[i]) };
		headers[i].msg_hdr.msg_iov = &pieces[i];
		headers[i].msg_hdr.msg_iovlen = 1;
	}
	if (recv(fd, buffer, sizeof(buffer), MSG_PEEK) < 0 && errno != EAGAIN)
		die("recv");
	window_open(window);
	for (;;) {
		got = recvmmsg(fd, headers, BURST, MSG_WAITFORONE, NULL);
		if (got < 0 && errno != EAGAIN)
			die("recvmmsg");
		bytes = 0;
		for (i = 0; i < got; i++)
			bytes += headers[i].msg_len;
		if (!window_count(window, bytes, got > 0 ? got : 0))
			return;
	}
}

/* recv tcp|udp|udp-gro PORT STREAMS WARM SECONDS */
static void receive(char **words)
{
	struct sockaddr_in own = address("0.0.0.0", words[1]);
	int tcp = !strcmp(words[0], "tcp");
	int fd = socket(AF_INET, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
	struct window window = { 0 };
	int count = atoi(words[2]);

	window.warm = atof(words[3]);
	window.length = atof(words[4]);
	if (fd < 0 || count < 1 || count > MAX_STREAMS)
		die("recv");
	alarm(PATIENCE + window.warm + window.length);
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (!tcp)
		set(fd, SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20);
	if (!strcmp(words[0], "udp-gro"))
		set(fd, IPPROTO_UDP, UDP_GRO, 1);
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)))
		die("bind");
	if (tcp && listen(fd, count))
		die("listen");
	ready();
	if (tcp)
		receive_streams(fd, count, &window);
	else
		receive_datagrams(fd, &window);
	window_print(&window);
}

/* --- send ---------------------------------------------------------------- */

/* send-tcp SECONDS PORT ADDRESS... */
static void send_streams(char **words)
{
	struct pollfd streams[MAX_STREAMS];
	double end = atof(words[0]);
	struct sockaddr_in to;
	ssize_t put;
	int i, count;

	alarm(PATIENCE + end);
	for (count = 0; words[2 + count] && count < MAX_STREAMS; count++) {
		to = address(words[2 + count], words[1]);
		streams[count].events = POLLOUT;
		streams[count].fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(streams[count].fd, (struct sockaddr *)&to, sizeof(to)))
			die("connect");
	}
	end += now();
	while (now() < end) {
		if (count > 1 && poll(streams, count, 200) < 0)
			die("poll");
		for (i = 0; i < count; i++) {
			if (count > 1 && !(streams[i].revents & POLLOUT))
				continue;
			put = send(streams[i].fd, buffer, sizeof(buffer),
				   count > 1 ? MSG_DONTWAIT : 0);
			/* The receiver leaves when it has seen enough. */
			if (put < 0 && errno != EAGAIN)
				return;
		}
	}
}

/*
 * send-udp SECONDS PORT ADDRESS SIZE SEGMENTS: as fast as the socket takes
 * them, SEGMENTS of them in one call if that is more than one.
 */
static void send_datagrams(char **words)
{
	struct sockaddr_in to = address(words[2], words[1]);
	int size = atoi(words[3]), segments = atoi(words[4]);
	struct iovec piece = { buffer, (size_t)size * segments };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct mmsghdr headers[BURST];
	double end = atof(words[0]);
	uint64_t packets = 0;
	int i, put;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	if (segments > 1)
		set(fd, IPPROTO_UDP, UDP_SEGMENT, size);
	memset(headers, 0, sizeof(headers));
	for (i = 0; i < BURST; i++) {
		headers[i].msg_hdr.msg_iov = &piece;
		headers[i].msg_hdr.msg_iovlen = 1;
	}
	alarm(PATIENCE + end);
	end += now();
	while (now() < end) {
		put = sendmmsg(fd, headers, segments > 1 ? 1 : BURST, 0);
		/* A port that was closed meanwhile answers with an error. */
		if (put < 0 && errno != ENOBUFS && errno != ECONNREFUSED)
			die("sendmmsg");
		if (put > 0)
			packets += (uint64_t)put * segments;
	}
	printf("{\"sent\": %llu}\n", (unsigned long long)packets);
}

/* --- round trips --------------------------------------------------------- */

static uint16_t checksum(const uint16_t *words, int count)
{
	uint32_t sum = 0;

	while (count--)
		sum += *words++;
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

static int by_value(const void *one, const void *two)
{
	double a = *(const double *)one, b = *(const double *)two;

	return a < b ? -1 : a > b;
}

/* One echo request and its answer; the time, or a negative number. */
static double round_trip(int fd, uint16_t id, uint16_t number)
{
	struct icmphdr request = { .type = ICMP_ECHO }, *answer;
	char packet[64] = { 0 }, reply[256];
	double start = now();
	ssize_t got;
	int ihl;

	request.un.echo.id = id;
	request.un.echo.sequence = number;
	memcpy(packet, &request, sizeof(request));
	request.checksum = checksum((uint16_t *)packet, sizeof(packet) / 2);
	memcpy(packet, &request, sizeof(request));
	if (send(fd, packet, sizeof(packet), 0) < 0)
		return -1;
	while (now() < start + 1) {
		got = recv(fd, reply, sizeof(reply), 0);
		if (got < 20)
			continue;
		ihl = (reply[0] & 15) * 4;
		answer = (struct icmphdr *)(reply + ihl);
		if (got >= ihl + 8 && answer->type == ICMP_ECHOREPLY &&
		    answer->un.echo.id == id &&
		    answer->un.echo.sequence == number)
			return now() - start;
	}
	return -1;
}

/* ping ADDRESS SECONDS PAUSE_US */
static void ping(char **words)
{
	static double times[MAX_PINGS];
	struct sockaddr_in to = address(words[0], "0");
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	int pause = atoi(words[2]), count = 0, lost = 0;
	uint16_t id = getpid(), number = 0;
	double end = atof(words[1]), wall, took;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die("ping");
	never_wait_long(fd);
	alarm(PATIENCE + end);
	wall = clock_of(CLOCK_REALTIME);
	for (end += now(); now() < end && count < MAX_PINGS;) {
		took = round_trip(fd, id, number++);
		if (took < 0)
			lost++;
		else
			times[count++] = took * 1e6;
		if (pause)
			usleep(pause);
	}
	if (!count)
		exit(1);
	qsort(times, count, sizeof(times[0]), by_value);
	printf("{\"count\": %d, \"lost\": %d, \"p50\": %.2f, \"p99\": %.2f, ",
	       count, lost, times[count / 2], times[count - 1 - count / 100]);
	printf("\"from\": %.6f, \"to\": %.6f}\n", wall, clock_of(CLOCK_REALTIME));
}

/* --- handshakes ---------------------------------------------------------- */

#define INITIATION	148
#define RESPONSE	92
#define IN_FLIGHT	32

/*
 * handshakes ADDRESS PORT FILE OFFSET SECONDS: sends initiations made
 * beforehand, never more than a few ahead of the responses, so that the
 * responder is busy without calling it an attack.
 */
static void handshakes(char **words)
{
	struct sockaddr_in to = address(words[0], words[1]);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), ahead = 0;
	uint64_t sent = 0, answered = 0, other = 0;
	double start, end = atof(words[4]), wall, seconds;
	FILE *file = fopen(words[2], "r");
	unsigned char message[2048];
	ssize_t got;

	if (fd < 0 || !file || fseek(file, atol(words[3]) * INITIATION, SEEK_SET) ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die("handshakes");
	never_wait_long(fd);
	alarm(PATIENCE + end);
	start = now();
	wall = clock_of(CLOCK_REALTIME);
	end += start;
	while (now() < end) {
		while (ahead < IN_FLIGHT &&
		       fread(message, INITIATION, 1, file) == 1) {
			if (send(fd, message, INITIATION, 0) == INITIATION)
				ahead++, sent++;
		}
		if (!ahead)
			break;
		got = recv(fd, message, sizeof(message), 0);
		if (got == RESPONSE && message[0] == 2)
			answered++, ahead--;
		else if (got > 0)
			other++;
		else
			ahead = 0;
	}
	seconds = now() - start;
	printf("{\"sent\": %llu, \"answered\": %llu, \"other\": %llu, ",
	       (unsigned long long)sent, (unsigned long long)answered,
	       (unsigned long long)other);
	printf("\"seconds\": %.6f, \"from\": %.6f, \"to\": %.6f}\n", seconds,
	       wall, clock_of(CLOCK_REALTIME));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int least;
		void (*run)(char **words);
	} verbs[] = {
		{ "recv", 5, receive },
		{ "send-tcp", 3, send_streams },
		{ "send-udp", 5, send_datagrams },
		{ "ping", 3, ping },
		{ "handshakes", 5, handshakes },
	};
	unsigned int i;

	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (argc < 2 || strcmp(argv[1], verbs[i].name))
			continue;
		if (argc - 2 < verbs[i].least)
			break;
		verbs[i].run(argv + 2);
		return 0;
	}
	fprintf(stderr, "usage: load recv|send-tcp|send-udp|ping|handshakes ...\n");
	return 2;
}
