// SPDX-License-Identifier: GPL-2.0
/* Visits states, nearest first, and keeps how each one was reached. */
#include <stdio.h>

#include "explore.h"
#include "fair.h"
#include "net.h"
#include "pack.h"
#include "steps.h"

#define CHOICES		(IN_FLIGHT + 1)
#define WAY_MAX		200

struct visited {
	struct packed state;
	u32 from;	/* state before */
	u16 step;
	u16 depth;
};

static struct visited *visited;
static u32 *table;	/* hash table of numbers of states, plus one */
static unsigned long n, room, mask;

static u64 hash_of(const struct packed *state)
{
	const u8 *bytes = (const u8 *)state;
	u64 sum = 0xcbf29ce484222325ULL;
	size_t i;

	for (i = 0; i < sizeof(*state); i++)
		sum = (sum ^ bytes[i]) * 0x100000001b3ULL;
	return sum ^ sum >> 29;
}

/* Returns false if the state is known. */
static bool add(const struct packed *state, u32 from, unsigned int step)
{
	u64 at = hash_of(state);

	for (; table[at & mask]; at++)
		if (!memcmp(&visited[table[at & mask] - 1].state, state, sizeof(*state)))
			return false;
	visited[n] = (struct visited){ .from = from, .step = step,
				       .depth = n ? visited[from].depth + 1 : 0 };
	memcpy(&visited[n].state, state, sizeof(*state));
	table[at & mask] = ++n;
	return true;
}

static void begin(unsigned long max)
{
	n = 0;
	room = max + n_steps * CHOICES;
	for (mask = 1; mask < 2 * room; mask *= 2)
		;
	visited = malloc(room * sizeof(*visited));
	table = calloc(mask--, sizeof(*table));
	assert(visited && table);
}

static void print_way(u32 at, unsigned int step)
{
	u32 way[WAY_MAX];
	unsigned int i = 0;

	printf("# broken: %s\n", broken);
	for (; at && i < WAY_MAX; at = visited[at].from)
		way[i++] = at;
	while (i--)
		printf("#   %s\n", step_name(visited[way[i]].step));
	if (step < n_steps)
		printf("#   %s\n", step_name(step));
}

/* A state has all that decides what follows, and nothing else. */
static void check(const struct packed *state)
{
	struct packed again;

	unpack(state);
	pack(&again);
	must(!memcmp(state, &again, sizeof(again)), "a state is the same after it was packed");
	fair_check(state);
}

/* Takes one step from a state, with each choice of what a full network loses. */
static unsigned int take(u32 from, unsigned int step)
{
	struct packed next;
	unsigned int taken = 0;

	net_choice = IN_FLIGHT;
	do {
		unpack(&visited[from].state);
		net_was_full = false;
		if (!step_take(step))
			break;
		taken++;
		pack(&next);
		if (broken) {
			print_way(from, step);
			break;
		}
		if (add(&next, from, step)) {
			check(&next);
			if (broken)
				print_way(n - 1, n_steps);
		}
	} while (!broken && net_was_full && net_choice--);
	return taken;
}

struct explored explore(unsigned long max)
{
	struct explored seen = { 0 };
	struct packed first;
	unsigned int step;
	u32 at;

	begin(max);
	pack(&first);
	add(&first, 0, 0);
	for (at = 0; at < n && n < max && !broken; at++)
		for (step = 0; step < n_steps && !broken; step++)
			seen.steps += take(at, step);
	seen.states = n;
	seen.depth = at < n ? visited[at].depth : visited[n - 1].depth;
	seen.whole = at == n;
	free(visited);
	free(table);
	return seen;
}
