/* SPDX-License-Identifier: GPL-2.0 */
/* Choices out of a fuzzer's bytes. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "shim.h"

#define must(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
				#cond); \
			abort(); \
		} \
	} while (0)

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static const u8 *fuzz_at;
static size_t fuzz_left;

static inline void fuzz_from(const u8 *data, size_t size)
{
	fuzz_at = data;
	fuzz_left = size;
}

/* 0 once there is nothing left */
static inline u8 fuzz_byte(void)
{
	if (!fuzz_left)
		return 0;
	fuzz_left--;
	return *fuzz_at++;
}

static inline u32 fuzz_pick(u32 n)
{
	u32 value = fuzz_byte();

	if (n > 256)
		value = value << 8 | fuzz_byte();
	if (n > 65536)
		value = value << 8 | fuzz_byte();
	return n ? value % n : 0;
}

#endif
