// SPDX-License-Identifier: GPL-2.0
/* Other programs. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prog.h"
#include "quick/spawn.h"

bool spawn_finds(const char *program)
{
	static const char * const dirs[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
					     "/usr/bin", "/sbin", "/bin" };
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], program);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

/* A program that does not read must not be our end. */
static void feed(int fd, const char *input)
{
	size_t left = strlen(input);
	ssize_t n;

	signal(SIGPIPE, SIG_IGN);
	while (left) {
		n = write(fd, input, left);
		if (n < 0)
			break;
		input += n;
		left -= n;
	}
	signal(SIGPIPE, SIG_DFL);
}

/* @hook: for the environment, or NULL */
static int run(char *const argv[], const char *input, const char *hook)
{
	int ends[2], status;
	pid_t pid;

	if (pipe(ends))
		return 127;
	fflush(stdout);
	fflush(stderr);
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return 127;
	}
	if (!pid) {
		dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		close(ends[1]);
		if (hook)
			setenv("NAAWG_HOOK", hook, 1);
		setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
		execvp(argv[0], argv);
		fprintf(stderr, "%s: %s: %s\n", prog_name, argv[0], strerror(errno));
		_exit(127);
	}
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

/* Everybody may read a program's arguments, and a hook may hold a secret. */
int spawn_shell(const char *line, const char *interface)
{
	char script[] = "hook=$NAAWG_HOOK; unset NAAWG_HOOK; eval \"$hook\"";
	char bash[] = "/bin/bash", sh[] = "/bin/sh", option[] = "-c";
	char *argv[] = { access(bash, X_OK) ? sh : bash, option, script, NULL };
	size_t n = 1, len = strlen(interface);
	char *command, *to;
	const char *p;
	int ret;

	for (p = line; *p; p++)
		n += p[0] == '%' && p[1] == 'i' ? len : 1;
	command = malloc(n);
	if (!command)
		return 127;
	for (p = line, to = command; *p; p++) {
		if (p[0] == '%' && p[1] == 'i') {
			to = stpcpy(to, interface);
			p++;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
	ret = run(argv, NULL, command);
	explicit_bzero(command, n);
	free(command);
	return ret;
}
