// SPDX-License-Identifier: GPL-2.0
/* The replay window against a list of all counters ever seen. */
#include "core/replay.h"
#include "core/wire.h"
#include "shim.h"
#include "tap.h"

#define SPAN	(1 << 18)

/* Knows every counter from @base on, which the run stays within. */
static struct {
	u64 base;
	u64 next;
	u64 accepted;
	bool seen[SPAN];
} model;

static bool model_accept(u64 counter)
{
	if (counter >= NAAWG_REJECT_AFTER_MESSAGES)
		return false;
	if (model.next > NAAWG_REPLAY_WINDOW &&
	    counter < model.next - NAAWG_REPLAY_WINDOW)
		return false;
	assert(counter - model.base < SPAN);
	if (model.seen[counter - model.base])
		return false;
	model.seen[counter - model.base] = true;
	model.accepted++;
	if (counter >= model.next)
		model.next = counter + 1;
	return true;
}

static void model_reset(struct naawg_replay *r, u64 base)
{
	memset(&model, 0, sizeof(model));
	memset(r, 0, sizeof(*r));
	model.base = base;
}

/* The number of counters below the highest one, in its ring, that never came. */
static u64 model_missing(void)
{
	u64 top = (model.next - 1) / NAAWG_REPLAY_WORD * NAAWG_REPLAY_WORD;
	u64 counter = top < NAAWG_REPLAY_WINDOW ? 0 : top - NAAWG_REPLAY_WINDOW;
	u64 missing = 0;

	if (counter < model.base) {
		missing = model.base - counter;
		counter = model.base;
	}
	for (; counter < model.next; counter++)
		missing += !model.seen[counter - model.base];
	return missing;
}

/* Every counter below the highest one was accepted, is missing or is lost. */
static void check_losses(const struct naawg_replay *r)
{
	if (!model.next)
		return;
	check(r->lost + naawg_replay_missing(r) == model.next - model.accepted);
	if (!(tap_random() % 256))
		check(naawg_replay_missing(r) == model_missing());
}

static u64 near_top(void)
{
	u64 top = max(model.next, model.base);
	u64 back = NAAWG_REPLAY_WINDOW + 200;

	switch (tap_random() % 8) {
	case 0: /* somewhere around the far edge */
		return top - min(top - model.base,
				 back - 200 + tap_random() % 400 - 200);
	case 1: /* a jump, sometimes beyond the whole window */
		return top + tap_random() % (tap_random() % 4 ? 300 : 20000);
	case 2:
		return top - min(top - model.base, tap_random() % back);
	default:
		return top - min(top - model.base, tap_random() % 40) +
		       tap_random() % 30;
	}
}

static void singles_from(u64 base)
{
	static struct naawg_replay r;
	int i;

	model_reset(&r, base);
	for (i = 0; i < tap_rounds(200000); i++) {
		u64 counter = near_top();

		if (counter - base >= SPAN)
			break;
		check(naawg_replay_accept(&r, counter) ==
		      model_accept(counter));
		check_losses(&r);
	}
	check(i > 100);
}

static void runs_from(u64 base)
{
	static struct naawg_replay r;
	int i;

	model_reset(&r, base);
	for (i = 0; i < tap_rounds(50000); i++) {
		unsigned int n = tap_random() % 65, j;
		u64 first = near_top(), want = 0;

		if (first + n - base >= SPAN || first + n < first)
			break;
		for (j = 0; j < n; j++)
			want |= (u64)model_accept(first + j) << j;
		check(naawg_replay_accept_run(&r, first, n) == want);
		check_losses(&r);
	}
	check(i > 100);
}

static const u64 bases[] = {
	0, 1, 63, 64, NAAWG_REPLAY_WINDOW, 1ULL << 32, (1ULL << 60) - 1,
};

static void singles(void)
{
	int i, round;

	for (i = 0; i < ARRAY_SIZE(bases); i++)
		for (round = 0; round < 5; round++)
			singles_from(bases[i]);
}

