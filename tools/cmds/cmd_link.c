// SPDX-License-Identifier: GPL-2.0
/* link: saves the links of a network namespace, removes them and makes them again. */

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmds/cmds.h"
#include "lib/prog.h"
#include "lib/served.h"
#include "saved/namespaces.h"
#include "saved/steps.h"

#define SUFFIX	".links"

static int usage(FILE *out)
{
	fprintf(out, "Usage: %s link save [--again] [--kind wireguard] { <file> | --all <directory> }\n"
		"       %s link { list | lost | extras | hold | remove | restore | finish } { <file> | --all <directory> }\n"
		"  save     writes the interfaces of this network namespace, with their keys, to a file in memory\n"
		"           (--again: replaces that file; --kind wireguard: interfaces of that kind, also those of the stock driver)\n"
		"  hold     adds a blackhole route behind each route over the saved interfaces\n"
		"  remove   deletes the saved interfaces\n"
		"  restore  makes the removed interfaces again, with their routes\n"
		"  finish   sets all other routes and rules back, and deletes the blackhole routes\n"
		"  list     prints the names of the saved interfaces\n"
		"  lost     prints the removed interfaces whose network namespace is not this one\n"
		"  extras   prints the saved settings that the stock driver does not have\n"
		"With --all, a command works in every network namespace, with a file for each in the directory. naawg-upgrade(8) uses these commands.\n",
		prog_name, prog_name);
	return out == stdout ? 0 : 1;
}

typedef bool (*step_fn)(struct saved *saved, const char *path, const char *where);

static const struct {
	const char *name;
	step_fn run;
} verbs[] = {
	{ "list", step_list },
	{ "extras", step_extras },
	{ "hold", step_hold },
	{ "remove", step_remove },
	{ "restore", step_restore },
	{ "finish", step_finish },
};

static step_fn step_of(const char *verb)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verb, verbs[i].name))
			return verbs[i].run;
	return NULL;
}

/* Returns true if there are none. */
static bool print_lost(const struct saved *saved)
{
	bool none = true;
	size_t i;

	for (i = 0; i < saved->n_links; i++) {
		if (!saved->links[i].removed)
			continue;
		puts(saved->links[i].name);
		none = false;
	}
	return none;
}

/* Options of `save'. */
struct saving {
	bool again, wireguard;
};

static bool save_one(const char *path, struct saving saving)
{
	return saving.again ? step_save_again(path, saving.wireguard) :
			      step_save(path, saving.wireguard);
}

/* Returns the number of words that were options, or -1. */
static int parse_saving(int argc, char **argv, struct saving *saving)
{
	int n;

	memset(saving, 0, sizeof(*saving));
	for (n = 0; n < argc; n++) {
		if (!strcmp(argv[n], "--again")) {
			saving->again = true;
		} else if (!strcmp(argv[n], "--kind")) {
			if (++n == argc || strcmp(argv[n], SERVED_KIND))
				return -1;
			saving->wireguard = true;
		} else {
			break;
		}
	}
	return n;
}

static bool works_anywhere(const char *verb)
{
	return !strcmp(verb, "list") || !strcmp(verb, "extras");
}

static bool run_one(const char *verb, const char *path)
{
	struct saved saved;
	bool ok = true, here;

	if (!saved_read(&saved, path))
		return false;
	here = step_is_here(&saved);
	if (!strcmp(verb, "lost")) {
		ok = here || print_lost(&saved);
	} else if (!here && !works_anywhere(verb)) {
		fprintf(stderr, "%s: %s was saved in another network namespace\n", prog_name, path);
		ok = false;
	} else {
		ok = step_of(verb)(&saved, path, "");
	}
	saved_destroy(&saved);
	return ok;
}

static bool path_of(char path[static PATH_MAX], const char *dir, ino_t inode)
{
	return snprintf(path, PATH_MAX, "%s/%lu" SUFFIX, dir, (unsigned long)inode) < PATH_MAX;
}

