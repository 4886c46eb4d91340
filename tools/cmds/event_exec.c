// SPDX-License-Identifier: GPL-2.0
/* Runs a program for each event, one at a time. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmds/event_exec.h"
#include "lib/prog.h"

#define FIELDS_MAX	32

/* Seconds between SIGTERM and SIGKILL. */
#define GRACE		5

/* An event that waits: all that the program gets. */
struct job {
	struct job *next;
	char *json;
	char *fields[FIELDS_MAX];	/* NAME=VALUE */
	size_t n_fields;
	bool missed;
};

struct event_exec {
	const char *program;
	unsigned int timeout;
	struct job *first, **end;
	struct job *last;
	size_t n;
	pid_t pid;			/* 0: no program runs */
	int fd;
	time_t due;			/* on the monotonic clock */
	bool asked;			/* it received SIGTERM */
};

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

struct event_exec *event_exec_new(const char *program, unsigned int timeout)
{
	struct event_exec *exec = calloc(1, sizeof(*exec));

	if (!exec)
		return NULL;
	/* ignored signals are inherited, and this one would hide the end of programs */
	signal(SIGCHLD, SIG_DFL);
	exec->program = program;
	exec->timeout = timeout;
	exec->end = &exec->first;
	exec->fd = -1;
	return exec;
}

static void job_free(struct job *job)
{
	size_t i;

	for (i = 0; i < job->n_fields; i++)
		free(job->fields[i]);
	free(job->json);
	free(job);
}

static void add_field(const char *name, const char *value, void *arg)
{
	struct job *job = arg;
	char *field;

	if (job->n_fields == FIELDS_MAX || asprintf(&field, "%s=%s", name, value) < 0)
		return;
	job->fields[job->n_fields++] = field;
}

static struct job *job_new(const struct event *event)
{
	struct job *job = calloc(1, sizeof(*job));
	size_t len;
	FILE *out;

	if (!job)
		return NULL;
	out = open_memstream(&job->json, &len);
	if (!out) {
		free(job);
		return NULL;
	}
	event_print_json(out, event);
	fclose(out);
	event_fields(event, add_field, job);
	job->missed = event->kind == EVENT_MISSED;
	return job;
}

static bool append(struct event_exec *exec, const struct event *event)
{
	struct job *job = job_new(event);

	if (!job)
		return false;
	*exec->end = job;
	exec->end = &job->next;
	exec->last = job;
	exec->n++;
	return true;
}

static bool append_one(const struct event *event, void *arg)
{
	return append(arg, event);
}

bool event_exec_add(struct event_exec *exec, const struct event *event)
{
	if (exec->n < EVENT_EXEC_MAX)
		return append(exec, event);
	if (exec->last->missed)
		return true;
	return event_each(EVENT_MISSED, NULL, append_one, exec);
}

/* --- the program ----------------------------------------------------------- */

/* A value of another event must not be taken for one of this event. */
static void set_environment(const struct job *job)
{
	char name[64];
	size_t i, len;
	char **env;

	for (env = environ; *env;) {
		len = strcspn(*env, "=");
		if (strncmp(*env, "NAAWG_", 6) || len >= sizeof(name)) {
			env++;
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)len, *env);
		unsetenv(name);
	}
	for (i = 0; i < job->n_fields; i++)
		putenv(job->fields[i]);
}

/* The program and its children are a group of their own, which can be ended as a whole. */
static void become(const struct event_exec *exec, const struct job *job, int input)
{
	char *argv[] = { (char *)exec->program, NULL };

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* Without a standard input of the monitor, the pipe may have its place already. */
	if (input == STDIN_FILENO)
		fcntl(input, F_SETFD, 0);
	else
		dup2(input, STDIN_FILENO);
	set_environment(job);
	execv(exec->program, argv);
	fprintf(stderr, "%s: %s: %s\n", prog_name, exec->program, strerror(errno));
	_exit(127);
}

/* A pipe holds at least 4096 bytes, more than any event has, so nobody waits. */
static int open_input(const struct job *job)
{
	size_t len = strlen(job->json);
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -1;
	if (write(ends[1], job->json, len) != (ssize_t)len)
		fprintf(stderr, "%s: an event is too long for a pipe\n", prog_name);
	close(ends[1]);
	fcntl(ends[0], F_SETFL, 0);
	return ends[0];
}

static void start(struct event_exec *exec, const struct job *job)
{
	int input = open_input(job);

	exec->pid = input < 0 ? -1 : fork();
	if (!exec->pid)
		become(exec, job, input);
	if (input >= 0)
		close(input);
	if (exec->pid < 0) {
		fprintf(stderr, "%s: Unable to run %s: %s\n", prog_name, exec->program,
			strerror(errno));
		exec->pid = 0;
		return;
	}
	/* both do it, as either may run first */
	setpgid(exec->pid, exec->pid);
	exec->fd = syscall(SYS_pidfd_open, exec->pid, 0);
	exec->due = now() + exec->timeout;
	exec->asked = false;
}

static void report(const struct event_exec *exec, int status)
{
	if (WIFSIGNALED(status))
		fprintf(stderr, "%s: %s was ended by signal %d\n", prog_name, exec->program,
			WTERMSIG(status));
	else if (WEXITSTATUS(status))
		fprintf(stderr, "%s: %s failed with status %d\n", prog_name, exec->program,
			WEXITSTATUS(status));
}

/* False: the program still runs. */
static bool reap(struct event_exec *exec)
{
	int status;

	if (!exec->pid)
		return true;
	if (waitpid(exec->pid, &status, WNOHANG) != exec->pid)
		return false;
	report(exec, status);
	if (exec->fd >= 0)
		close(exec->fd);
	exec->fd = -1;
	exec->pid = 0;
	return true;
}

static void end_late_one(struct event_exec *exec)
{
	if (now() < exec->due)
		return;
	if (!exec->asked)
		fprintf(stderr, "%s: %s takes longer than %u s\n", prog_name, exec->program,
			exec->timeout);
	kill(-exec->pid, exec->asked ? SIGKILL : SIGTERM);
	exec->asked = true;
	exec->due = now() + GRACE;
}

void event_exec_step(struct event_exec *exec)
{
	struct job *job;

	while (reap(exec) && exec->first) {
		job = exec->first;
		exec->first = job->next;
		if (!exec->first)
			exec->end = &exec->first;
		exec->n--;
		start(exec, job);
		job_free(job);
	}
	if (exec->pid)
		end_late_one(exec);
}

int event_exec_fd(const struct event_exec *exec)
{
	return exec->fd;
}

int event_exec_wait(const struct event_exec *exec)
{
	time_t left;

	if (!exec->pid)
		return -1;
	/* without the descriptor, ask every second */
	left = exec->fd < 0 ? 1 : exec->due - now();
	return left > 0 ? left * 1000 : 0;
}
