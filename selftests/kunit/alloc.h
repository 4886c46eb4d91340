/* SPDX-License-Identifier: GPL-2.0 */
/* Memory, for all files of this module: counted, and short when a test says so. */
#ifndef ALLOC_H
#define ALLOC_H

#include <linux/rcupdate.h>
#include <linux/slab.h>

extern long shim_objects;	/* live now */
extern long shim_alloc_left;	/* allocations until memory is out, -1: never */

void *shim_alloc(size_t n, size_t size, gfp_t gfp);
void shim_free(const void *p);

#undef kmalloc
#undef kzalloc
#undef kcalloc
#undef kfree
#undef kfree_rcu

#define kmalloc(size, gfp)	shim_alloc(1, size, gfp)
#define kzalloc(size, gfp)	shim_alloc(1, size, (gfp) | __GFP_ZERO)
#define kcalloc(n, size, gfp)	shim_alloc(n, size, (gfp) | __GFP_ZERO)
#define kfree(p)		shim_free(p)
/* nobody else reads, so that nothing has to live on */
#define kfree_rcu(p, member)	shim_free(p)

#endif
