// SPDX-License-Identifier: GPL-2.0
/*
 * Joining packets: flows against a second writing of the kernel's rules, and
 * any bytes at all for the sake of their bounds.
 */
#include "core/coalesce.h"
#include "fuzz.h"
#include "ref.h"
#include "try.h"

/* The visible part of the next packet; its length field lies at times. */
static u8 *next_packet(u32 *len)
{
	u32 i, seen, take = fuzz_byte() | 1;
	u8 all[256], *bytes;

	*len = take;
	if (take & 2)
		*len = fuzz_pick(65576);
	for (i = 0; i < take; i++)
		all[i] = fuzz_byte();
	memset(all + take, 0, sizeof(all) - take);
	/* no chance would hit the sum and the length both */
	if (take & 4 && all[0] >> 4 == 4)
		ref_put16(all + 2, *len);
	if (take & 4 && all[0] >> 4 == 6)
		ref_put16(all + 4, *len - 40);
	if (take & 8)
		ref_fix_ip_sum(all);
	seen = min_t(u32, *len, NAAWG_HEADERS_MAX);
	bytes = malloc(seen);
	return memcpy(bytes, all, seen);
}

static void any_bytes(void)
{
	struct naawg_run run = {};
	bool joined;

	while (fuzz_left) {
		u32 len;
		u8 *bytes = next_packet(&len);

		joined = !naawg_run_is_empty(&run) &&
			 naawg_run_join(&run, bytes, len);
		if (!joined) {
			if (run.header_len && run.count > 1)
				naawg_run_finish(&run);
			naawg_run_begin(&run, bytes, len);
		}
		free(bytes);
		must(run.header_len <= NAAWG_HEADERS_MAX);
		must(!run.header_len ||
		     (run.mss && run.count && run.payload_len &&
		      run.payload_len <= run.count * (u32)run.mss &&
		      run.payload_len > (run.count - 1) * (u32)run.mss));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const char *failed;

	fuzz_from(data, size);
	if (fuzz_byte() & 1) {
		any_bytes();
		return 0;
	}
	failed = try_join(fuzz_pick);
	if (failed)
		fprintf(stderr, "%s\n", failed);
	must(!failed);
	return 0;
}
