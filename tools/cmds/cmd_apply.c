// SPDX-License-Identifier: GPL-2.0
/* apply: makes a link what a file says, and prints the changes. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/apply.h"
#include "apply/lock.h"
#include "cmds/cmds.h"
#include "conf/conf_file.h"
#include "lib/json.h"
#include "lib/prog.h"

#define EXIT_CHANGED	2

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s [--dry-run] [--json] [--allow-wildcard] [--strict] [--policy <file>] { <interface> | <interface.conf> }\n"
		"Exit status: 0 nothing to change, 2 changed (or would be), 1 refused and left as it was\n",
		prog_name, cmd);
	return ret;
}

/* @text has one difference in each line. */
static void print_json(const struct apply *apply, bool dry, int n, char *text)
{
	char *rest = text, *line;

	json_open(NULL, '{');
	json_string("device", apply->name);
	json_string("file", apply->path);
	json_bool("dry_run", dry);
	json_string("result", n < 0 ? "refused" : n ? "changed" : "unchanged");
	json_open("differences", '[');
	while (rest && (line = strsep(&rest, "\n")))
		if (*line)
			json_string(NULL, line);
	json_close(']');
	json_close('}');
}

static int run(struct apply *apply, bool dry)
{
	int lock = apply_lock(apply->name), n = -1;

	if (lock < 0)
		return -1;
	if (conf_file_is_private(apply->path) && apply_read(apply)) {
		if (apply_plan(apply))
			n = apply_run(apply, !dry);
		apply_destroy(apply);
	}
	close(lock);
	return n;
}

static int run_json(struct apply *apply, bool dry)
{
	char *text = NULL;
	size_t len = 0;
	int n;

	apply->out = open_memstream(&text, &len);
	if (!apply->out) {
		fprintf(stderr, "%s: %s\n", prog_name, strerror(errno));
		return -1;
	}
	n = run(apply, dry);
	fclose(apply->out);
	print_json(apply, dry, n, text);
	free(text);
	return n;
}

int cmd_apply(int argc, char **argv)
{
	struct apply apply = { .out = stdout };
	const char *given = NULL;
	bool dry = false, json = false;
	int i, n;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		if (!strcmp(argv[i], "--dry-run"))
			dry = true;
		else if (!strcmp(argv[i], "--json"))
			json = true;
		else if (!strcmp(argv[i], "--allow-wildcard"))
			apply.leave = LEAVE_GIVEN;
		else if (!strcmp(argv[i], "--strict"))
			apply.strict = true;
		else if (!strcmp(argv[i], "--policy") && i + 1 < argc)
			apply.policy_path = argv[++i];
		else if (!given && argv[i][0] != '-')
			given = argv[i];
		else
			return usage(argv[0], 1);
	}
	if (!given)
		return usage(argv[0], 1);
	if (!conf_file_find(apply.path, apply.name, given))
		return 1;
	n = json ? run_json(&apply, dry) : run(&apply, dry);
	if (n >= 0 && !json)
		puts(n ? "changed" : "unchanged");
	return n < 0 ? 1 : n ? EXIT_CHANGED : 0;
}
