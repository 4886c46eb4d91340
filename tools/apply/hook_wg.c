// SPDX-License-Identifier: GPL-2.0
/*
 * The wg that hooks call.
 *
 * Hooks in files that providers write call wg for the link of the file. They find this
 * program as wg in the first directory of PATH. That directory stays until the link is
 * removed, as a hook may leave a process behind.
 */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/hook_wg.h"
#include "lib/nl_links.h"

/* No link's name begins with ~, and PATH is not split at it as it is at a colon. */
#define WG_DIR	"~wg"

static bool own_program(char path[static PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (n <= 0)
		return false;
	path[n] = '\0';
	return !access(path, X_OK);
}

/* Whether no other user can create files there. */
static bool is_ours(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & 0022);
}

static bool link_to(const char *program, const char *path)
{
	char there[PATH_MAX];
	ssize_t n = readlink(path, there, sizeof(there) - 1);

	if (n > 0 && (size_t)n == strlen(program) && !memcmp(there, program, n))
		return true;
	return (!unlink(path) || errno == ENOENT) && !symlink(program, path);
}

static bool wg_in(char path[static STATE_BESIDE_LEN + 3], const char *dir)
{
	return snprintf(path, STATE_BESIDE_LEN + 3, "%s/wg", dir) < STATE_BESIDE_LEN + 3;
}

bool hook_wg_dir(char path[static STATE_BESIDE_LEN], const char *name)
{
	char program[PATH_MAX], wg[STATE_BESIDE_LEN + 3];

	if (!own_program(program) || !state_dir() || !is_ours(STATE_DIR) ||
	    !state_beside(path, name, WG_DIR) || !wg_in(wg, path))
		return false;
	if (mkdir(path, 0700) && errno != EEXIST)
		return false;
	return is_ours(path) && link_to(program, wg);
}

void hook_wg_remove(const char *name)
{
	char path[STATE_BESIDE_LEN], wg[STATE_BESIDE_LEN + 3];

	if (!state_beside(path, name, WG_DIR) || !wg_in(wg, path))
		return;
	unlink(wg);
	rmdir(path);
}

static bool is_stock(const char *name)
{
	struct link_name link;

	return !nl_find_link(&link, name) && link_is_stock(&link);
}

/* Runs the first wg in PATH that is another program. */
static void run_other(char **argv)
{
	char own[PATH_MAX], path[PATH_MAX], real[PATH_MAX];
	char *dirs = strdup(getenv("PATH") ? getenv("PATH") : ""), *rest = dirs, *dir;

	while (dirs && own_program(own) && (dir = strsep(&rest, ":"))) {
		if (*dir != '/' || snprintf(path, sizeof(path), "%s/wg", dir) >= PATH_MAX)
			continue;
		if (!access(path, X_OK) && realpath(path, real) && strcmp(real, own))
			execv(path, argv);
	}
	free(dirs);
}

void hook_wg_yield(int argc, char **argv)
{
	/* Every command of wg about one link has its name as second word. */
	if (argc > 2 && getenv("NAAWG_QUICK") && is_stock(argv[2]))
		run_other(argv);
}