static void runs(void)
{
	int i, round;

	for (i = 0; i < ARRAY_SIZE(bases); i++)
		for (round = 0; round < 5; round++)
			runs_from(bases[i]);
}

static void edges(void)
{
	const u64 end = NAAWG_REJECT_AFTER_MESSAGES;
	struct naawg_replay r = {};

	check(NAAWG_REPLAY_WINDOW >= 8000);
	check(naawg_replay_accept(&r, 0));
	check(!naawg_replay_accept(&r, 0));
	check(naawg_replay_accept(&r, NAAWG_REPLAY_WINDOW));
	check(!naawg_replay_accept(&r, 0));
	check(naawg_replay_accept(&r, 1));
	check(!naawg_replay_accept(&r, 1));

	/* the oldest one still told apart, for every place in a word */
	for (int i = 0; i < 130; i++) {
		u64 top = 3 * NAAWG_REPLAY_WINDOW + i;

		memset(&r, 0, sizeof(r));
		check(naawg_replay_accept(&r, top));
		check(!naawg_replay_accept(&r, top - NAAWG_REPLAY_WINDOW));
		check(naawg_replay_accept(&r, top - NAAWG_REPLAY_WINDOW + 1));
		check(!naawg_replay_accept(&r, top - NAAWG_REPLAY_WINDOW + 1));
	}

	memset(&r, 0, sizeof(r));
	check(!naawg_replay_accept(&r, end));
	check(!naawg_replay_accept(&r, U64_MAX));
	check(!r.next);
	check(naawg_replay_accept_run(&r, end - 3, 64) == 7);
	check(naawg_replay_accept_run(&r, end - 3, 64) == 0);
	check(naawg_replay_accept_run(&r, end - 67, 64) == ~0ULL);
	check(naawg_replay_accept_run(&r, U64_MAX - 3, 64) == 0);
	check(r.next == end);

	memset(&r, 0, sizeof(r));
	check(!naawg_replay_accept_run(&r, 5, 0) && !r.next);
	check(naawg_replay_accept_run(&r, 37, 64) == ~0ULL);
	check(naawg_replay_accept_run(&r, 0, 64) == (1ULL << 37) - 1);
}

static void losses(void)
{
	struct naawg_replay r = {};
	u64 i;

	check(!naawg_replay_missing(&r));
	/* late messages are not lost while they may still come */
	check(naawg_replay_accept(&r, 9));
	check(naawg_replay_missing(&r) == 9 && !r.lost);
	for (i = 0; i < 9; i++)
		check(naawg_replay_accept(&r, 8 - i));
	check(!naawg_replay_missing(&r) && !r.lost);

	/* a gap is lost when its word leaves the ring, not before */
	for (i = 13; i < NAAWG_REPLAY_BITS; i++)
		check(naawg_replay_accept(&r, i));
	check(naawg_replay_missing(&r) == 3 && !r.lost);
	check(naawg_replay_accept(&r, NAAWG_REPLAY_BITS));
	check(!naawg_replay_missing(&r) && r.lost == 3);

	/* the caller takes the number */
	r.lost = 0;
	check(naawg_replay_accept(&r, 3 * NAAWG_REPLAY_BITS));
	check(r.lost + naawg_replay_missing(&r) == 2 * NAAWG_REPLAY_BITS - 1);
	check(naawg_replay_missing(&r) == NAAWG_REPLAY_WINDOW);

	/* the highest counters of a session */
	memset(&r, 0, sizeof(r));
	check(naawg_replay_accept(&r, NAAWG_REJECT_AFTER_MESSAGES - 1));
	check(r.lost + naawg_replay_missing(&r) == NAAWG_REJECT_AFTER_MESSAGES - 1);
}

int main(void)
{
	tap_run("counters at the edges of the window are judged correctly", edges);
	tap_run("random counters agree with a list of all counters", singles);
	tap_run("runs of counters agree with single ones", runs);
	tap_run("counters that never come are counted once", losses);
	return tap_done();
}
