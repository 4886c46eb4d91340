// SPDX-License-Identifier: GPL-2.0
/* Tries whether a service can be reached. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diag/connect.h"

static socklen_t length(const union endpoint *to)
{
	return to->addr.sa_family == AF_INET ? sizeof(to->addr4) : sizeof(to->addr6);
}

/* Waits for an event, and returns the error of the socket. */
static int wait_for(int fd, short events, int ms)
{
	struct pollfd polled = { .fd = fd, .events = events };
	socklen_t len = sizeof(int);
	int error = 0;

	if (poll(&polled, 1, ms) <= 0)
		return -ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len))
		return -errno;
	return -error;
}

int connect_try(const union endpoint *to, int ms)
{
	int fd = socket(to->addr.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, &to->addr, length(to)))
		ret = errno == EINPROGRESS ? wait_for(fd, POLLOUT, ms) : -errno;
	close(fd);
	return ret;
}

int connect_ask_name_server(const union endpoint *to, int ms)
{
	/* One question, with recursion: the name servers of the root. */
	static const uint8_t question[] = {
		0x4e, 0x57, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1,
	};
	int fd = socket(to->addr.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int ret;

	if (fd < 0)
		return -errno;
	if (connect(fd, &to->addr, length(to)) ||
	    send(fd, question, sizeof(question), 0) != sizeof(question))
		ret = -errno;
	else
		ret = wait_for(fd, POLLIN, ms);
	close(fd);
	return ret;
}
