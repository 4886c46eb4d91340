// SPDX-License-Identifier: GPL-2.0
/* Memory, time and chance for the pure files in user space. */
#include <stdlib.h>

#include "shim_simd.h"
#include "tap.h"

long shim_objects;
long shim_alloc_left = -1;
u64 shim_now;
bool shim_fpu_usable = true;

void *kcalloc(size_t n, size_t size, int gfp)
{
	if (!shim_alloc_left)
		return NULL;
	if (shim_alloc_left > 0)
		shim_alloc_left--;
	shim_objects++;
	return calloc(n, size);
}

void kfree(const void *p)
{
	if (p)
		shim_objects--;
	free((void *)p);
}

void get_random_bytes(void *bytes, size_t len)
{
	tap_fill(bytes, len);
}
