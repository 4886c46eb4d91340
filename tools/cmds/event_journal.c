// SPDX-License-Identifier: GPL-2.0
/* Sends events to the journal of systemd. */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmds/event_journal.h"
#include "lib/prog.h"

#define JOURNAL		"/run/systemd/journal/socket"
#define INFO		"6"
#define WARNING		"4"

/* Sends one datagram. A path that begins with @ is that of an abstract socket. */
static bool send_to(const char *path, const void *bytes, size_t len)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 5 };
	size_t path_len = strlen(path);
	ssize_t sent = -1;
	int fd;

	if (path_len >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(to.sun_path, path, path_len);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	/* a journal that hangs must not keep us from reading further events */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	sent = sendto(fd, bytes, len, MSG_NOSIGNAL, (struct sockaddr *)&to,
		      offsetof(struct sockaddr_un, sun_path) + path_len);
	close(fd);
	return sent == (ssize_t)len;
}

/*
 * NAME=VALUE and a newline. A value with a newline follows its name and its length, so
 * that it cannot pass for further fields.
 */
static void put_field(const char *name, const char *value, void *arg)
{
	size_t len = strlen(value), i;
	FILE *out = arg;

	if (!strchr(value, '\n')) {
		fprintf(out, "%s=%s\n", name, value);
		return;
	}
	fprintf(out, "%s\n", name);
	for (i = 0; i < sizeof(uint64_t); i++)
		putc((uint64_t)len >> 8 * i & 0xff, out);
	fprintf(out, "%s\n", value);
}

static void put_message(FILE *out, const struct event *event)
{
	char *text = NULL;
	size_t len;
	FILE *line;

	line = open_memstream(&text, &len);
	if (!line)
		return;
	event_print_text(line, event);
	fclose(line);
	put_field("MESSAGE", text ? text : event->text, out);
	free(text);
}

void event_journal_send(const struct event *event)
{
	char *bytes = NULL;
	bool sent = false;
	size_t len = 0;
	FILE *out;

	out = open_memstream(&bytes, &len);
	if (out) {
		put_message(out, event);
		put_field("PRIORITY", event->serious ? WARNING : INFO, out);
		put_field("SYSLOG_IDENTIFIER", "naawg", out);
		event_fields(event, put_field, out);
		fclose(out);
		sent = bytes && send_to(JOURNAL, bytes, len);
	}
	if (!sent)
		fprintf(stderr, "%s: Unable to write event `%s' to the journal: %s\n", prog_name,
			event->name, strerror(errno));
	free(bytes);
}

void event_journal_ready(void)
{
	static const char ready[] = "READY=1";
	const char *path = getenv("NOTIFY_SOCKET");

	if (path)
		send_to(path, ready, strlen(ready));
}
