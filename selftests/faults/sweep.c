// SPDX-License-Identifier: GPL-2.0
/*
 * Every request of user space is made again and again, while a socket listens to events. Each time one more memory
 * allocation on the way, of the kernel or of ours, succeeds before one fails, until
 * a round needs fewer allocations than that. After each
 * failure the same has to work, and everything has to go away.
 *
 * Arguments: the module's file; then the names of sweeps, default all.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acts.h"

#define ALLOCATIONS_MAX	5000

static int nth_file;
static int checks, failures;

static const struct sweep {
	const char *name;
	act_fn *before[6];	/* acts needed first, once for all rounds */
	act_fn *act;
	act_fn *undo;		/* so that the act has something to do again */
	int whole;		/* refused means that the forwards are the same */
	int warns;		/* the kernel itself does: only when asked for */
	int also;		/* an errno the kernel itself gives */
} sweeps[] = {
	/* netdev_register_kobject() does not ask whether the name was set */
	{ "add a link", {}, act_link_add, act_link_delete, .also = EINVAL },
	{ "delete a link", {}, act_link_delete, act_link_add },
	{ "bring a link up", { act_link_add }, act_link_up, act_link_down },
	{ "take a link down", { act_link_add, act_peers_add, act_link_up },
	  act_link_down, act_link_up },
	{ "change the MTU", { act_link_add }, act_link_mtu },
	/* half-way it cannot go back, and says so in its log */
	{ "move a link", { act_link_add }, act_link_move, act_link_move_back,
	  .warns = 1 },
	{ "give an identity, port and mark",
	  { act_link_add, act_peers_add, act_link_up }, act_identity },
	{ "add peers", { act_link_add, act_identity, act_link_up },
	  act_peers_add, act_peers_remove },
	{ "change the allowed IPs of peers", { act_link_add, act_peers_add },
	  act_peers_change },
	{ "forbid networks", { act_link_add, act_forbid }, act_forbid },
	{ "replace all peers", { act_link_add, act_identity, act_link_up },
	  act_peers_replace },
	{ "remove peers", { act_link_add, act_peers_add }, act_peers_remove,
	  act_peers_add },
	{ "ask for handshakes",
	  { act_link_add, act_identity, act_peers_add, act_link_up },
	  act_rekey },
	{ "add forwards", { act_link_add }, act_forwards_add,
	  act_forwards_remove, 1 },
	{ "replace forwards", { act_link_add, act_forwards_add },
	  act_forwards_replace, NULL, 1 },
	{ "remove a forward", { act_link_add, act_forwards_add },
	  act_forwards_remove, act_forwards_add, 1 },
	{ "ask for the configuration",
	  { act_link_add, act_identity, act_peers_add }, act_get_device },
	{ "ask for counters", { act_link_add, act_peers_add }, act_get_stats },
	{ "ask for callers", { act_link_add }, act_get_callers },
	{ "ask for forwards", { act_link_add, act_forwards_add },
	  act_get_forwards },
	{ "send the first packet",
	  { act_link_add, act_identity, act_peers_add, act_link_up },
	  act_send },
	{ "unload the module", {}, act_module_unload, act_module_load },
	{ "load the module", {}, act_module_load, act_module_unload },
};

static void arm(int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", nth);

	while (pwrite(nth_file, text, len, 0) != len) {
		/* copying is among what fails, and it may be this one's turn */
		if (errno != EFAULT) {
			printf("Bail out! fail-nth: %s\n", strerror(errno));
			exit(1);
		}
	}
}

/* How many more allocations would have gone through; 0 when one failed. */
static int disarm(void)
{
	char text[16] = "";
	int left;

	if (pread(nth_file, text, sizeof(text) - 1, 0) > 0)
		left = atoi(text);
	else
		left = errno == EFAULT ? 1 : -1;
	arm(0);
	return left;
}

static int bad(const struct sweep *s, int nth, const char *what, int rc)
{
	printf("# %s, allocation %d: %s: %s\n", s->name, nth, what,
	       rc ? strerror(-rc) : "0");
	return -1;
}

