// SPDX-License-Identifier: GPL-2.0
/* model [STATES [WALKS]]: explores the protocol from several states, TAP. */
#include "begin.h"
#include "explore.h"
#include "fair.h"
#include "tap.h"
#include "walk.h"

#define STATES	30000
#define WALKS	100
#define LENGTH	200

static const struct {
	const char *name;
	void (*begin)(void);
	struct options options;
} runs[] = {
	{ "two hosts that never spoke", begin_strangers, { 0 } },
	{ "the same, with persistent keepalives", begin_strangers, { .persistent = 25 } },
	{ "the same, and both may restart", begin_strangers, { .restarts = 1 } },
	{ "a session, and requests for new ones", begin_session, { .asks = 1 } },
	{ "a session that loses a window full of messages at once", begin_session, { .jumps = 2 } },
	{ "a session, and both may restart", begin_session, { .restarts = 1 } },
	{ "a session of 120 seconds", begin_renewal, { 0 } },
	{ "the same, and both may restart", begin_renewal, { .restarts = 1 } },
	{ "a session of 165 seconds", begin_late_renewal, { 0 } },
};

static void run(unsigned int i, unsigned long states, unsigned long n_walks)
{
	struct explored seen;
	unsigned long walked = 0;

	broken = NULL;
	fair_longest = 0;
	options = runs[i].options;
	runs[i].begin();
	seen = explore(states);
	if (!broken) {
		world_end();
		runs[i].begin();
		walked = walks(n_walks, LENGTH);
	}
	world_end();
	tap_ok(!broken, runs[i].name);
	printf("# %lu states, %lu steps, all states within %u steps%s; %lu random steps; an answer in %u s at most\n",
	       seen.states, seen.steps, seen.depth, seen.whole ? ", and there are no more" : "",
	       walked, fair_longest);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned long states = argc > 1 ? strtoul(argv[1], NULL, 0) : STATES;
	unsigned long n_walks = argc > 2 ? strtoul(argv[2], NULL, 0) : WALKS;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(runs); i++)
		run(i, states, n_walks);
	return tap_done();
}
