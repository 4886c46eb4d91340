// SPDX-License-Identifier: GPL-2.0
/* Serves one request of one connection: the metrics or the status page. */

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/model.h"
#include "metrics/answer.h"
#include "metrics/history.h"
#include "metrics/page.h"
#include "metrics/scrape.h"
#include "metrics/serve.h"
#include "metrics/stream.h"

#define READ_MS		5000	/* for the whole request */
#define WRITE_MS	10000	/* for the whole answer */
#define LINGER_MS	1000
#define LINGER_MAX	(256 * 1024)

/* More peers than a person reads. */
#define PAGE_PEERS	256

#define TYPE_TEXT	"text/plain; charset=utf-8"
#define TYPE_HTML	"text/html; charset=utf-8"
#define TYPE_METRICS	"text/plain; version=0.0.4; charset=utf-8"

/* The same state is printed twice: the first time only to know how long it is. */
struct body {
	const struct service *service;
	const struct request *request;
	struct scrape scrape;
	struct history *history;
	char host[256];
};

static void body_print(const struct body *body, FILE *out)
{
	size_t max = body->service->peers_max;
	struct page page = {
		.out = out, .scrape = &body->scrape, .history = body->history,
		.host = body->host, .peers_max = max < PAGE_PEERS ? max : PAGE_PEERS,
		.still = body->request->still,
	};

	if (body->request->metrics)
		body->service->print(out, &body->scrape, max);
	else
		page_print(&page);
}

static void answer_body(FILE *out, const struct body *body)
{
	uint64_t length;
	FILE *count = stream_count(&length);

	if (!count)
		return;
	body_print(body, count);
	fclose(count);
	answer_head(out, HTTP_OK, body->request->metrics ? TYPE_METRICS : TYPE_HTML, length);
	if (!body->request->head)
		body_print(body, out);
}

static void answer_ok(FILE *out, const struct service *service, const struct request *request)
{
	struct body body = { .service = service, .request = request };

	body.history = calloc(1, sizeof(*body.history));
	if (!body.history)
		return;
	scrape_take(&body.scrape, service->name);
	history_update(body.history, service->history, &body.scrape);
	if (gethostname(body.host, sizeof(body.host) - 1))
		strcpy(body.host, "this host");
	answer_body(out, &body);
	scrape_destroy(&body.scrape);
	free(body.history);
}

static void answer_error(FILE *out, enum http_status status, bool head)
{
	const char *phrase = answer_phrase(status);

	answer_head(out, status, TYPE_TEXT, strlen(phrase) + 1);
	if (!head)
		fprintf(out, "%s\n", phrase);
}

/* Whether the client asked a loopback address of this host. */
static bool is_on_loopback(int fd)
{
	union endpoint at = { 0 };
	socklen_t len = sizeof(at);

	if (getsockname(fd, &at.addr, &len))
		return false;
	return at.addr.sa_family == AF_INET ? ntohl(at.addr4.sin_addr.s_addr) >> 24 == 127 :
	       at.addr.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&at.addr6.sin6_addr);
}

/* Nobody else can have these names. */
static bool is_own_name(const char *host)
{
	char name[HOST_NAME_MAX + 1] = "";

	if (!strcasecmp(host, "localhost") || !strcmp(host, "[::1]") ||
	    (!strncmp(host, "127.", 4) && strspn(host, "0123456789.") == strlen(host)))
		return true;
	return !gethostname(name, sizeof(name) - 1) && *name && !strcasecmp(host, name);
}

/*
 * The owner of a name may give it the address 127.0.0.1. The browser of an administrator
 * would then let the page of that name read this one. Browsers always send the name that
 * they asked for.
 */
static bool is_misdirected(int fd, const struct request *request)
{
	return *request->host && is_on_loopback(fd) && !is_own_name(request->host);
}

/* HTTP_INCOMPLETE: the client is gone. */
static enum http_status read_request(int fd, struct request *request)
{
	uint64_t deadline = stream_now() + READ_MS;
	enum http_status status = HTTP_INCOMPLETE;
	char bytes[REQUEST_MAX];
	size_t len = 0;
	ssize_t n;

	while (status == HTTP_INCOMPLETE) {
		n = stream_read(fd, bytes + len, sizeof(bytes) - len, deadline);
		if (n < 0)
			return errno == ETIMEDOUT ? HTTP_TIMEOUT : HTTP_INCOMPLETE;
		if (!n)
			return len ? HTTP_BAD_REQUEST : HTTP_INCOMPLETE;
		len += n;
		status = request_parse(request, bytes, len);
	}
	return status;
}

/*
 * A client that sent more than was read would get a reset instead of the answer when the
 * socket is closed. So the rest is read, up to a limit.
 */
static void linger(int in, int out)
{
	uint64_t deadline = stream_now() + LINGER_MS;
	char bytes[4096];
	size_t done = 0;
	ssize_t n = 1;

	if (shutdown(out, SHUT_WR))
		return;
	while (n > 0 && done < LINGER_MAX) {
		n = stream_read(in, bytes, sizeof(bytes), deadline);
		done += n > 0 ? n : 0;
	}
}

void serve(int in, int out, const struct service *service)
{
	struct stream stream = { .fd = out };
	struct request request = { 0 };
	static char buffer[64 * 1024];
	enum http_status status;
	FILE *file;

	signal(SIGPIPE, SIG_IGN);
	alarm(SERVE_SECONDS);
	status = read_request(in, &request);
	if (status == HTTP_INCOMPLETE)
		return;
	if (status == HTTP_OK && is_misdirected(in, &request))
		status = HTTP_MISDIRECTED;
	stream.deadline = stream_now() + WRITE_MS;
	file = stream_open(&stream);
	if (!file)
		return;
	setvbuf(file, buffer, _IOFBF, sizeof(buffer));
	if (status == HTTP_OK)
		answer_ok(file, service, &request);
	else
		answer_error(file, status, request.head);
	fclose(file);
	linger(in, out);
	alarm(0);
}

void serve_refusal(int fd, enum http_status status)
{
	char bytes[1024];
	FILE *file = fmemopen(bytes, sizeof(bytes), "w");
	long len;

	if (!file)
		return;
	answer_error(file, status, false);
	len = ftell(file);
	fclose(file);
	if (len > 0 && send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL) == len)
		shutdown(fd, SHUT_WR);
	/* Unread bytes would turn the end of the connection into a reset. */
	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) == sizeof(bytes))
		;
}
