// SPDX-License-Identifier: GPL-2.0
/* Runs other programs. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/files.h"
#include "lib/prog.h"
#include "lib/spawn.h"

#define USUAL_PATH	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

bool spawn_find(const char *program, char path[static SPAWN_PATH_LEN])
{
	static const char * const dirs[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
					     "/usr/bin", "/sbin", "/bin" };
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, SPAWN_PATH_LEN, "%s/%s", dirs[i], program);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

bool spawn_finds(const char *program)
{
	char path[SPAWN_PATH_LEN];

	return spawn_find(program, path);
}

/* SIGPIPE of a program that does not read must not end this one. */
static void feed(int fd, const char *input)
{
	signal(SIGPIPE, SIG_IGN);
	file_write_all(fd, input, strlen(input));
	signal(SIGPIPE, SIG_DFL);
}

/* The environment of a hook. */
struct hook {
	const char *command;
	const char *first;	/* the first directory of PATH; may be NULL */
};

static void hook_environment(const struct hook *hook)
{
	const char *path = getenv("PATH");
	char *longer;

	setenv("NAAWG_HOOK", hook->command, 1);
	/* An empty entry behind a colon would be the current directory. */
	if (hook->first && asprintf(&longer, "%s%s%s", hook->first, *path ? ":" : "", path) > 0)
		setenv("PATH", longer, 1);
}

static void become(char *const argv[], const struct hook *hook, int input)
{
	/* A hook may read from the terminal, as with wg-quick. */
	if (!hook)
		dup2(input, STDIN_FILENO);
	setenv("PATH", USUAL_PATH, 0);
	if (hook)
		hook_environment(hook);
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s: %s\n", prog_name, argv[0], strerror(errno));
	_exit(127);
}

static int run(char *const argv[], const char *input, const struct hook *hook)
{
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return 127;
	fflush(stdout);
	fflush(stderr);
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return 127;
	}
	if (!pid)
		become(argv, hook, ends[0]);
	close(ends[0]);
	if (input)
		feed(ends[1], input);
	close(ends[1]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int spawn(char *const argv[], const char *input)
{
	return run(argv, input, NULL);
}

/* Returns @line with %i replaced by @interface; the caller frees it. */
static char *with_interface(const char *line, const char *interface)
{
	size_t n = 1, len = strlen(interface);
	char *command, *to;
	const char *p;

	for (p = line; *p; p++)
		n += p[0] == '%' && p[1] == 'i' ? len : 1;
	command = malloc(n);
	if (!command)
		return NULL;
	for (p = line, to = command; *p; p++) {
		if (p[0] == '%' && p[1] == 'i') {
			to = stpcpy(to, interface);
			p++;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
	return command;
}

/*
 * The hook is passed in the environment: it may hold a secret, and every user can read
 * arguments. Most files were written for wg-quick, so hooks stop at the first failure and
 * have the shell options, the language and INTERFACE of wg-quick.
 */
int spawn_shell(const char *line, const char *interface, const char *first)
{
	char script[] = "set -e\n"
			"(set -o pipefail) 2>/dev/null && set -o pipefail\n"
			"[ -z \"$BASH_VERSION\" ] || shopt -s extglob\n"
			"export LC_ALL=C\n"
			"INTERFACE=$NAAWG_QUICK\n"
			"hook=$NAAWG_HOOK; unset NAAWG_HOOK; eval \"$hook\"";
	char bash[] = "/bin/bash", sh[] = "/bin/sh", option[] = "-c";
	char *argv[] = { access(bash, X_OK) ? sh : bash, option, script, NULL };
	struct hook hook = { .first = first };
	char *command;
	int ret;

	command = with_interface(line, interface);
	if (!command)
		return 127;
	hook.command = command;
	ret = run(argv, NULL, &hook);
	explicit_bzero(command, strlen(command));
	free(command);
	return ret;
}
