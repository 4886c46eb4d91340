/* SPDX-License-Identifier: GPL-2.0 */
/* Replacements in user space for kernel functions that the pure files use. */
#ifndef SHIM_H
#define SHIM_H

#include <assert.h>
#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8, __u8;
typedef uint16_t u16, __u16;
typedef uint32_t u32, __u32;
typedef unsigned long long u64, __u64;
typedef u16 __le16, __be16;
typedef u32 __le32, __be32;
typedef u64 __le64, __be64;
typedef u16 __sum16;
typedef u32 __wsum;

#define U64_MAX	(~0ULL)
#define U32_MAX	(~0U)

#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
#define __nonstring
#define __rcu
#define __init
#define __initdata
#define __initconst
#define __must_check	__attribute__((warn_unused_result))

#ifndef __always_inline
#define __always_inline	inline __attribute__((always_inline))
#endif
#define noinline	__attribute__((noinline))
#define BUILD_BUG_ON(c)	_Static_assert(!(c), "")

#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define READ_ONCE(x)	(*(volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))

/* like the kernel's: the types must agree */
#define min(a, b) ({ \
	typeof(a) a_ = (a); typeof(b) b_ = (b); \
	(void)(&a_ == &b_); a_ < b_ ? a_ : b_; })
#define max(a, b) ({ \
	typeof(a) a_ = (a); typeof(b) b_ = (b); \
	(void)(&a_ == &b_); a_ > b_ ? a_ : b_; })
#define min_t(t, a, b)	min((t)(a), (t)(b))
#define max_t(t, a, b)	max((t)(a), (t)(b))
#define round_up(x, y)	((((x) - 1) | ((typeof(x))(y) - 1)) + 1)

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

static inline unsigned long hweight64(u64 x)
{
	return __builtin_popcountll(x);
}

#define cpu_to_le32(x)	htole32(x)
#define cpu_to_le64(x)	htole64(x)
#define __force
#define likely(x)	(x)
#define unlikely(x)	(x)
#define le32_to_cpu(x)	le32toh(x)
#define le64_to_cpu(x)	le64toh(x)
#define cpu_to_be16(x)	htobe16(x)
#define cpu_to_be32(x)	htobe32(x)
#define cpu_to_be64(x)	htobe64(x)
#define be16_to_cpu(x)	be16toh(x)
#define be32_to_cpu(x)	be32toh(x)
#define be64_to_cpu(x)	be64toh(x)

#define AF_INET		2
#define AF_INET6	10

struct in6_addr {
	__be32 s6_addr32[4];
};

static inline void memzero_explicit(void *bytes, size_t len)
{
	memset(bytes, 0, len);
	__asm__ volatile("" : : "r"(bytes) : "memory");
}

/* -- locks: asserted, not taken ------------------------------------------ */

struct mutex { bool held; };
typedef struct { bool held; } spinlock_t;

#define DEFINE_MUTEX(name)	struct mutex name
#define lockdep_is_held(m)	((m)->held)
#define lockdep_assert_held(m)	assert((m)->held)
#define spin_lock_init(l)	((void)((l)->held = false))

static inline void mutex_lock(struct mutex *lock)
{
	assert(!lock->held);
	lock->held = true;
}

static inline void mutex_unlock(struct mutex *lock)
{
	assert(lock->held);
	lock->held = false;
}

static inline void spin_lock_bh(spinlock_t *lock)
{
	assert(!lock->held);
	lock->held = true;
}

static inline void spin_unlock_bh(spinlock_t *lock)
{
	assert(lock->held);
	lock->held = false;
}

/* -- RCU: one thread, so that nothing lives on ----------------------------- */

struct rcu_head { void *nothing; };

#define rcu_read_lock()			((void)0)
#define rcu_read_unlock()		((void)0)
#define rcu_dereference(p)		READ_ONCE(p)
#define rcu_access_pointer(p)		READ_ONCE(p)
#define rcu_dereference_protected(p, c)	({ assert(c); (p); })
#define rcu_assign_pointer(p, v)	((p) = (v))
#define RCU_INIT_POINTER(p, v)		((p) = (v))
#define kfree_rcu(p, member)		kfree(p)

