// SPDX-License-Identifier: GPL-2.0
/* Sends pings of a given size through an interface. */

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "diag/ping.h"

#define PACKET_MAX	65535
#define HEADER4		20
#define HEADER6		40
#define ECHO_HEADER	8		/* of ICMP and of ICMPv6 */

/* The same in both families; ICMPv6 has other types. */
struct echo {
	uint8_t type, code;
	uint16_t checksum, id, sequence;
};

static bool is_ip4(const struct ping *ping)
{
	return ping->to.family == AF_INET;
}

static uint16_t checksum(const uint8_t *bytes, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

int ping_open(struct ping *ping, const struct allowed_ip *to, const char *interface)
{
	int proto = to->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	int how = to->family == AF_INET ? IP_PMTUDISC_PROBE : IPV6_PMTUDISC_PROBE;

	ping->to = *to;
	ping->sequence = 0;
	ping->raw = true;
	ping->fd = socket(to->family, SOCK_RAW | SOCK_CLOEXEC, proto);
	if (ping->fd < 0) {
		/* ping_group_range decides who may. */
		ping->raw = false;
		ping->fd = socket(to->family, SOCK_DGRAM | SOCK_CLOEXEC, proto);
	}
	if (ping->fd < 0)
		return -errno;
	if (to->family == AF_INET)
		setsockopt(ping->fd, IPPROTO_IP, IP_MTU_DISCOVER, &how, sizeof(how));
	else
		setsockopt(ping->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &how, sizeof(how));
	if (setsockopt(ping->fd, SOL_SOCKET, SO_BINDTODEVICE, interface, strlen(interface) + 1)) {
		ping_close(ping);
		return -EPERM;
	}
	return 0;
}

void ping_close(struct ping *ping)
{
	close(ping->fd);
}

static int send_echo(struct ping *ping, size_t len)
{
	union endpoint to = { .addr.sa_family = ping->to.family };
	socklen_t to_len = is_ip4(ping) ? sizeof(to.addr4) : sizeof(to.addr6);
	uint8_t *packet = calloc(1, len);
	struct echo echo = {
		.type = is_ip4(ping) ? ICMP_ECHO : ICMP6_ECHO_REQUEST,
		.id = htons(getpid() & 0xffff),
		.sequence = htons(++ping->sequence),
	};
	int ret = 0;

	if (!packet)
		return -ENOMEM;
	if (is_ip4(ping))
		to.addr4.sin_addr = ping->to.ip4;
	else
		to.addr6.sin6_addr = ping->to.ip6;
	memcpy(packet, &echo, sizeof(echo));
	/* For ICMPv6 the kernel writes the checksum. */
	echo.checksum = checksum(packet, len);
	memcpy(packet, &echo, sizeof(echo));
	if (sendto(ping->fd, packet, len, 0, &to.addr, to_len) < 0)
		ret = -errno;
	free(packet);
	return ret;
}

/* Raw sockets receive the messages of all programs. */
static bool is_answer(const struct ping *ping, const uint8_t *bytes, size_t len)
{
	size_t skip = ping->raw && is_ip4(ping) && len ? (bytes[0] & 15) * 4 : 0;
	struct echo echo;

	if (len < skip + sizeof(echo))
		return false;
	memcpy(&echo, bytes + skip, sizeof(echo));
	return echo.type == (is_ip4(ping) ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY) &&
	       ntohs(echo.sequence) == ping->sequence &&
	       (!ping->raw || ntohs(echo.id) == (getpid() & 0xffff));
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static int receive(struct ping *ping)
{
	struct pollfd in = { .fd = ping->fd, .events = POLLIN };
	int64_t end = now_ms() + ping->wait_ms, rest;
	uint8_t bytes[128];
	ssize_t len;

	for (rest = ping->wait_ms; rest > 0; rest = end - now_ms()) {
		if (poll(&in, 1, rest) <= 0)
			return 0;
		len = recv(ping->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (len > 0 && is_answer(ping, bytes, len))
			return 1;
	}
	return 0;
}

int ping_send(struct ping *ping, size_t size)
{
	size_t header = is_ip4(ping) ? HEADER4 : HEADER6;
	int ret;

	if (size < header + ECHO_HEADER || size > PACKET_MAX)
		return -EINVAL;
	ret = send_echo(ping, size - header);
	return ret ? ret : receive(ping);
}
