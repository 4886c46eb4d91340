// SPDX-License-Identifier: GPL-2.0
/*
 * metrics: prints counters and state for Prometheus or serves them over HTTP, for every
 * user and without secrets.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmds/cmds.h"
#include "lib/files.h"
#include "lib/prog.h"
#include "metrics/history.h"
#include "metrics/listen.h"
#include "metrics/names.h"
#include "metrics/scrape.h"
#include "metrics/serve.h"
#include "metrics/unprivileged.h"

/* Every user may read the file: the node exporter is not root. */
#define TEXTFILE_MODE	0644

struct options {
	const char *name;	/* of an interface; NULL: all */
	const char *textfile;
	const char *listen;	/* address and port */
	bool http;		/* one request on standard input */
	names_print print;
	size_t peers_max;
};

static int usage(const char *command, bool help)
{
	fprintf(help ? stdout : stderr,
		"Usage: %s %s [--names naawg|mdlayher|mindflavor] [--peers-max <number>] [--textfile <file> | --http | --listen <address>:<port>] [<interface> | all]\n",
		prog_name, command);
	return !help;
}

static bool take_number(size_t *number, const char *text)
{
	char *end;

	errno = 0;
	*number = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

/* Takes an option with the value @value; false: it is none, or the value is wrong. */
static bool take_option(struct options *o, const char *option, const char *value)
{
	if (!value)
		return false;
	if (!strcmp(option, "--names"))
		return (o->print = names_find(value));
	if (!strcmp(option, "--peers-max"))
		return take_number(&o->peers_max, value);
	if (!strcmp(option, "--textfile"))
		return (o->textfile = value);
	if (!strcmp(option, "--listen"))
		return (o->listen = value);
	return false;
}

static bool parse(struct options *o, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--http"))
			o->http = true;
		else if (argv[i][0] != '-' && !o->name)
			o->name = argv[i];
		else if (argv[i][0] != '-' || !take_option(o, argv[i], argv[i + 1]))
			return false;
		else
			i++;
	}
	if (o->name && !strcmp(o->name, "all"))
		o->name = NULL;
	return !!o->textfile + !!o->listen + o->http <= 1;
}

/* The collector of the node exporter never reads half a file. */
static int write_textfile(const struct options *o, const struct scrape *scrape)
{
	char temp[FILE_TEMP_LEN];
	FILE *out = file_begin(o->textfile, temp, TEXTFILE_MODE);

	if (out)
		o->print(out, scrape, o->peers_max);
	if (out && file_commit_fast(out, temp, !ferror(out)))
		return 0;
	fprintf(stderr, "%s: cannot write %s: %s\n", prog_name, o->textfile, strerror(errno));
	return 1;
}

/*
 * systemd makes the directory of the history. Without it, processes of one --listen share
 * memory, and a single request has no history.
 */
static int serve_http(const struct options *o)
{
	struct service service = {
		.name = o->name, .print = o->print, .peers_max = o->peers_max, .history = -1,
	};
	const char *directory = getenv("RUNTIME_DIRECTORY");
	int fd = -1;

	if (o->listen) {
		fd = listen_open(o->listen);
		if (fd < 0)
			return 1;
	}
	if (directory || o->listen) {
		service.history = history_open(directory);
		if (service.history < 0)
			fprintf(stderr, "%s: cannot open the history: %s\n", prog_name,
				strerror(errno));
	}
	if (!unprivileged()) {
		fprintf(stderr, "%s: cannot give up privileges: %s\n", prog_name,
			strerror(errno));
		return 1;
	}
	if (o->listen)
		return listen_loop(fd, &service);
	serve(STDIN_FILENO, STDOUT_FILENO, &service);
	return 0;
}

static int print_once(const struct options *o)
{
	struct scrape scrape;
	int ret = 0;

	scrape_take(&scrape, o->name);
	if (o->textfile)
		ret = write_textfile(o, &scrape);
	else
		o->print(stdout, &scrape, o->peers_max);
	/* A page says itself that a link is missing. A person asked for this one. */
	if (o->name && !o->textfile && scrape.errors)
		ret = 1;
	scrape_destroy(&scrape);
	return ret;
}

int cmd_metrics(int argc, char **argv)
{
	struct options o = { .print = names_naawg, .peers_max = SIZE_MAX };

	if (!parse(&o, argc, argv))
		return usage(argv[0], prog_help(argc, argv));
	return o.http || o.listen ? serve_http(&o) : print_once(&o);
}