/* -- memory: counted, and short when a test says so ------------------------ */

#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define GFP_ATOMIC		0
#define __GFP_NOWARN		0

extern long shim_objects;	/* live now */
extern long shim_alloc_left;	/* allocations until memory is out, -1: never */

void *kcalloc(size_t n, size_t size, int gfp);
void kfree(const void *p);

static inline void *kzalloc(size_t size, int gfp)
{
	return kcalloc(1, size, gfp);
}

static inline void *kmalloc(size_t size, int gfp)
{
	void *p = kcalloc(1, size, gfp);

	/* nobody may count on zeros */
	return p ? memset(p, 0xa5, size) : NULL;
}

/* -- lists ------------------------------------------------------------------ */

struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct hlist_head { struct hlist_node *first; };

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline void list_del_init(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	INIT_LIST_HEAD(entry);
}

static inline void list_add_tail(struct list_head *entry,
				 struct list_head *head)
{
	entry->next = head;
	entry->prev = head->prev;
	head->prev->next = entry;
	head->prev = entry;
}

static inline void list_move_tail(struct list_head *entry,
				  struct list_head *head)
{
	list_del_init(entry);
	list_add_tail(entry, head);
}

#define list_entry_of(p, at, member) container_of(p, typeof(*at), member)
#define list_entry(ptr, type, member)	container_of(ptr, type, member)
#define list_for_each_entry(at, head, member) \
	for (at = list_entry_of((head)->next, at, member); \
	     &at->member != (head); \
	     at = list_entry_of(at->member.next, at, member))
#define list_for_each_entry_safe(at, n, head, member) \
	for (at = list_entry_of((head)->next, at, member), \
	     n = list_entry_of(at->member.next, at, member); \
	     &at->member != (head); \
	     at = n, n = list_entry_of(n->member.next, n, member))

static inline void hlist_add_head(struct hlist_node *node,
				  struct hlist_head *head)
{
	node->next = head->first;
	if (node->next)
		node->next->pprev = &node->next;
	head->first = node;
	node->pprev = &head->first;
}

static inline void hlist_del(struct hlist_node *node)
{
	*node->pprev = node->next;
	if (node->next)
		node->next->pprev = node->pprev;
}

#define hlist_entry_of(p, at, member) \
	({ struct hlist_node *p_ = (p); \
	   p_ ? container_of(p_, typeof(*at), member) : NULL; })
#define hlist_for_each_entry_safe(at, n, head, member) \
	for (at = hlist_entry_of((head)->first, at, member); \
	     at && (n = at->member.next, 1); \
	     at = hlist_entry_of(n, at, member))

/* -- deferred work and time: by hand ----------------------------------------- */

#define HZ		250
#define NSEC_PER_SEC	1000000000L
#define NSEC_PER_MSEC	1000000L
#define NSEC_PER_USEC	1000L
#define div_u64(n, by)	((n) / (by))

struct work_struct { void (*func)(struct work_struct *work); };
struct delayed_work { struct work_struct work; bool pending; };

#define INIT_DELAYED_WORK(w, f) \
	((void)((w)->work.func = (f), (w)->pending = false))
#define to_delayed_work(w) container_of(w, struct delayed_work, work)

static inline void schedule_delayed_work(struct delayed_work *w, long delay)
{
	w->pending = true;
}

static inline void cancel_delayed_work_sync(struct delayed_work *w)
{
	w->pending = false;
}

extern u64 shim_now;

static inline u64 ktime_get_coarse_boottime_ns(void)
{
	return shim_now;
}

/* -- random numbers and hashes ------------------------------------------------ */

typedef struct { u64 key[2]; } siphash_key_t;

void get_random_bytes(void *bytes, size_t len);