/* An error of a fault: what has no memory says so, not something else. */
static int is_clear(const struct sweep *s, int rc)
{
	return !rc || rc == -ENOMEM || rc == -ENOBUFS || rc == -EFAULT ||
	       rc == -s->also;
}

/*
 * A link may be in any state the act can leave; EEXIST and ENODEV say that the
 * act was done although its answer got lost.
 */
static int is_done(int rc)
{
	return !rc || rc == -EEXIST || rc == -ENODEV || rc == -ENOENT;
}

static int run(act_fn *act)
{
	int answered, tries, rc = 0;

	/* closed sockets may be released late */
	for (tries = 0; act && tries < 200; tries++) {
		rc = act(&answered);
		if (rc != -EBUSY && rc != -EAGAIN && rc != -EADDRINUSE)
			break;
		usleep(50000);
	}
	return rc;
}

/* One round: 1 when no allocation failed, as there are fewer. */
static int round_of(const struct sweep *s, int nth)
{
	uint64_t state = s->whole ? acts_forwards_state() : 0;
	int answered = 0, rc, left;

	arm(nth);
	rc = s->act(&answered);
	left = disarm();
	acts_drain();
	if (left < 0)
		return bad(s, nth, "fail-nth cannot be read", 0);
	if (left)
		return rc && rc != -EAGAIN ?
		       bad(s, nth, "no fault, but", rc) : 1;
	if (!is_clear(s, rc))
		return bad(s, nth, "not what lack of memory is called", rc);
	if (s->whole && rc && answered && state != acts_forwards_state())
		return bad(s, nth, "refused, but something changed", rc);
	rc = run(s->act);
	if (!is_done(rc))
		return bad(s, nth, "does not work after the fault", rc);
	rc = run(s->undo);
	return is_done(rc) ? 0 : bad(s, nth, "cannot be undone", rc);
}

static int sweep(const struct sweep *s)
{
	int answered, nth, rc = 0;
	unsigned int i;

	if (s->act == act_link_delete && act_link_add(&answered))
		return bad(s, 0, "no link to begin with", 0);
	for (i = 0; i < 6 && s->before[i]; i++) {
		rc = run(s->before[i]);
		if (rc)
			return bad(s, 0, "cannot begin", rc);
	}
	if (s->act == act_module_load && (rc = run(act_module_unload)))
		return bad(s, 0, "the module does not unload", rc);
	for (nth = 1; nth < ALLOCATIONS_MAX && !rc; nth++)
		rc = round_of(s, nth);
	printf("# %s: %d allocations failed one at a time\n", s->name, nth - 2);
	/* the last round had no fault, and was left as it was done */
	if (rc == 1 && !is_done(run(s->undo)))
		return bad(s, nth, "cannot be undone", 0);
	if (s->act == act_module_unload || s->act == act_module_load)
		run(act_module_load);
	if (acts_link_exists() && run(act_link_delete))
		return bad(s, nth, "the link cannot be deleted", 0);
	if (rc == 1 && nth < 3)
		return bad(s, nth, "no allocation was found to fail", 0);
	return rc == 1 ? 0 : -1;
}

static int wanted(const struct sweep *s, int argc, char **argv)
{
	int i;

	for (i = 2; i < argc; i++)
		if (!strcmp(argv[i], s->name))
			return 1;
	return argc < 3 && !s->warns;
}

int main(int argc, char **argv)
{
	unsigned int i;
	int rc;

	setvbuf(stdout, NULL, _IOLBF, 0);
	nth_file = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (argc < 2 || nth_file < 0) {
		printf("1..0 # SKIP this kernel fails nothing on purpose\n");
		return 4;
	}
	rc = acts_setup(argv[1]);
	if (rc) {
		printf("Bail out! setup: %s\n", strerror(-rc));
		return 1;
	}
	for (i = 0; i < sizeof(sweeps) / sizeof(*sweeps); i++) {
		if (!wanted(&sweeps[i], argc, argv))
			continue;
		rc = sweep(&sweeps[i]);
		failures += rc != 0;
		printf("%s %d - %s\n", rc ? "not ok" : "ok", ++checks,
		       sweeps[i].name);
	}
	printf("1..%d\n", checks);
	return failures > 0;
}
