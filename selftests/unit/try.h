/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One experiment with segmenting or joining. Its bytes come from a random number
 * generator in the tests, and from a fuzzer in its targets.
 */
#ifndef TRY_H
#define TRY_H

#include "shim.h"

/* 0 <= result < n */
typedef u32 (*try_pick)(u32 n);

/* NULL, or what did not hold */
const char *try_cut(try_pick pick);
const char *try_join(try_pick pick);

/* How often the interesting things happened, so that tests see they did. */
extern struct try_seen {
	unsigned long cut, refused, many;
	unsigned long joined, not_joined, full, fixed_id, back, whole;
} try_seen;

#define want(cond) \
	do { \
		if (!(cond)) \
			return __FILE__ ": " #cond; \
	} while (0)

#define TRY_PAYLOAD	262144

/* the same bytes everywhere, of which every payload is a part */
const u8 *try_payload(void);
/* an IP and transport header out of nothing, with lengths and flags to be set */
void try_headers(try_pick pick, u8 *out, bool ipv6, u32 ihl, bool tcp,
		 u32 doff);

#endif
