// SPDX-License-Identifier: GPL-2.0
/* diag: says what is wrong with a tunnel, likely causes first, and what mends it. */

#include <glob.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmds/cmds.h"
#include "conf/conf_file.h"
#include "conf/quick_conf.h"
#include "diag/diag.h"
#include "diag/pair.h"
#include "lib/format.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "lib/utf8.h"

static const char * const severities[] = {
	[SEVERITY_ERROR] = "error", [SEVERITY_WARNING] = "warning", [SEVERITY_INFO] = "info",
};

static int usage(const char *cmd, int ret)
{
	const struct finding_id *id;

	fprintf(ret ? stderr : stdout, "Usage: %s %s [<interface> | all] [--json] [--probe] [--pair <file>]\n",
		prog_name, cmd);
	if (ret)
		return ret;
	puts("\nFindings, likely causes first:");
	for (id = finding_ids; id->id; id++)
		printf("  %-22s %s\n", id->id, id->text);
	return 0;
}

static const char *color_of(enum severity severity)
{
	return severity == SEVERITY_ERROR ? color_red() :
	       severity == SEVERITY_WARNING ? color_yellow() : color_cyan();
}

static void print_summary(const char *name, const struct findings *found,
			  const struct diag_peers_count *count)
{
	size_t errors = findings_errors(found);

	fputs(color_bold(), stdout);
	utf8_put_shown(stdout, name);
	printf("%s: ", color_reset());
	if (errors)
		printf("%zu error%s", errors, errors == 1 ? "" : "s");
	else
		fputs("healthy", stdout);
	printf("; peers: %zu connected, %zu idle, %zu never seen, %zu without answer\n",
	       count->well, count->quiet, count->never, count->silent);
}

/* Names come from files and from other hosts, and must not control the terminal. */
static void print_finding(const struct finding *finding)
{
	printf("%s%s%s [%s]: ", color_of(finding->severity), severities[finding->severity],
	       color_reset(), finding->id);
	utf8_put_shown(stdout, finding->text ? finding->text : "");
	putchar('\n');
	if (finding->command) {
		fputs("    ", stdout);
		utf8_put_shown(stdout, finding->command);
		putchar('\n');
	}
	if (finding->file)
		printf("    and the same in %s, as this lasts only until that is read again\n",
		       finding->file);
}

static void print_text(const char *name, const struct findings *found,
		       const struct diag_peers_count *count)
{
	size_t i;

	print_summary(name, found, count);
	for (i = 0; i < found->n; i++)
		print_finding(&found->list[i]);
	for (i = 0; i < found->n_unseen; i++)
		printf("not looked at without root: %s\n", found->unseen[i]);
}

static void json_finding(const struct finding *finding)
{
	char text[KEY_TEXT_LEN];
	size_t i;

	json_open(NULL, '{');
	json_string("id", finding->id);
	json_string("severity", severities[finding->severity]);
	json_string("text", finding->text ? finding->text : "");
	if (finding->command)
		json_string("command", finding->command);
	if (finding->file)
		json_string("file", finding->file);
	if (finding->has_peer) {
		key_to_text(text, finding->peer);
		json_string("peer", text);
	}
	if (finding->peer_name[0])
		json_string("peer_name", finding->peer_name);
	if (finding->n_keys) {
		json_open("keys", '[');
		for (i = 0; i < finding->n_keys; i++) {
			key_to_text(text, finding->keys[i]);
			json_string(NULL, text);
		}
		json_close(']');
	}
	json_close('}');
}

static void print_json(const char *name, const struct findings *found,
		       const struct diag_peers_count *count)
{
	size_t i;

	json_open(NULL, '{');
	json_string("name", name);
	json_bool("healthy", !findings_errors(found));
	json_open("peers", '{');
	json_number("connected", count->well);
	json_number("idle", count->quiet);
	json_number("never_seen", count->never);
	json_number("without_answer", count->silent);
	json_close('}');
	json_open("findings", '[');
	for (i = 0; i < found->n; i++)
		json_finding(&found->list[i]);
	json_close(']');
	json_open("not_looked_at", '[');
	for (i = 0; i < found->n_unseen; i++)
		json_string(NULL, found->unseen[i]);
	json_close(']');
	json_close('}');
}

/* Returns whether there is an error. */
static bool print_found(const char *name, struct findings *found,
			const struct diag_peers_count *count, bool json)
{
	bool bad = findings_errors(found);

	if (json)
		print_json(name, found, count);
	else
		print_text(name, found, count);
	return bad;
}

