// SPDX-License-Identifier: GPL-2.0
/* Self-test of the tables against plain arrays, at load time of debug builds. */
#include <linux/errno.h>
#include <linux/in6.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <asm/byteorder.h>

#include "allowedips.h"
#include "ratelimit.h"
#include "selftest.h"

#define PEERS		4
#define PREFIXES	512
#define LOOKUPS		2048

static struct list_head owned[PEERS] __initdata;
static u32 random_state __initdata;

/* an entry of the plain array; it is empty if its length is 0xff */
static struct {
	u32 addr;
	u8 len;
	u8 peer;
} flat[PREFIXES] __initdata;

/* Draws the same numbers at every load, so that a failure can be repeated. */
static u32 __init draw(void)
{
	random_state = random_state * 1664525 + 1013904223;
	return random_state >> 8;
}

/* The table does not dereference peers, so any address will do. */
static struct naawg_peer *__init peer(unsigned int n)
{
	return (struct naawg_peer *)&owned[n];
}

static u32 __init mask(u8 len)
{
	return len ? ~0U << (32 - len) : 0;
}

/* An IPv4 prefix, or the same bits at the end of an IPv6 one. */
static struct naawg_prefix __init prefix(u8 family, u32 addr, u8 len)
{
	struct naawg_prefix p = { .family = family, .len = len };
	__be32 word = cpu_to_be32(addr);

	if (family == AF_INET6)
		p.len += 96;
	memcpy(p.addr + (family == AF_INET6 ? 12 : 0), &word, sizeof(word));
	return p;
}

static struct naawg_peer *__init flat_lookup(u32 addr)
{
	unsigned int best = 0;
	int found = -1;
	unsigned int i;

	for (i = 0; i < PREFIXES; i++) {
		if (flat[i].len == 0xff || flat[i].len < best ||
		    (addr ^ flat[i].addr) & mask(flat[i].len))
			continue;
		best = flat[i].len;
		found = flat[i].peer;
	}
	return found < 0 ? NULL : peer(found);
}

static bool __init same(struct naawg_allowedips *table, u8 family)
{
	struct naawg_peer *found;
	struct in6_addr addr6;
	unsigned int i;
	u32 addr;

	for (i = 0; i < LOOKUPS; i++) {
		addr = flat[draw() % PREFIXES].addr ^ (draw() & draw() & 0xff);
		memset(&addr6, 0, sizeof(addr6));
		addr6.s6_addr32[3] = cpu_to_be32(addr);
		rcu_read_lock();
		found = family == AF_INET ?
			naawg_allowedips_lookup4(table, cpu_to_be32(addr)) :
			naawg_allowedips_lookup6(table, &addr6);
		rcu_read_unlock();
		if (found != flat_lookup(addr))
			return false;
	}
	return true;
}

/* Adds or moves a prefix in the table and in the array. */
static bool __init put(struct naawg_allowedips *table, u8 family,
		       unsigned int at)
{
	struct naawg_prefix p;
	unsigned int i;

	flat[at].len = draw() % 33;
	flat[at].addr = (draw() & 0x0f0f) << 16 | (draw() & 0x0f0f);
	flat[at].addr &= mask(flat[at].len);
	flat[at].peer = draw() % PEERS;
	for (i = 0; i < at; i++)
		if (flat[i].len == flat[at].len && flat[i].addr == flat[at].addr)
			flat[i].len = 0xff;

	p = prefix(family, flat[at].addr, flat[at].len);
	return !naawg_allowedips_add(table, &p, peer(flat[at].peer),
				     &owned[flat[at].peer]);
}

static bool __init fill_and_empty(struct naawg_allowedips *table, u8 family)
{
	struct naawg_prefix p;
	unsigned int i;

	for (i = 0; i < PREFIXES; i++)
		flat[i].len = 0xff;
	for (i = 0; i < PREFIXES; i++)
		if (!put(table, family, i))
			return false;
	if (!same(table, family))
		return false;

	for (i = 0; i < PREFIXES; i += 2) {
		if (flat[i].len == 0xff)
			continue;
		p = prefix(family, flat[i].addr, flat[i].len);
		if (naawg_allowedips_remove(table, &p,
					    peer((flat[i].peer + 1) % PEERS)) ||
		    !naawg_allowedips_remove(table, &p, peer(flat[i].peer)) ||
		    naawg_allowedips_remove(table, &p, peer(flat[i].peer)))
			return false;
		flat[i].len = 0xff;
	}
	if (!same(table, family))
		return false;

	for (i = 0; i < PEERS; i++)
		naawg_allowedips_remove_all(table, &owned[i]);
	return !rcu_access_pointer(table->root4) &&
	       !rcu_access_pointer(table->root6);
}

static bool __init test_allowedips(void)
{
	struct naawg_allowedips table;
	static DEFINE_MUTEX(lock);
	unsigned int i;
	bool pass;

	for (i = 0; i < PEERS; i++)
		INIT_LIST_HEAD(&owned[i]);
	random_state = 1;
	naawg_allowedips_init(&table, &lock);

	mutex_lock(&lock);
	pass = fill_and_empty(&table, AF_INET) &&
	       fill_and_empty(&table, AF_INET6);
	naawg_allowedips_destroy(&table);
	for (i = 0; i < PEERS; i++)
		pass &= list_empty(&owned[i]);
	mutex_unlock(&lock);
	return pass;
}

static bool __init test_ratelimit(void)
{
	static struct naawg_ratelimit rl;
	const u64 token = 1000000000 / NAAWG_RATE_PER_SECOND;
	__be32 addr = cpu_to_be32(0xc0000201);
	__be32 other = cpu_to_be32(0xc0000202);
	u64 now = ktime_get_coarse_boottime_ns();
	bool pass = true;
	unsigned int i;

	if (naawg_ratelimit_init(&rl))
		return false;
	for (i = 0; i < NAAWG_RATE_BURST; i++)
		pass &= naawg_ratelimit_allow(&rl, &addr, sizeof(addr), now);
	pass &= !naawg_ratelimit_allow(&rl, &addr, sizeof(addr), now);
	pass &= naawg_ratelimit_allow(&rl, &other, sizeof(other), now);
	now += token;
	pass &= naawg_ratelimit_allow(&rl, &addr, sizeof(addr), now);
	pass &= !naawg_ratelimit_allow(&rl, &addr, sizeof(addr), now);
	now += 100 * token;
	for (i = 0; i < NAAWG_RATE_BURST; i++)
		pass &= naawg_ratelimit_allow(&rl, &addr, sizeof(addr), now);
	pass &= !naawg_ratelimit_allow(&rl, &addr, sizeof(addr), now);
	naawg_ratelimit_destroy(&rl);
	return pass;
}

/**
 * naawg_selftest_table() - run the tables' tests
 *
 * Context: process, while the module is loaded.
 * Return: 0, or -EBADMSG if a test failed; the kernel log names the test.
 */
int __init naawg_selftest_table(void)
{
	bool allowedips = test_allowedips();
	bool ratelimit = test_ratelimit();

	pr_info("naawg: selftest: allowedips: %s\n",
		allowedips ? "pass" : "FAIL");
	pr_info("naawg: selftest: ratelimit: %s\n",
		ratelimit ? "pass" : "FAIL");
	return allowedips && ratelimit ? 0 : -EBADMSG;
}
