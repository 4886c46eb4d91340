/* SPDX-License-Identifier: GPL-2.0 */
/* Replacements in the kernel for user-space functions that the unit tests use. */
#ifndef SHIM_H
#define SHIM_H

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/in6.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <crypto/chacha20poly1305.h>

#include "alloc.h"

/* The load-time tests outlive the loading here. */
#undef __init
#undef __initdata
#undef __initconst
#define __init
#define __initdata
#define __initconst

#define assert(cond)		BUG_ON(!(cond))
#define malloc(size)		shim_plain_alloc(1, size)
#define calloc(n, size)		shim_plain_alloc(n, size)
#define free(p)			shim_plain_free(p)

void *shim_plain_alloc(size_t n, size_t size);
void shim_plain_free(const void *p);

/* The one file there is: the vectors, whatever it is called. */
typedef struct { const char *at; } FILE;

FILE *fopen(const char *name, const char *mode);
char *fgets(char *line, int size, FILE *file);
void rewind(FILE *file);
static inline void fclose(FILE *file)
{
}

__printf(1, 2) void shim_say(const char *format, ...);
#define printf(...)		shim_say(__VA_ARGS__)
/* one of the tests has its own */
#undef pr_info

#endif
