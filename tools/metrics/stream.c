// SPDX-License-Identifier: GPL-2.0
/* Reads and writes a connection before a deadline, and counts bytes without writing them. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "metrics/stream.h"

#define MS_PER_SEC	1000
#define NS_PER_MS	1000000

uint64_t stream_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * MS_PER_SEC + now.tv_nsec / NS_PER_MS;
}

/* Waits until @fd is ready; false with ETIMEDOUT after the deadline. */
static bool wait_until(int fd, short events, uint64_t deadline)
{
	struct pollfd poller = { .fd = fd, .events = events };
	uint64_t now;
	int ret;

	do {
		now = stream_now();
		if (now >= deadline) {
			errno = ETIMEDOUT;
			return false;
		}
		ret = poll(&poller, 1, deadline - now);
	} while (!ret || (ret < 0 && errno == EINTR));
	return ret > 0;
}

ssize_t stream_read(int fd, char *bytes, size_t len, uint64_t deadline)
{
	ssize_t n;

	do {
		if (!wait_until(fd, POLLIN, deadline))
			return -1;
		n = read(fd, bytes, len);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	return n;
}

/* A socket takes what it has room for. A pipe or a file may block; the alarm ends that. */
static ssize_t write_some(int fd, const char *bytes, size_t len)
{
	ssize_t n = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	return n < 0 && errno == ENOTSOCK ? write(fd, bytes, len) : n;
}

/* stdio takes 0 for an error. */
static ssize_t write_all(void *cookie, const char *bytes, size_t len)
{
	struct stream *stream = cookie;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		if (!wait_until(stream->fd, POLLOUT, stream->deadline))
			return 0;
		n = write_some(stream->fd, bytes + done, len - done);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return 0;
		done += n > 0 ? n : 0;
	}
	return len;
}

FILE *stream_open(struct stream *stream)
{
	return fopencookie(stream, "w", (cookie_io_functions_t){ .write = write_all });
}

static ssize_t add(void *cookie, const char *bytes, size_t len)
{
	(void)bytes;
	*(uint64_t *)cookie += len;
	return len;
}

FILE *stream_count(uint64_t *count)
{
	*count = 0;
	return fopencookie(count, "w", (cookie_io_functions_t){ .write = add });
}
