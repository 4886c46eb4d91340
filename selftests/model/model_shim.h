/* SPDX-License-Identifier: GPL-2.0 */
/* Functions of the kernel that state/session.c needs besides the shim of the unit tests. */
#ifndef MODEL_SHIM_H
#define MODEL_SHIM_H

#include "../unit/shim.h"

typedef struct { u64 counter; } atomic64_t;

#define atomic64_read(v)		((v)->counter)
#define atomic64_set(v, n)		((void)((v)->counter = (n)))
#define atomic64_add(n, v)		((void)((v)->counter += (n)))
#define smp_store_release(p, v)		(*(p) = (v))
#define smp_load_acquire(p)		(*(p))
#define smp_mb()			((void)0)
#define call_rcu(head, function)	((function)(head))
#define kfree_sensitive(p)		kfree(p)

struct rhash_head { void *nothing; };
struct rhashtable { int nothing; };

#endif