/* Lists the namespaces that have a file. Returns their number or a negative errno. */
static int read_directory(const char *dir, ino_t **inodes)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;
	ino_t *moved;
	char *end;
	int n = 0;

	*inodes = NULL;
	if (!stream)
		return -errno;
	while ((entry = readdir(stream))) {
		unsigned long inode = strtoul(entry->d_name, &end, 10);

		if (end == entry->d_name || strcmp(end, SUFFIX))
			continue;
		moved = realloc(*inodes, (n + 1) * sizeof(**inodes));
		if (!moved) {
			closedir(stream);
			return -ENOMEM;
		}
		*inodes = moved;
		moved[n++] = inode;
	}
	closedir(stream);
	return n;
}

static const struct namespace *find(const struct namespaces *all, ino_t inode)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->list[i].inode == inode)
			return &all->list[i];
	return NULL;
}

/* Makes messages name the network namespace. */
static void set_place(char *text, size_t room, const char *name, const struct namespace *ns)
{
	snprintf(text, room, "%s: %s", name, ns->where);
	prog_name = text;
}

static bool save_all(const struct namespaces *all, const char *dir, struct saving saving)
{
	const char *name = prog_name;
	char path[PATH_MAX], place[PATH_MAX];
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < all->n; i++) {
		set_place(place, sizeof(place), name, &all->list[i]);
		ok = namespace_enter(&all->list[i]) && path_of(path, dir, all->list[i].inode) &&
		     save_one(path, saving);
	}
	prog_name = name;
	return ok;
}

/* If the network namespace is gone, there is nothing to do but to name its links. */
static bool run_in(const struct namespace *ns, const char *verb, const char *path)
{
	char where[sizeof(ns->where) + sizeof(" in ")];
	struct saved saved;
	bool ok, here;

	if (!saved_read(&saved, path))
		return false;
	ok = !ns || namespace_enter(ns);
	here = ns && ok && step_is_here(&saved);
	snprintf(where, sizeof(where), " in %s", ns ? ns->where : "a namespace that is gone");
	if (!strcmp(verb, "lost"))
		ok &= here || print_lost(&saved);
	else if (here || works_anywhere(verb))
		ok = step_of(verb)(&saved, path, where);
	saved_destroy(&saved);
	return ok;
}

static bool run_all(const struct namespaces *all, const char *verb, const char *dir,
		    const ino_t *inodes, int n)
{
	const char *name = prog_name;
	char path[PATH_MAX], place[PATH_MAX];
	bool ok = true;
	int i;

	for (i = 0; i < n; i++) {
		const struct namespace *ns = find(all, inodes[i]);

		if (ns)
			set_place(place, sizeof(place), name, ns);
		ok &= path_of(path, dir, inodes[i]) && run_in(ns, verb, path);
		prog_name = name;
	}
	return ok;
}

static int everywhere(const char *verb, const char *dir, struct saving saving)
{
	bool saves = !strcmp(verb, "save"), ok = false;
	struct namespaces all = { 0 };
	ino_t *inodes;
	int n = read_directory(dir, &inodes), ret = n;

	if (ret >= 0)
		ret = namespaces_find(&all, saves ? NULL : inodes, n);
	if (ret < 0)
		fprintf(stderr, "%s: %s: %s\n", prog_name, dir, strerror(-ret));
	else if (saves)
		ok = save_all(&all, dir, saving);
	else
		ok = run_all(&all, verb, dir, inodes, n);
	namespaces_close(&all);
	free(inodes);
	return ok ? 0 : 1;
}

int cmd_link(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	bool saves = !strcmp(verb, "save");
	struct saving saving = { 0 };
	int options = 0;

	if (prog_help(argc, argv))
		return usage(stdout);
	if (saves)
		options = parse_saving(argc - 2, argv + 2, &saving);
	if (options < 0)
		return usage(stderr);
	argc -= 2 + options;
	argv += 2 + options;
	if (!saves && strcmp(verb, "lost") && !step_of(verb))
		return usage(stderr);
	if (argc == 2 && !strcmp(argv[0], "--all"))
		return everywhere(verb, argv[1], saving);
	if (argc != 1 || argv[0][0] == '-')
		return usage(stderr);
	return (saves ? save_one(argv[0], saving) : run_one(verb, argv[0])) ? 0 : 1;
}
