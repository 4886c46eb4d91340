// SPDX-License-Identifier: GPL-2.0
/*
 * The words that may follow on a command line, for the completion of shells.
 *
 * The scripts for bash, zsh and fish call `naawg complete' and print its answer, so this
 * table is the only one.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmds/complete.h"
#include "conf/quick_conf.h"
#include "lib/forward.h"
#include "lib/keys.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/reference.h"
#include "netcfg/state.h"

/*
 * The first row counts whose command is that of the line, and whose word before or place
 * fits. Words that begin with @ stand for the names of objects.
 */
static const struct row {
	const char *cmd;	/* of naawg, "quick" for naawg-quick; NULL: any */
	const char *before;	/* the word before; NULL: any */
	int place;		/* of the word; the command has 1; 0: any */
	const char *words;
} rows[] = {
	{ NULL, "--peer", 0, "@peer" },
	{ NULL, "--policy", 0, "@file" },
	{ NULL, "--pair", 0, "@file" },
	{ NULL, "--textfile", 0, "@file" },
	{ NULL, "--exec", 0, "@file" },
	{ NULL, "--check", 0, "@file" },
	{ NULL, "--names", 0, "naawg mdlayher mindflavor" },
	{ NULL, "--sort", 0, "name state in out seen total reason" },
	{ NULL, "--max-age", 0, "" },
	{ NULL, "--wait", 0, "" },
	{ NULL, "--timeout", 0, "" },
	{ NULL, "--name", 0, "" },
	{ NULL, "--endpoint", 0, "" },
	{ NULL, "--address", 0, "" },
	{ NULL, "--allowed-ips", 0, "" },
	{ NULL, "--dns", 0, "" },
	{ NULL, "--keepalive", 0, "" },
	{ NULL, "--peers-max", 0, "" },
	{ NULL, "--listen", 0, "" },
	{ "quick", NULL, 1, "up down check save strip reload help" },
	{ "quick", "up", 2, "@tunnel --strict --adopt" },
	{ "quick", "down", 2, "@tunnel --lift" },
	{ "quick", "check", 2, "@tunnel --strict" },
	{ "quick", "reload", 2, "@tunnel --strict" },
	{ "quick", "strip", 2, "@tunnel --wg" },
	{ "quick", NULL, 0, "@tunnel" },
	{ "show", NULL, 2, "@interface all interfaces --json --watch" },
	{ "show", NULL, 3, "public-key private-key listen-port fwmark peers preshared-keys endpoints allowed-ips latest-handshakes transfer persistent-keepalive forbidden dump --json --watch" },
	{ "showconf", NULL, 2, "@interface" },
	{ "set", NULL, 2, "@interface" },
	{ "set", "private-key", 0, "@file" },
	{ "set", "preshared-key", 0, "@file" },
	{ "set", "peer", 0, "@key" },
	{ "set", "listen-port", 0, "" },
	{ "set", "endpoint", 0, "" },
	{ "set", "allowed-ips", 0, "" },
	{ "set", "forbid", 0, "" },
	{ "set", "fwmark", 0, "off" },
	{ "set", "persistent-keepalive", 0, "off" },
	{ "set", "answer-unreachable", 0, "on off" },
	{ "set", NULL, 3, "listen-port fwmark answer-unreachable private-key forbid peer" },
	{ "set", NULL, 0, "listen-port fwmark answer-unreachable private-key forbid peer remove preshared-key endpoint persistent-keepalive allowed-ips" },
	{ "setconf", NULL, 2, "@interface" },
	{ "setconf", NULL, 3, "@file" },
	{ "addconf", NULL, 2, "@interface" },
	{ "addconf", NULL, 3, "@file" },
	{ "syncconf", NULL, 2, "@interface" },
	{ "syncconf", NULL, 3, "@file" },
	{ "pubkey", NULL, 2, "--check" },
	{ "stats", NULL, 0, "@interface all --json" },
	{ "metrics", NULL, 0, "@interface all --names --peers-max --textfile --http --listen" },
	{ "top", "-n", 0, "" },
	{ "top", "-d", 0, "" },
	{ "top", NULL, 0, "@interface all --batch --json --sort --reverse -n -d" },
	{ "peer", NULL, 2, "list show rename remove reissue" },
	{ "peer", "list", 3, "@tunnel @interface all --json" },
	{ "peer", NULL, 3, "@tunnel @interface --json" },
	{ "peer", NULL, 4, "@peer" },
	{ "peer", NULL, 0, "--endpoint --address --allowed-ips --dns --keepalive --no-psk" },
	{ "explain", NULL, 0, "@reference --json" },
	{ "monitor", NULL, 0, "@interface all --json --exec --journal --timeout" },
	{ "forward", NULL, 2, "@interface" },
	{ "forward", NULL, 3, "list add del flush replace" },
	{ "forward", "list", 4, "--json" },
	{ "forward", "flush", 4, "--kill" },
	{ "forward", "replace", 0, "@file --kill" },
	{ "forward", "del", 0, "@forward --kill" },
	{ "forward", "from", 0, "@key" },
	{ "forward", "dev", 0, "@link" },
	{ "forward", NULL, 0, "dev from no-masquerade" },
	{ "strip", NULL, 2, "@file" },
	{ "apply", NULL, 0, "@tunnel --dry-run --json --allow-wildcard --strict --policy" },
	{ "check", NULL, 2, "@interface" },
	{ "check", NULL, 0, "--peer --max-age --wait --any --all --json" },
	{ "rekey", NULL, 2, "@interface" },
	{ "rekey", "peer", 0, "@peer" },
	{ "rekey", NULL, 0, "peer --timeout --json" },
	{ "callers", NULL, 0, "@interface --json" },
	{ "diag", NULL, 0, "@interface all --json --probe --pair" },
	{ "check-config", NULL, 0, "@tunnel --allow-wildcard --strict --json --policy" },
	{ "client-config", NULL, 2, "@tunnel" },
	{ "client-config", NULL, 0, "--name --endpoint --address --allowed-ips --dns --keepalive --no-psk" },
	{ "endpoints", NULL, 2, "refresh" },
	{ "endpoints", NULL, 0, "@interface all --json" },
	{ "link", NULL, 2, "save list lost extras hold remove restore finish" },
	{ "link", NULL, 0, "@file --all --again --kind" },
	{ "version", NULL, 2, "--json" },
};

