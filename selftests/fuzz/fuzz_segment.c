// SPDX-License-Identifier: GPL-2.0
/* Cutting GSO packets, against a second writing of the kernel's rules. */
#include "fuzz.h"
#include "try.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const char *failed;

	fuzz_from(data, size);
	failed = try_cut(fuzz_pick);
	if (failed)
		fprintf(stderr, "%s\n", failed);
	must(!failed);
	return 0;
}
