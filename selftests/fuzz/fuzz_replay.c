// SPDX-License-Identifier: GPL-2.0
/* The replay window against a list of what it accepted. */
#include "core/replay.h"
#include "core/wire.h"
#include "fuzz.h"

#define CALLS	100

static u64 seen[CALLS * 64];
static unsigned int seen_count;
static u64 next;

static bool model_accept(u64 counter)
{
	unsigned int i;

	if (counter >= NAAWG_REJECT_AFTER_MESSAGES)
		return false;
	if (next > NAAWG_REPLAY_WINDOW && counter < next - NAAWG_REPLAY_WINDOW)
		return false;
	for (i = 0; i < seen_count; i++)
		if (seen[i] == counter)
			return false;
	seen[seen_count++] = counter;
	if (counter >= next)
		next = counter + 1;
	return true;
}

static u64 any_counter(void)
{
	u64 base;
	int i;

	switch (fuzz_pick(6)) {
	case 0:
		for (base = 0, i = 0; i < 8; i++)
			base = base << 8 | fuzz_byte();
		return base;
	case 1:
		return next - NAAWG_REPLAY_WINDOW + fuzz_pick(256) - 128;
	case 2:
		return next - fuzz_pick(2 * NAAWG_REPLAY_BITS);
	case 3:
		return next + fuzz_pick(2 * NAAWG_REPLAY_BITS);
	case 4:
		return NAAWG_REJECT_AFTER_MESSAGES - fuzz_pick(256);
	default:
		return next + fuzz_pick(256) - 128;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct naawg_replay r = {};
	unsigned int call, n, i;

	fuzz_from(data, size);
	seen_count = 0;
	next = 0;
	for (call = 0; call < CALLS && fuzz_left; call++) {
		u64 counter = any_counter();
		u64 expected = 0;

		n = fuzz_pick(2) ? fuzz_pick(65) : 1;
		/* consecutive ones do not begin anew at zero */
		for (i = 0; i < n && counter + i >= counter; i++)
			expected |= (u64)model_accept(counter + i) << i;
		if (n == 1)
			must(naawg_replay_accept(&r, counter) == !!expected);
		else
			must(naawg_replay_accept_run(&r, counter, n) ==
			     expected);
		must(r.next == next);
		must(r.lost + naawg_replay_missing(&r) == next - seen_count);
	}
	return 0;
}