/* The line, whose last word is unfinished. */
struct typed {
	int n;
	char **words;
	const char *last;
};

static void offer(const struct typed *typed, const char *word)
{
	if (*word && !strncmp(word, typed->last, strlen(typed->last)))
		puts(word);
}

static void offer_links(const struct typed *typed, bool naawg_only)
{
	struct link_list links;
	size_t i;

	if (nl_list_links(&links, naawg_only))
		return;
	for (i = 0; i < links.n; i++)
		offer(typed, links.links[i].name);
	link_list_destroy(&links);
}

/* A word with a slash is a path. */
static void offer_tunnels(const struct typed *typed)
{
	struct dirent *entry;
	char name[256];
	size_t len;
	DIR *dir;

	if (strchr(typed->last, '/')) {
		puts(":files");
		return;
	}
	dir = opendir(CONF_DIR);
	while (dir && (entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (len <= 5 || strcmp(entry->d_name + len - 5, ".conf") ||
		    !strcmp(entry->d_name, "policy.conf"))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(len - 5), entry->d_name);
		offer(typed, name);
	}
	if (dir)
		closedir(dir);
}

/* The interface of the line; a file counts by its name. */
static void interface_of(const struct typed *typed, char name[static IFNAMSIZ])
{
	int at = typed->n > 3 && !strcmp(typed->words[1], "peer") ? 3 : 2;
	const char *word = at < typed->n - 1 ? typed->words[at] : "", *slash = strrchr(word, '/');
	size_t len;

	word = slash ? slash + 1 : word;
	len = strlen(word);
	if (len > 5 && !strcmp(word + len - 5, ".conf"))
		len -= 5;
	snprintf(name, IFNAMSIZ, "%.*s", len < IFNAMSIZ ? (int)len : 0, word);
}

/* With @named, a name stands for its key. */
static void offer_peers(const struct typed *typed, bool named)
{
	char name[IFNAMSIZ], key[KEY_TEXT_LEN];
	struct device dev;
	size_t i;

	interface_of(typed, name);
	if (!*name || nl_get_stats(name, &dev))
		return;
	if (named)
		state_names(&dev);
	for (i = 0; i < dev.n_peers; i++) {
		key_to_text(key, dev.peers[i].public_key);
		offer(typed, dev.peers[i].name[0] ? dev.peers[i].name : key);
	}
	device_destroy(&dev);
}

/* Ports and protocol are enough for `forward del'. */
static void offer_forwards(const struct typed *typed)
{
	char name[IFNAMSIZ], text[FORWARD_TEXT_LEN];
	struct device dev;
	size_t i;

	interface_of(typed, name);
	device_init(&dev, name);
	if (!nl_get_forwards(&dev)) {
		for (i = 0; i < dev.n_forwards; i++) {
			forward_text(text, &dev.forwards[i]);
			text[strcspn(text, " ")] = '\0';
			offer(typed, text);
		}
	}
	device_destroy(&dev);
}

static void offer_references(const struct typed *typed)
{
	const struct reference *all;
	size_t n, i;

	all = reference_all(&n);
	for (i = 0; i < n; i++)
		offer(typed, all[i].name);
}

static void offer_word(const struct typed *typed, const char *word)
{
	if (!strcmp(word, "@file"))
		puts(":files");
	else if (!strcmp(word, "@interface") || !strcmp(word, "@link"))
		offer_links(typed, word[1] == 'i');
	else if (!strcmp(word, "@tunnel"))
		offer_tunnels(typed);
	else if (!strcmp(word, "@peer") || !strcmp(word, "@key"))
		offer_peers(typed, word[1] == 'p');
	else if (!strcmp(word, "@forward"))
		offer_forwards(typed);
	else if (!strcmp(word, "@reference"))
		offer_references(typed);
	else
		offer(typed, word);
}

bool complete_is_quick(const char *program)
{
	size_t len = strlen(program);

	return len > 6 && !strcmp(program + len - 6, "-quick");
}

static const struct row *find(const struct typed *typed)
{
	const char *cmd = complete_is_quick(typed->words[0]) ? "quick" : typed->words[1];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].cmd && strcmp(rows[i].cmd, cmd))
			continue;
		if (rows[i].before && strcmp(rows[i].before, typed->words[typed->n - 2]))
			continue;
		if (!rows[i].place || rows[i].place == typed->n - 1)
			return &rows[i];
	}
	return NULL;
}

void complete(int n, char **words)
{
	struct typed typed = { .n = n, .words = words, .last = words[n - 1] };
	const struct row *row = n >= 2 ? find(&typed) : NULL;
	char *copy = row ? strdup(row->words) : NULL, *rest = copy, *word;

	while (rest && (word = strsep(&rest, " ")))
		if (*word)
			offer_word(&typed, word);
	free(copy);
}