static bool go_on(const char *name, struct facts *facts, const struct diag_options *options,
		  bool json)
{
	struct diag_peers_count count = { 0 };
	struct findings found = { 0 };
	bool bad;

	if (!facts) {
		fprintf(stderr, "%s: %s\n", prog_name, strerror(ENOMEM));
		return true;
	}
	diag_run(facts, &found, &count, options);
	bad = print_found(name, &found, &count, json);
	findings_destroy(&found);
	return bad;
}

static bool one(const char *name, const struct diag_options *options, bool json)
{
	return go_on(name, diag_begin(name), options, json);
}

/* Interfaces are looked at in groups, as each one takes memory until its diagnosis ends. */
#define GROUP	32

static bool group(const struct link_name *links, size_t n, const struct diag_options *options,
		  bool json)
{
	struct facts *facts[GROUP];
	bool bad = false;
	size_t i;

	for (i = 0; i < n; i++)
		facts[i] = diag_begin(links[i].name);
	for (i = 0; i < n; i++)
		bad |= go_on(links[i].name, facts[i], options, json);
	return bad;
}

/* Looks at tunnels that have a file. Returns how many there are. */
static size_t with_file(const struct diag_options *options, bool json, int *ret)
{
	char path[CONF_PATH_LEN], name[IFNAMSIZ];
	glob_t files;
	size_t i, n;

	if (glob(CONF_DIR "/*.conf", 0, NULL, &files))
		return 0;
	n = files.gl_pathc;
	for (i = 0; i < n; i++)
		if (conf_file_find(path, name, files.gl_pathv[i]))
			*ret |= one(name, options, json);
	globfree(&files);
	return n;
}

/* Links that fell back to the stock driver must not look healthy. Returns their number. */
static size_t of_stock(const struct diag_options *options, bool json, int *ret)
{
	struct link_list links;
	size_t i, n = 0;

	if (nl_list_links(&links, false))
		return 0;
	for (i = 0; i < links.n; i++) {
		if (!link_is_stock(&links.links[i]))
			continue;
		*ret |= one(links.links[i].name, options, json);
		n++;
	}
	link_list_destroy(&links);
	return n;
}

/*
 * Looks at the tunnels that ought to be there. Without any, a name that no interface has
 * still tells whether there is a module.
 */
static int absent(const struct diag_options *options, bool json)
{
	struct diag_peers_count count = { 0 };
	struct findings found = { 0 };
	struct facts *facts;
	int ret = 0;

	if (with_file(options, json, &ret) || of_stock(options, json, &ret))
		return ret;
	facts = diag_begin("naawg0");
	if (!facts)
		return 1;
	diag_run(facts, &found, &count, options);
	if (findings_have(&found, "module-missing"))
		ret = print_found("naawg0", &found, &count, json);
	else if (!json)
		puts("there is no naawg interface in this network namespace");
	findings_destroy(&found);
	return ret;
}

static int all(const struct diag_options *options, bool json)
{
	struct link_list links;
	int error = nl_list_links(&links, true), ret = 0;
	size_t i;

	if (error) {
		fprintf(stderr, "%s: cannot list interfaces: %s\n", prog_name, strerror(-error));
		hint(error, NULL);
		return 1;
	}
	for (i = 0; i < links.n; i += GROUP)
		ret |= group(&links.links[i], links.n - i < GROUP ? links.n - i : GROUP, options,
			     json);
	if (!links.n)
		ret = absent(options, json);
	link_list_destroy(&links);
	return ret;
}

int cmd_diag(int argc, char **argv)
{
	struct diag_options options = { 0 };
	const char *name = NULL, *pair = NULL;
	struct json_value *other = NULL;
	bool json = false;
	int i, ret;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		if (!strcmp(argv[i], "--json"))
			json = true;
		else if (!strcmp(argv[i], "--probe"))
			options.probe = true;
		else if (!strcmp(argv[i], "--pair") && i + 1 < argc)
			pair = argv[++i];
		else if (!name && argv[i][0] != '-')
			name = argv[i];
		else
			return usage(argv[0], 1);
	}
	if (pair) {
		other = pair_read(pair);
		if (!other)
			return 1;
	}
	options.pair = other;
	options.named = name && strcmp(name, "all");
	if (json) {
		json_open(NULL, '{');
		json_open("interfaces", '[');
	}
	if (!options.named)
		ret = all(&options, json);
	else
		ret = one(name, &options, json);
	if (json) {
		json_close(']');
		json_close('}');
	}
	json_free(other);
	return ret;
}
