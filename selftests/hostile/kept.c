// SPDX-License-Identifier: GPL-2.0
/*
 * A relay between two ends of a tunnel that keeps the memory of what it sends, and
 * changes a bit of it over and over, on another processor.
 *
 * usage: kept splice|ring NETNS_A NETNS_M NETNS_B FIELD ROUNDS
 *
 * Inner datagrams go from a to b. Four messages at a time leave the relay, from
 * pages that it can still write to: as one GSO packet by vmsplice() and
 * splice(), or as four packets of a ring of a packet socket. FIELD says what of the
 * second message changes. It prints how many datagrams came out as they went in,
 * how many did not, and how many came out twice.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif

#define MESSAGE		1024
#define PAYLOAD		(MESSAGE - 32 - 28)
#define BATCH		4
#define PAGE		4096
/* Enough that a page was received long before it is used again. */
#define PAGES		64
#define FRAME		2048
#define HEADERS		(ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr))
#define DATA		4
#define SECONDS		3
#define PATIENCE	200	/* milliseconds */

static const struct { const char *name; unsigned int at; } fields[] = {
	{ "type", 0 }, { "index", 4 }, { "counter", 8 }, { "first", 60 },
	{ "text", 616 }, { "tag", MESSAGE - 1 },
};

/*
 * The byte that changes. Another process changes it, since User-Mode Linux does not run
 * two threads of one process at once.
 */
static volatile uint8_t *volatile *target;

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "no processor %u", cpu);
}

static void change(void)
{
	pin(1);
	for (;;) {
		volatile uint8_t *byte = *target;

		if (!byte)
			continue;
		*byte ^= 1;
		for (volatile int i = 0; i < 50; i++)
			;
		*byte ^= 1;
		for (volatile int i = 0; i < 50; i++)
			;
	}
}

static void *shared(size_t len, int fd)
{
	void *bytes = mmap(NULL, len, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_POPULATE |
			   (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);

	if (bytes == MAP_FAILED)
		err(1, "memory");
	return bytes;
}

static void enter(const char *netns)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", path);
	close(fd);
}

static struct sockaddr_in address(const char *ip, unsigned int port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};

	inet_pton(AF_INET, ip, &at.sin_addr);
	return at;
}

static int udp(const char *from, unsigned int port, const char *to,
	       unsigned int to_port)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), room = 1 << 20;
	struct sockaddr_in at;

	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (from) {
		at = address(from, port);
		if (bind(fd, (void *)&at, sizeof(at)))
			err(1, "%s:%u", from, port);
	}
	if (to) {
		at = address(to, to_port);
		if (connect(fd, (void *)&at, sizeof(at)))
			err(1, "%s:%u", to, to_port);
	}
	return fd;
}

/* --- sending from kept memory ------------------------------------------------- */

static uint8_t *pages;
static int outside;	/* towards b */
static int pipes[2];

static void splice_begin(void)
{
	int size = MESSAGE;

	if (setsockopt(outside, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)))
		err(1, "UDP_SEGMENT");
	pages = shared(PAGES * PAGE, -1);
	if (pipe2(pipes, O_CLOEXEC))
		err(1, "pipe");
}

static uint8_t *splice_slot(unsigned int batch, unsigned int n)
{
	return pages + batch % PAGES * PAGE + n * MESSAGE;
}

static void splice_send(unsigned int batch)
{
	struct iovec all = { splice_slot(batch, 0), BATCH * MESSAGE };

	if (vmsplice(pipes[1], &all, 1, 0) != (ssize_t)all.iov_len)
		err(1, "vmsplice");
	if (splice(pipes[0], NULL, outside, NULL, all.iov_len, 0) !=
	    (ssize_t)all.iov_len)
		err(1, "splice");
}

static int ring;
static uint8_t headers[HEADERS];

