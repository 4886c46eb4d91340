// SPDX-License-Identifier: GPL-2.0
/* Accepts connections and serves each in a process of its own, a bounded number at once. */

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/prog.h"
#include "metrics/history.h"
#include "metrics/listen.h"
#include "metrics/stream.h"
#include "metrics/unprivileged.h"

#define BACKLOG		32
#define MS_PER_SEC	1000
#define PAUSE_US	100000

struct child {
	pid_t pid;		/* 0: this place is free */
	struct sockaddr_storage from;
};

static struct child children[LISTEN_CHILDREN];
static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	if (signal != SIGCHLD)
		stopped = 1;
}

/* Splits ADDRESS:PORT. An address of IPv6 is in brackets. */
static bool split(const char *where, char *host, size_t size, const char **port)
{
	const char *colon = strrchr(where, ':');
	size_t len = colon ? (size_t)(colon - where) : 0;

	if (!colon || !colon[1] || len >= size)
		return false;
	if (len > 1 && *where == '[' && where[len - 1] == ']') {
		where++;
		len -= 2;
	} else if (memchr(where, ':', len)) {
		return false;
	}
	memcpy(host, where, len);
	host[len] = '\0';
	*port = colon + 1;
	return true;
}

static int open_one(const struct addrinfo *info)
{
	int on = 1, off = 0, error, fd;

	fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (info->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (!bind(fd, info->ai_addr, info->ai_addrlen) && !listen(fd, BACKLOG))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* A host without IPv6 has the address 0.0.0.0 only. */
static int open_first(const char *host, const char *port)
{
	struct addrinfo hints = {
		.ai_family = *host ? AF_UNSPEC : AF_INET6, .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
	}, *info;
	int fd;

	if (getaddrinfo(*host ? host : NULL, port, &hints, &info)) {
		errno = EINVAL;
		return -1;
	}
	fd = open_one(info);
	freeaddrinfo(info);
	if (fd >= 0 || *host || (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
		return fd;
	return open_first("0.0.0.0", port);
}

/* Prints the address: the kernel chose a port in place of 0. */
static void tell(int fd)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);

	if (!getsockname(fd, (struct sockaddr *)&at, &len) &&
	    !getnameinfo((struct sockaddr *)&at, len, host, sizeof(host), port, sizeof(port),
			 NI_NUMERICHOST | NI_NUMERICSERV))
		fprintf(stderr, strchr(host, ':') ? "%s: serving http://[%s]:%s/\n" :
			"%s: serving http://%s:%s/\n", prog_name, host, port);
}

int listen_open(const char *where)
{
	char host[NI_MAXHOST];
	const char *port;
	int fd = -1;

	errno = EINVAL;
	if (split(where, host, sizeof(host), &port))
		fd = open_first(host, port);
	if (fd >= 0)
		tell(fd);
	else
		fprintf(stderr, "%s: cannot listen at %s: %s\n", prog_name, where,
			errno == EINVAL ? "this is not ADDRESS:PORT with a numeric address" :
			strerror(errno));
	return fd;
}

/* A host may have all addresses of a network of IPv6 with 64 bits. */
static bool same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET6)
		return !memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
			       &((const struct sockaddr_in6 *)b)->sin6_addr,
			       sizeof(struct in6_addr) / 2);
	return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
	       ((const struct sockaddr_in *)b)->sin_addr.s_addr;
}

/* A place for one more process; NULL: there are enough, or enough of this host. */
static struct child *free_place(const struct sockaddr_storage *from)
{
	struct child *place = NULL;
	unsigned int i, same = 0;

	for (i = 0; i < LISTEN_CHILDREN; i++) {
		if (!children[i].pid)
			place = &children[i];
		else
			same += same_host(&children[i].from, from);
	}
	return same < LISTEN_CHILDREN_EACH ? place : NULL;
}

static void reap(void)
{
	unsigned int i;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < LISTEN_CHILDREN; i++)
			if (children[i].pid == pid)
				children[i].pid = 0;
}

/* Returns as fork() does. A child gets the signals that the parent handles itself. */
static pid_t start(int listener)
{
	pid_t pid = fork();
	sigset_t none;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	alarm(SERVE_SECONDS);
	unprivileged_memory();
	close(listener);
	return 0;
}

static void accept_one(int listener, const struct service *service)
{
	struct sockaddr_storage from = { 0 };
	socklen_t len = sizeof(from);
	struct child *child;
	int fd;

	fd = accept4(listener, (struct sockaddr *)&from, &len, SOCK_CLOEXEC);
	if (fd < 0) {
		/* The connection may be gone again. Otherwise resources are short. */
		if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
			usleep(PAUSE_US);
		return;
	}
	child = free_place(&from);
	if (!child) {
		serve_refusal(fd, HTTP_BUSY);
		close(fd);
		return;
	}
	child->from = from;
	child->pid = start(listener);
	if (!child->pid) {
		serve(fd, fd, service);
		_exit(0);
	}
	if (child->pid < 0) {
		child->pid = 0;
		serve_refusal(fd, HTTP_BUSY);
	}
	close(fd);
}

/* A process of its own reads the state, as this one must not grow or stop. */
static void take_reading(int listener, const struct service *service)
{
	static struct history history;
	struct scrape scrape;

	if (start(listener))
		return;
	scrape_take(&scrape, service->name);
	history_update(&history, service->history, &scrape);
	_exit(0);
}

static void handle_signals(sigset_t *waiting)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGCHLD };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t handled;
	size_t i;

	sigemptyset(&handled);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaddset(&handled, signals[i]);
		sigaction(signals[i], &action, NULL);
	}
	/* They arrive only while the loop waits. */
	sigprocmask(SIG_BLOCK, &handled, waiting);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigdelset(waiting, signals[i]);
}

int listen_loop(int fd, const struct service *service)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	uint64_t now, next = 0;
	struct timespec wait;
	sigset_t waiting;

	handle_signals(&waiting);
	while (!stopped) {
		now = stream_now();
		if (now >= next) {
			take_reading(fd, service);
			next = now + HISTORY_INTERVAL * MS_PER_SEC;
		}
		wait.tv_sec = (next - now) / MS_PER_SEC;
		wait.tv_nsec = (next - now) % MS_PER_SEC * 1000000;
		if (ppoll(&poller, 1, &wait, &waiting) > 0)
			accept_one(fd, service);
		reap();
	}
	return 0;
}
