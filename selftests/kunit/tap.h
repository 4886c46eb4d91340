/* SPDX-License-Identifier: GPL-2.0 */
/* The unit tests' reporter, over KUnit. */
#ifndef TAP_H
#define TAP_H

#include "shim.h"

extern int tap_complaints;

void tap_complain(const char *file, int line, const char *what);
void tap_run(const char *name, void (*test)(void));
void tap_skip(const char *name, const char *why);

#define check(cond) \
	do { \
		if (!(cond)) \
			tap_complain(__FILE__, __LINE__, #cond); \
	} while (0)

static inline int tap_done(void)
{
	return 0;
}

/* a fortieth is what such a kernel does in seconds */
#define tap_rounds(n)	((n) / 40)

unsigned long long tap_random(void);
void tap_fill(void *bytes, size_t len);

#endif