static uint32_t add(uint32_t sum, const void *bytes, size_t len)
{
	const uint8_t *byte = bytes;

	for (; len; byte += 2, len -= 2)
		sum += byte[0] << 8 | byte[1];
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static void ring_open(void)
{
	struct tpacket_req all = {
		.tp_block_size = PAGE,
		.tp_block_nr = PAGES * BATCH * FRAME / PAGE,
		.tp_frame_size = FRAME,
		.tp_frame_nr = PAGES * BATCH,
	};
	struct sockaddr_ll via = { .sll_family = AF_PACKET };
	int version = TPACKET_V2;

	ring = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	via.sll_ifindex = if_nametoindex("q1");
	if (ring < 0 || !via.sll_ifindex ||
	    setsockopt(ring, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(ring, SOL_PACKET, PACKET_TX_RING, &all, sizeof(all)) ||
	    bind(ring, (void *)&via, sizeof(via)))
		err(1, "ring");
	pages = shared(PAGES * BATCH * FRAME, ring);
}

/* Sent to the broadcast address, as the other end of the cable takes all frames. */
static void ring_begin(void)
{
	struct iphdr ip = {
		.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP,
		.tot_len = htons(HEADERS - ETH_HLEN + MESSAGE),
		.frag_off = htons(IP_DF),
	};
	struct udphdr head = { .len = htons(sizeof(head) + MESSAGE) };
	struct sockaddr_in us, them;
	socklen_t len = sizeof(us);

	ring_open();
	getsockname(outside, (void *)&us, &len);
	getpeername(outside, (void *)&them, &len);
	ip.saddr = us.sin_addr.s_addr;
	ip.daddr = them.sin_addr.s_addr;
	ip.check = fold(add(0, &ip, sizeof(ip)));
	head.source = us.sin_port;
	head.dest = them.sin_port;
	memset(headers, 0xff, ETH_ALEN);
	headers[ETH_ALEN] = 2;
	headers[12] = ETHERTYPE_IP >> 8;
	memcpy(headers + ETH_HLEN, &ip, sizeof(ip));
	memcpy(headers + ETH_HLEN + sizeof(ip), &head, sizeof(head));
}

static struct tpacket2_hdr *ring_frame(unsigned int batch, unsigned int n)
{
	return (void *)(pages + (batch % PAGES * BATCH + n) * FRAME);
}

static uint8_t *ring_slot(unsigned int batch, unsigned int n)
{
	return (uint8_t *)ring_frame(batch, n) + TPACKET2_HDRLEN -
	       sizeof(struct sockaddr_ll) + HEADERS;
}

static void ring_send(unsigned int batch)
{
	const unsigned int pseudo = ETH_HLEN + offsetof(struct iphdr, saddr);
	unsigned int n;

	for (n = 0; n < BATCH; n++) {
		uint8_t *message = ring_slot(batch, n);
		uint8_t *packet = message - HEADERS;
		struct udphdr *head = (void *)(message - sizeof(*head));
		uint32_t sum = IPPROTO_UDP + sizeof(*head) + MESSAGE;

		memcpy(packet, headers, HEADERS);
		sum = add(sum, packet + pseudo, HEADERS - pseudo);
		head->check = fold(add(sum, message, MESSAGE)) ?: 0xffff;
		ring_frame(batch, n)->tp_len = HEADERS + MESSAGE;
		ring_frame(batch, n)->tp_status = TP_STATUS_SEND_REQUEST;
	}
	send(ring, NULL, 0, MSG_DONTWAIT);
}

static const struct way {
	const char *name;
	void (*begin)(void);
	uint8_t *(*slot)(unsigned int batch, unsigned int n);
	void (*send)(unsigned int batch);
} ways[] = {
	{ "splice", splice_begin, splice_slot, splice_send },
	{ "ring", ring_begin, ring_slot, ring_send },
};

/* --- the relay, and both ends --------------------------------------------------- */

static int source, inside, sink;	/* in a, towards a, in b */
static unsigned long genuine, forged, twice;
static uint8_t *seen;

static bool wait_for(int fd, int ms)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	return poll(&one, 1, ms) > 0;
}

/* Passes on, unchanged, the answers of b and the messages of a that are no test data. */
static void relay_answers(void)
{
	uint8_t bytes[2048];
	ssize_t len;

	while ((len = recv(outside, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		send(inside, bytes, len, 0);
}

static bool take_message(uint8_t *into)
{
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	uint8_t bytes[2048];
	int none = 0, size = MESSAGE;
	ssize_t len;

	while (wait_for(inside, PATIENCE)) {
		len = recvfrom(inside, bytes, sizeof(bytes), 0, (void *)&from,
			       &from_len);
		if (len < 0)
			continue;
		connect(inside, (void *)&from, sizeof(from));
		if (len == MESSAGE && bytes[0] == DATA) {
			memcpy(into, bytes, MESSAGE);
			return true;
		}
		setsockopt(outside, IPPROTO_UDP, UDP_SEGMENT, &none, sizeof(none));
		send(outside, bytes, len, 0);
		setsockopt(outside, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size));
		wait_for(outside, PATIENCE);
		relay_answers();
	}
	return false;
}

static void send_datagram(uint32_t number)
{
	uint8_t bytes[PAYLOAD];

	memset(bytes, 'A', sizeof(bytes));
	memcpy(bytes, &number, sizeof(number));
	send(source, bytes, sizeof(bytes), 0);
}

static void listen_for(int ms, uint32_t numbers)
{
	uint8_t bytes[PAYLOAD + 1];
	uint32_t number;
	ssize_t len, i;

	while (wait_for(sink, ms)) {
		len = recv(sink, bytes, sizeof(bytes), MSG_DONTWAIT);
		for (i = sizeof(number); i < len && bytes[i] == 'A'; i++)
			;
		memcpy(&number, bytes, sizeof(number));
		if (len != PAYLOAD || i < len || number >= numbers)
			forged++;
		else if (seen[number]++)
			twice++;
		else
			genuine++;
		ms = 0;
	}
}

static void run(const struct way *way, unsigned int field, unsigned int rounds)
{
	time_t end = time(NULL) + SECONDS;
	unsigned int batch, n;

	for (batch = 0; batch < rounds && time(NULL) < end; batch++) {
		*target = NULL;
		for (n = 0; n < BATCH; n++) {
			send_datagram(batch * BATCH + n);
			if (!take_message(way->slot(batch, n)))
				errx(1, "the tunnel sends nothing");
		}
		/* a change before it is sent does no harm to the test */
		*target = way->slot(batch, 1) + field;
		way->send(batch);
		listen_for(way == ways ? 0 : 20, rounds * BATCH);
		relay_answers();
	}
	listen_for(PATIENCE, rounds * BATCH);
	printf("%u batches of %u\n", batch, BATCH);
}

int main(int argc, char **argv)
{
	const struct way *way = ways;
	unsigned int field = 0, rounds;
	pid_t changer;

	if (argc != 7)
		errx(1, "kept splice|ring NETNS_A NETNS_M NETNS_B FIELD ROUNDS");
	rounds = atoi(argv[6]);
	seen = calloc(rounds, BATCH);
	way += !strcmp(argv[1], "ring");
	while (strcmp(fields[field].name, argv[5]))
		field++;
	pin(0);
	enter(argv[2]);
	source = udp(NULL, 0, "10.9.0.2", 9000);
	enter(argv[4]);
	sink = udp("10.9.0.2", 9000, NULL, 0);
	enter(argv[3]);
	inside = udp("192.0.2.9", 7000, NULL, 0);
	outside = udp("198.51.100.9", 7001, "198.51.100.2", 5002);
	way->begin();
	target = shared(sizeof(*target), -1);
	changer = fork();
	if (changer < 0)
		err(1, "fork");
	if (!changer)
		change();
	run(way, fields[field].at, rounds);
	kill(changer, SIGKILL);
	printf("genuine %lu, forged %lu, twice %lu\n", genuine, forged, twice);
	return 0;
}
