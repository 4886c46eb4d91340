// SPDX-License-Identifier: GPL-2.0
/* forward: lists and changes the port forwards of a device. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmds/cmds.h"
#include "cmds/show.h"
#include "lib/forward.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/nl.h"
#include "lib/nlsock.h"
#include "lib/prog.h"
#include "lib/text.h"
#include "netcfg/forward_report.h"

static int usage(FILE *out)
{
	fprintf(out, "Usage: %s forward <interface> list [--json]\n"
		"       %s forward <interface> add <forward>...\n"
		"       %s forward <interface> del [--kill] <forward>...\n"
		"       %s forward <interface> flush [--kill]\n"
		"       %s forward <interface> replace [--kill] { <file> | - }\n"
		"A forward is <port>[-<last>]:{tcp|udp}[:<address>[:<port>]] [dev <interface>] [from <peer's public key or prefix>] [no-masquerade]\n"
		"Without an address it is the port of this host itself. For del, port and protocol are enough.\n",
		prog_name, prog_name, prog_name, prog_name, prog_name);
	return out == stdout ? 0 : 1;
}

/* Counters are printed as comments, so that replace can read the list. */
static void list_text(const struct device *dev)
{
	char text[FORWARD_TEXT_LEN];
	size_t i;

	for (i = 0; i < dev->n_forwards; i++) {
		printf("%s\t", forward_text(text, &dev->forwards[i]));
		show_forward_counters(stdout, &dev->forwards[i]);
		putchar('\n');
	}
}

static int list(struct device *dev, bool json)
{
	int error = nl_get_forwards(dev);

	if (error) {
		fprintf(stderr, "Unable to list forwards: %s\n", strerror(-error));
		hint(error, dev->name);
		return 1;
	}
	if (json) {
		json_open(NULL, '{');
		json_string("device", dev->name);
		show_json_forwards(dev);
		json_close('}');
	} else {
		list_text(dev);
	}
	return 0;
}

/* Reads a stream into one string. NULL: that failed, and why was printed. */
static char *slurp(FILE *in)
{
	size_t room = 4096, n = 0;
	char *text = malloc(room), *moved;

	while (text) {
		n += fread(text + n, 1, room - n - 1, in);
		if (n + 1 < room)
			break;
		moved = realloc(text, room *= 2);
		if (!moved)
			free(text);
		text = moved;
	}
	if (!text || ferror(in)) {
		perror("read");
		free(text);
		return NULL;
	}
	text[n] = '\0';
	if (strlen(text) == n)
		return text;
	fputs("A list of forwards must be text without NUL bytes\n", stderr);
	free(text);
	return NULL;
}

static bool parse_file(struct device *dev, const char *path)
{
	bool ok = false;
	FILE *in = stdin;
	char *text;

	if (strcmp(path, "-"))
		in = fopen(path, "r");
	if (!in) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	text_skip_bom(in);
	text = slurp(in);
	if (in != stdin)
		fclose(in);
	if (text)
		ok = forward_parse(dev, text, stderr);
	free(text);
	return ok;
}

/* One argument may hold a whole list, or one word of a forward. */
static bool parse_args(struct device *dev, int argc, char **argv)
{
	size_t len = 1;
	char *text, *p;
	bool ok;
	int i;

	for (i = 0; i < argc; i++)
		len += strlen(argv[i]) + 1;
	text = malloc(len);
	if (!text) {
		perror("malloc");
		return false;
	}
	*text = '\0';
	/* An argument ends a line, and so it ends a comment. */
	for (i = 0, p = text; i < argc; i++)
		p += sprintf(p, "%s\n", argv[i]);
	ok = forward_parse(dev, text, stderr);
	if (ok && !dev->n_forwards) {
		fputs("There is no forward among the arguments\n", stderr);
		ok = false;
	}
	free(text);
	return ok;
}

static int change(struct device *dev, unsigned int flags)
{
	size_t refused;
	int error = nl_set_forwards(dev, flags, &refused);
	char *says;

	if (!forwards_result(error, dev, refused))
		return 1;
	/* Copy the message, as the requests of forward_warnings() overwrite it. */
	says = nlsock_extack_msg[0] ? strdup(nlsock_extack_msg) : NULL;
	if ((flags & FORWARDS_REMOVE || !forward_warnings(dev)) && says)
		fprintf(stderr, "%s: warning: %s\n", prog_name, says);
	free(says);
	return 0;
}

/* Removes @option from the arguments. False: it was not there. */
static bool take(int *argc, char **argv, const char *option)
{
	int i, n = 0;

	for (i = 0; i < *argc; i++)
		if (strcmp(argv[i], option))
			argv[n++] = argv[i];
	i = *argc;
	*argc = n;
	return n != i;
}

static int run(struct device *dev, const char *verb, int argc, char **argv)
{
	bool json = take(&argc, argv, "--json");
	unsigned int flags = take(&argc, argv, "--kill") ? FORWARDS_KILL : 0;

	if (json && strcmp(verb, "list"))
		return usage(stderr);
	if (!strcmp(verb, "list") && !argc && !flags)
		return list(dev, json);
	if (!strcmp(verb, "flush") && !argc)
		return change(dev, flags | FORWARDS_REPLACE);
	if (!strcmp(verb, "add") && argc && !flags)
		return parse_args(dev, argc, argv) ? change(dev, 0) : 1;
	if (!strcmp(verb, "del") && argc)
		return parse_args(dev, argc, argv) ? change(dev, flags | FORWARDS_REMOVE) : 1;
	if (!strcmp(verb, "replace") && argc == 1)
		return parse_file(dev, argv[0]) ? change(dev, flags | FORWARDS_REPLACE) : 1;
	return usage(stderr);
}

int cmd_forward(int argc, char **argv)
{
	struct device dev;
	int ret;

	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help") ||
			  !strcmp(argv[1], "help")))
		return usage(stdout);
	if (argc < 3)
		return usage(stderr);
	device_init(&dev, argv[1]);
	ret = run(&dev, argv[2], argc - 3, argv + 3);
	device_destroy(&dev);
	return ret;
}