static inline u64 siphash_2u64(u64 a, u64 b, const siphash_key_t *key)
{
	/* enough for a test; without @b both families meet in a chain */
	u64 x = (a ^ key->key[0]) * 0x9e3779b97f4a7c15ULL + key->key[1];

	return x ^ x >> 29;
}

/* -- the crypto library, as its newest headers have it --------------------------- */

#define BLAKE2S_BLOCK_SIZE	64

struct blake2s_ctx {
	u32 h[8];
	u64 total;
	u8 block[BLAKE2S_BLOCK_SIZE];
	size_t used;
	size_t out_len;
};

void blake2s_init(struct blake2s_ctx *ctx, size_t out_len);
void blake2s_init_key(struct blake2s_ctx *ctx, size_t out_len, const void *key,
		      size_t key_len);
void blake2s_update(struct blake2s_ctx *ctx, const u8 *in, size_t len);
void blake2s_final(struct blake2s_ctx *ctx, u8 *out);

void curve25519_clamp_secret(u8 secret[32]);
bool __must_check curve25519_generate_public(u8 public[32],
					     const u8 secret[32]);
bool __must_check curve25519(u8 shared[32], const u8 secret[32],
			     const u8 public[32]);

/* <crypto/chacha.h>, <crypto/poly1305.h> */
#define CHACHA_BLOCK_SIZE	64
#define CHACHA_KEY_WORDS	8
#define POLY1305_BLOCK_SIZE	16

struct chacha_state {
	u32 x[16];
};

struct poly1305_desc_ctx {
	_Alignas(64) u8 opaque[256];
};

void chacha_init(struct chacha_state *state, const u32 key[8], const u8 iv[16]);
void chacha20_crypt(struct chacha_state *state, u8 *dst, const u8 *src,
		    unsigned int len);
void poly1305_init(struct poly1305_desc_ctx *desc, const u8 key[32]);
void poly1305_update(struct poly1305_desc_ctx *desc, const u8 *src,
		     unsigned int len);
void poly1305_final(struct poly1305_desc_ctx *desc, u8 *digest);

void chacha20poly1305_encrypt(u8 *dst, const u8 *src, size_t len, const u8 *ad,
			      size_t ad_len, u64 nonce, const u8 key[32]);
bool __must_check chacha20poly1305_decrypt(u8 *dst, const u8 *src, size_t len,
					   const u8 *ad, size_t ad_len,
					   u64 nonce, const u8 key[32]);
void xchacha20poly1305_encrypt(u8 *dst, const u8 *src, size_t len,
			       const u8 *ad, size_t ad_len, const u8 nonce[24],
			       const u8 key[32]);
bool __must_check xchacha20poly1305_decrypt(u8 *dst, const u8 *src, size_t len,
					    const u8 *ad, size_t ad_len,
					    const u8 nonce[24],
					    const u8 key[32]);
int crypto_memneq(const void *a, const void *b, size_t len);

/* For rx/steer.c and rx/defer.c; test_steer.c owns the clock and the CPU loads. */
extern unsigned long shim_jiffies;

#define jiffies			shim_jiffies
#define time_after(a, b)	((long)((b) - (a)) < 0)
#define time_before(a, b)	time_after(b, a)
#define __read_mostly
#define module_param(name, type, perm)
#define MODULE_PARM_DESC(name, text)

typedef struct { int counter; } atomic_t;

#define atomic_read(v)		READ_ONCE((v)->counter)
#define atomic_set(v, i)	WRITE_ONCE((v)->counter, (i))
#define atomic_add(i, v)	((void)((v)->counter += (i)))
#define atomic_sub(i, v)	((void)((v)->counter -= (i)))
#define smp_mb__before_atomic()	((void)0)

static inline bool atomic_try_cmpxchg(atomic_t *v, int *old, int new)
{
	bool same = v->counter == *old;

	if (same)
		v->counter = new;
	else
		*old = v->counter;
	return same;
}

#endif
