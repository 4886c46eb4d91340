// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the network whether endpoints can be reached, with one empty datagram for each.
 *
 * The kernel module gets no ICMP errors, but a socket of this program does. A peer drops
 * the datagram, as it is no message of the protocol.
 */

#include <errno.h>
#include <time.h>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diag/reach.h"

/* Codes of RFC 4443 that the C library lacks. */
#define ICMP6_POLICY	5
#define ICMP6_REJECT	6

static bool is_ip4(const struct reach *reach)
{
	return reach->to.addr.sa_family == AF_INET;
}

static enum reach_report of_send(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
		return REACH_FIREWALL_HERE;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case EINVAL:
		return REACH_NO_ROUTE;
	}
	return REACH_NOTHING;
}

static enum reach_report of_icmp(uint8_t type, uint8_t code)
{
	if (type != ICMP_DEST_UNREACH)
		return REACH_NOTHING;
	switch (code) {
	case ICMP_PORT_UNREACH:
	case ICMP_PROT_UNREACH:
		return REACH_CLOSED;
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED:
		return REACH_REJECTED;
	case ICMP_FRAG_NEEDED:
		return REACH_NOTHING;
	}
	return REACH_UNREACHABLE;
}

static enum reach_report of_icmp6(uint8_t type, uint8_t code)
{
	if (type != ICMP6_DST_UNREACH)
		return REACH_NOTHING;
	switch (code) {
	case ICMP6_DST_UNREACH_NOPORT:
		return REACH_CLOSED;
	case ICMP6_DST_UNREACH_ADMIN:
	case ICMP6_POLICY:
	case ICMP6_REJECT:
		return REACH_REJECTED;
	}
	return REACH_UNREACHABLE;
}

static void read_error(struct reach *reach, const struct sock_extended_err *error)
{
	const struct sockaddr *by = SO_EE_OFFENDER(error);

	switch (error->ee_origin) {
	case SO_EE_ORIGIN_LOCAL:
		reach->report = error->ee_errno == EHOSTUNREACH ? REACH_NO_NEIGHBOUR :
				of_send(error->ee_errno);
		return;
	case SO_EE_ORIGIN_ICMP:
		reach->report = of_icmp(error->ee_type, error->ee_code);
		memcpy(&reach->by, by, sizeof(reach->by.addr4));
		return;
	case SO_EE_ORIGIN_ICMP6:
		reach->report = of_icmp6(error->ee_type, error->ee_code);
		memcpy(&reach->by, by, sizeof(reach->by.addr6));
		return;
	}
}

static void receive(struct reach *reach)
{
	struct {
		struct cmsghdr header;
		char room[256];
	} control = { 0 };
	struct msghdr msg = { .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *part;

	if (recvmsg(reach->fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return;
	for (part = CMSG_FIRSTHDR(&msg); part; part = CMSG_NXTHDR(&msg, part))
		if ((part->cmsg_level == SOL_IP && part->cmsg_type == IP_RECVERR) ||
		    (part->cmsg_level == SOL_IPV6 && part->cmsg_type == IPV6_RECVERR))
			read_error(reach, (const void *)CMSG_DATA(part));
}

static void begin(struct reach *reach, uint32_t mark)
{
	socklen_t len = is_ip4(reach) ? sizeof(reach->to.addr4) : sizeof(reach->to.addr6);
	int on = 1;

	reach->report = REACH_NOTHING;
	memset(&reach->by, 0, sizeof(reach->by));
	reach->fd = socket(reach->to.addr.sa_family,
			   SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (reach->fd < 0)
		return;
	if (mark)
		setsockopt(reach->fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	if (is_ip4(reach))
		setsockopt(reach->fd, SOL_IP, IP_RECVERR, &on, sizeof(on));
	else
		setsockopt(reach->fd, SOL_IPV6, IPV6_RECVERR, &on, sizeof(on));
	if (connect(reach->fd, &reach->to.addr, len) || send(reach->fd, NULL, 0, 0) < 0)
		reach->report = of_send(errno);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000) + now.tv_nsec / 1000000;
}

/* Waits for one more report. False: time is up, or all have reported. */
static bool wait_for_one(struct reach *list, struct pollfd *polls, size_t n, uint64_t end)
{
	uint64_t now = now_ms();
	size_t i, waiting = 0;

	for (i = 0; i < n; i++) {
		polls[i].fd = list[i].report == REACH_NOTHING ? list[i].fd : -1;
		polls[i].events = 0;
		waiting += polls[i].fd >= 0;
	}
	if (!waiting || now >= end || poll(polls, n, end - now) <= 0)
		return false;
	for (i = 0; i < n; i++)
		if (polls[i].fd >= 0 && polls[i].revents)
			receive(&list[i]);
	return true;
}

void reach_ask(struct reach *list, size_t n, uint32_t mark, int ms)
{
	struct pollfd *polls = calloc(n, sizeof(*polls));
	uint64_t end = now_ms() + ms;
	unsigned int turns;
	size_t i;

	for (i = 0; i < n; i++)
		begin(&list[i], mark);
	/* Each socket reports a few times at most. */
	for (turns = 0; polls && turns < 4 * n && wait_for_one(list, polls, n, end); turns++)
		;
	for (i = 0; i < n; i++)
		if (list[i].fd >= 0)
			close(list[i].fd);
	free(polls);
}
