// SPDX-License-Identifier: GPL-2.0
/* monitor: prints events of links, sends them to the journal, or runs a program. */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmds/cmds.h"
#include "cmds/event.h"
#include "cmds/event_exec.h"
#include "cmds/event_journal.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/nl_links.h"
#include "lib/nl_listen.h"
#include "lib/prog.h"
#include "lib/spawn.h"
#include "netcfg/state.h"

/* Seconds that a program may take, unless --timeout says otherwise. */
#define TIMEOUT		30
#define TIMEOUT_MAX	86400

struct monitor {
	const char *only;	/* name of the only interface; NULL: all */
	const char *program;
	unsigned int timeout;
	bool json;
	bool journal;
	bool print;
	struct event_exec *exec;
};

static void print_text(const struct event *event)
{
	char text[64] = "";
	struct tm tm;

	if (localtime_r(&event->time, &tm))
		strftime(text, sizeof(text), "%FT%T%z", &tm);
	printf("%s ", text);
	event_print_text(stdout, event);
	putchar('\n');
}

static bool take(const struct event *event, void *arg)
{
	struct monitor *monitor = arg;

	if (monitor->journal)
		event_journal_send(event);
	if (monitor->exec && !event_exec_add(monitor->exec, event))
		fprintf(stderr, "%s: no memory for event `%s'\n", prog_name, event->name);
	if (!monitor->print)
		return true;
	if (monitor->json)
		event_print_json(stdout, event);
	else
		print_text(event);
	return !fflush(stdout) && !ferror(stdout);
}

static bool hear(int kind, struct device *dev, void *arg)
{
	struct monitor *monitor = arg;

	if (kind == EVENT_LISTENING)
		event_journal_ready();
	if (!dev)
		return event_each(kind, NULL, take, monitor);
	if (monitor->only && strcmp(monitor->only, dev->name))
		return true;
	state_names(dev);
	return event_each(kind, dev, take, monitor);
}

/* Looks after the program until there are events to read. */
static void wait_for_events(int fd, void *arg)
{
	struct monitor *monitor = arg;
	struct pollfd fds[2] = { { .fd = fd, .events = POLLIN } };

	fds[1].events = POLLIN;
	while (monitor->exec && !fds[0].revents) {
		event_exec_step(monitor->exec);
		fds[1].fd = event_exec_fd(monitor->exec);
		if (poll(fds, 2, event_exec_wait(monitor->exec)) < 0 && errno != EINTR)
			return;
	}
}

/* A missing link may appear later, but a link of another kind is an error. */
static bool may_be_ours(const char *name)
{
	struct link_name link;

	return nl_find_link(&link, name) || link.ours;
}

/* A program without a slash is looked for in the usual directories. */
static bool prepare_exec(struct monitor *monitor)
{
	static char path[SPAWN_PATH_LEN];

	if (!strchr(monitor->program, '/')) {
		if (!spawn_find(monitor->program, path)) {
			fprintf(stderr, "There is no program `%s'\n", monitor->program);
			return false;
		}
		monitor->program = path;
	}
	if (access(monitor->program, X_OK)) {
		fprintf(stderr, "Unable to run `%s': %s\n", monitor->program, strerror(errno));
		return false;
	}
	monitor->exec = event_exec_new(monitor->program, monitor->timeout);
	if (!monitor->exec)
		fprintf(stderr, "%s\n", strerror(ENOMEM));
	return monitor->exec;
}

static int listen_for_events(struct monitor *monitor)
{
	int error = -EOPNOTSUPP;

	if (!monitor->only || may_be_ours(monitor->only)) {
		json_lines();
		error = nl_listen(hear, wait_for_events, monitor);
		if (!error)
			return 0;
	}
	fprintf(stderr, "Unable to listen for events: %s\n", strerror(-error));
	hint(error, monitor->only);
	return 1;
}

static int usage(FILE *out, const char *cmd)
{
	fprintf(out,
		"Usage: %s %s [--json] [--journal] [--exec <program> [--timeout <seconds>]] [<interface> | all]\n",
		prog_name, cmd);
	return out == stdout ? 0 : 1;
}

static bool read_timeout(struct monitor *monitor, const char *text)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < 1 || n > TIMEOUT_MAX) {
		fprintf(stderr, "A timeout is a number of seconds from 1 to %d: `%s'\n",
			TIMEOUT_MAX, text);
		return false;
	}
	monitor->timeout = n;
	return true;
}

/* Returns the number of arguments that @argv[0] takes with it; 0: it is wrong. */
static int read_option(struct monitor *monitor, char **argv)
{
	if (!strcmp(argv[0], "--json")) {
		monitor->json = true;
	} else if (!strcmp(argv[0], "--journal")) {
		monitor->journal = true;
	} else if (!strcmp(argv[0], "--exec") && argv[1]) {
		monitor->program = argv[1];
		return 2;
	} else if (!strcmp(argv[0], "--timeout") && argv[1]) {
		return read_timeout(monitor, argv[1]) ? 2 : 0;
	} else if (!monitor->only && argv[0][0] != '-') {
		monitor->only = argv[0];
	} else {
		return 0;
	}
	return 1;
}

int cmd_monitor(int argc, char **argv)
{
	struct monitor monitor = { .timeout = TIMEOUT };
	int i, taken;

	for (i = 1; i < argc; i += taken) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(stdout, argv[0]);
		taken = read_option(&monitor, argv + i);
		if (!taken)
			return usage(stderr, argv[0]);
	}
	if (monitor.only && !strcmp(monitor.only, "all"))
		monitor.only = NULL;
	monitor.print = monitor.json || !(monitor.program || monitor.journal);
	if (monitor.program && !prepare_exec(&monitor))
		return 1;
	return listen_for_events(&monitor);
}
