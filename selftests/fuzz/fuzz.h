/* SPDX-License-Identifier: GPL-2.0 */
/* Choices out of a fuzzer's bytes. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#ifdef FUZZ_TOOL
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint32_t u32;
#else
#include "shim.h"
#endif

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
static u32 fuzz_more;

static inline void fuzz_from(const u8 *data, size_t size)
{
	size_t i;

	fuzz_at = data;
	fuzz_left = size;
	fuzz_more = 1;
	for (i = 0; i < size; i++)
		fuzz_more = (fuzz_more ^ data[i]) * 0x01000193 | 1;
}

/* When the input has ended, further bytes follow from the earlier ones. */
static inline u8 fuzz_byte(void)
{
	if (fuzz_left) {
		fuzz_left--;
		return *fuzz_at++;
	}
	fuzz_more ^= fuzz_more << 13;
	fuzz_more ^= fuzz_more >> 17;
	fuzz_more ^= fuzz_more << 5;
	return fuzz_more >> 24;
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
