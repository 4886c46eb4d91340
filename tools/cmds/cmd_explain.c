// SPDX-License-Identifier: GPL-2.0
/* explain: the meaning of a name that stats, modinfo or perf prints, and what to do. */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmds/cmds.h"
#include "lib/json.h"
#include "lib/prog.h"
#include "lib/reference.h"

#define SIMILAR_MAX	5

static void json_one(const struct reference *r)
{
	char plain[REFERENCE_TEXT_LEN];

	json_open(NULL, '{');
	json_string("name", r->name);
	json_string("kind", reference_kind_name(r->kind));
	if (r->values)
		json_string("values", r->values);
	json_string("meaning", reference_plain(plain, r->meaning));
	json_string("action", reference_plain(plain, r->action));
	json_close('}');
}

/* The module may be newer than this program. */
static void unknown(const char *name)
{
	const struct reference *similar[SIMILAR_MAX];
	size_t n = reference_near(name, similar, SIMILAR_MAX), i;

	fprintf(stderr, "%s: no reason, counter, module parameter or trace point is called `%s'\n",
		prog_name, name);
	if (n) {
		fprintf(stderr, "%s: similar names:", prog_name);
		for (i = 0; i < n; i++)
			fprintf(stderr, "%s %s", i ? "," : "", similar[i]->name);
		fputc('\n', stderr);
	} else {
		fprintf(stderr, "%s: `naawg explain' lists all names\n", prog_name);
	}
	fprintf(stderr, "%s: if the kernel module prints this name, the module is newer than this program. Compare the versions: naawg version\n",
		prog_name);
}

static bool all_known(char **names, int n)
{
	bool known = true;
	int i;

	for (i = 0; i < n; i++) {
		if (!reference_find(names[i])) {
			unknown(names[i]);
			known = false;
		}
	}
	return known;
}

static void print_all(void)
{
	static const char *const titles[REFERENCE_KINDS] = {
		[REFERENCE_DROP] = "Drop reasons",
		[REFERENCE_HANDSHAKE] = "Handshake reasons",
		[REFERENCE_COUNTER] = "Counters",
		[REFERENCE_PARAMETER] = "Module parameters",
		[REFERENCE_TRACE] = "Trace points",
	};
	enum reference_kind kind;

	for (kind = 0; kind < REFERENCE_KINDS; kind++) {
		if (kind)
			putchar('\n');
		reference_print_kind(kind, titles[kind]);
	}
}

static void print_these(char **names, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (i)
			putchar('\n');
		reference_print(reference_find(names[i]));
	}
}

static void json(char **names, int n)
{
	const struct reference *all;
	size_t count, i;

	all = reference_all(&count);
	json_open(NULL, '{');
	json_open("explanations", '[');
	for (i = 0; !n && i < count; i++)
		json_one(&all[i]);
	for (i = 0; i < (size_t)n; i++)
		json_one(reference_find(names[i]));
	json_close(']');
	json_close('}');
}

/* Options may stand anywhere. Returns how many names are left, or -1. */
static int take_options(int argc, char **argv, bool *as_json)
{
	int i, n = 0;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			*as_json = true;
		else if (argv[i][0] == '-' || !argv[i][0])
			return -1;
		else
			argv[n++] = argv[i];
	}
	return n;
}

int cmd_explain(int argc, char **argv)
{
	bool help = prog_help(argc, argv), as_json = false;
	const char *command = argv[0];
	int n;

	n = take_options(argc, argv, &as_json);
	if (n < 0) {
		fprintf(help ? stdout : stderr, "Usage: %s %s [--json] [<name>]...\n", prog_name,
			command);
		return !help;
	}
	if (!all_known(argv, n))
		return 1;
	if (as_json)
		json(argv, n);
	else if (n)
		print_these(argv, n);
	else
		print_all();
	return 0;
}
