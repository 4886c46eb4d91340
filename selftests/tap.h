/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reporter of test programs in C: Test Anything Protocol in user space, and
 * KUnit (kunit/suite.c) where the same sources are built as a kernel module.
 *
 *	tap_run(name, test)	one result: the function makes no failing check()
 *	tap_ok(good, name)	one result: the condition is true
 *	tap_skip(name, why)	one result: this cannot be tested here
 *	check(cond)		within a test: report a false condition and go on
 *	tap_done()		print the plan; the exit status
 *	tap_rounds(n)		the number of random rounds
 *	tap_random(), tap_fill()	the same random numbers in every run
 */
#ifndef TAP_H
#define TAP_H

#ifdef __KERNEL__

#include "shim.h"

extern int tap_complaints;

void tap_complain(const char *file, int line, const char *what);
void tap_run(const char *name, void (*test)(void));
void tap_skip(const char *name, const char *why);
unsigned long long tap_random(void);
void tap_fill(void *bytes, size_t len);

#define check(cond) \
	do { \
		if (!(cond)) \
			tap_complain(__FILE__, __LINE__, #cond); \
	} while (0)

static inline int tap_done(void)
{
	return 0;
}

/* A kernel that watches every access does a fortieth of the rounds in seconds. */
#define tap_rounds(n)	((n) / 40)

#else

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int tap_count;
static int tap_failures;
static int tap_complaints;

/* Only the first few are printed. */
#define check(cond) \
	do { \
		if (!(cond) && tap_complaints++ < 5) \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
	} while (0)

static inline void tap_ok(bool good, const char *name)
{
	tap_failures += !good;
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++tap_count, name);
	fflush(stdout);
}

static inline void tap_run(const char *name, void (*test)(void))
{
	tap_complaints = 0;
	test();
	tap_ok(!tap_complaints, name);
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

#define tap_rounds(n)	(n)

/* xorshift64* */
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

#endif
