// SPDX-License-Identifier: GPL-2.0
/* apply: makes a link what a file says, and prints the changes. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/apply.h"
#include "apply/lock.h"
#include "cmds/cmds.h"
#include "conf/conf_file.h"
#include "lib/prog.h"

#define EXIT_CHANGED	2

static int usage(const char *cmd, int ret)
{
	fprintf(ret ? stderr : stdout, "Usage: %s %s [--dry-run] [--allow-wildcard] [--strict] [--policy <file>] { <interface> | <interface.conf> }\n"
		"Exit status: 0 nothing to change, 2 changed (or would be), 1 refused and left as it was\n",
		prog_name, cmd);
	return ret;
}

static int run(struct apply *apply, bool dry)
{
	int lock = apply_lock(apply->name), n = -1;

	if (lock < 0)
		return 1;
	if (conf_file_is_private(apply->path) && apply_read(apply)) {
		if (apply_plan(apply))
			n = apply_run(apply, !dry);
		apply_destroy(apply);
	}
	close(lock);
	if (n < 0)
		return 1;
	puts(n ? "changed" : "unchanged");
	return n ? EXIT_CHANGED : 0;
}

int cmd_apply(int argc, char **argv)
{
	struct apply apply = { .out = stdout };
	const char *given = NULL;
	bool dry = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		if (!strcmp(argv[i], "--dry-run"))
			dry = true;
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
	return run(&apply, dry);
}
