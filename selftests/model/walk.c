// SPDX-License-Identifier: GPL-2.0
/* Random walks: fewer states than explore() visits, and much farther away. */
#include <stdio.h>

#include "fair.h"
#include "net.h"
#include "pack.h"
#include "steps.h"
#include "walk.h"

#define REMEMBERED	40

static u64 random_state = 1;

static u64 random_below(u64 n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % n;
}

static void print_last(const u8 *steps, unsigned int n)
{
	unsigned int i = n > REMEMBERED ? n - REMEMBERED : 0;

	printf("# broken after %u steps: %s\n", n, broken);
	for (; i < n; i++)
		printf("#   %s\n", step_name(steps[i]));
}

static void walk(const struct packed *first, unsigned int length)
{
	struct packed state = *first;
	u8 steps[WALK_MAX];
	unsigned int n = 0;

	while (n < length && !broken) {
		unpack(&state);
		net_choice = random_below(IN_FLIGHT + 1);
		steps[n] = random_below(n_steps);
		if (!step_take(steps[n]))
			continue;
		n++;
		pack(&state);
		if (!broken)
			fair_check(&state);
	}
	if (broken)
		print_last(steps, n);
}

unsigned long walks(unsigned long n, unsigned int length)
{
	struct packed first;
	unsigned long i;

	pack(&first);
	for (i = 0; i < n && !broken; i++)
		walk(&first, min(length, (unsigned int)WALK_MAX));
	return i * length;
}
