/* SPDX-License-Identifier: GPL-2.0 */
/* Test Anything Protocol, as little of it as needed. */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static int tap_count;
static int tap_failures;
static int tap_complaints;

/* Within a test: complain, but go on; only the first few are printed. */
#define check(cond) \
	do { \
		if (!(cond) && tap_complaints++ < 5) \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
	} while (0)

static inline void tap_run(const char *name, void (*test)(void))
{
	tap_complaints = 0;
	test();
	tap_failures += tap_complaints > 0;
	printf("%s %d - %s\n", tap_complaints ? "not ok" : "ok", ++tap_count,
	       name);
	fflush(stdout);
}

static inline void tap_skip(const char *name, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tap_count, name, why);
}

static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures > 0;
}

/* How often to throw dice: fewer times in a kernel that watches every access. */
#define tap_rounds(n)	(n)

/* xorshift64*: the same numbers in every run */
static inline unsigned long long tap_random(void)
{
	static unsigned long long state = 88172645463325252ULL;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 2685821657736338717ULL;
}

static inline void tap_fill(void *bytes, size_t len)
{
	unsigned char *out = bytes;

	while (len--)
		*out++ = tap_random() >> 32;
}

#endif
