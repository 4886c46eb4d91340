// SPDX-License-Identifier: GPL-2.0
/* The tree of allowed IPs against a plain list. */
#include "table/allowedips.h"
#include "shim.h"
#include "tap.h"

#define PEERS	6

struct naawg_peer {
	struct list_head owned;
};

static struct naawg_peer peers[PEERS];
static struct naawg_allowedips table;
static DEFINE_MUTEX(lock);

static struct entry {
	struct naawg_prefix prefix;
	struct naawg_peer *peer;
	struct entry *next;
} *list;

static bool bit_of(const u8 *addr, int n)
{
	return addr[n / 8] >> (7 - n % 8) & 1;
}

static bool same_bits(const u8 *a, const u8 *b, int n)
{
	while (n--)
		if (bit_of(a, n) != bit_of(b, n))
			return false;
	return true;
}

static struct entry **list_find(const struct naawg_prefix *p)
{
	struct entry **at;

	for (at = &list; *at; at = &(*at)->next)
		if ((*at)->prefix.family == p->family &&
		    (*at)->prefix.len == p->len &&
		    same_bits((*at)->prefix.addr, p->addr, p->len))
			break;
	return at;
}

static void list_put(const struct naawg_prefix *p, struct naawg_peer *peer)
{
	struct entry **at = list_find(p);

	if (!*at) {
		*at = calloc(1, sizeof(**at));
		(*at)->prefix = *p;
		for (int i = p->len; i < 128; i++)
			(*at)->prefix.addr[i / 8] &= ~(0x80 >> i % 8);
	}
	(*at)->peer = peer;
}

static bool list_remove(const struct naawg_prefix *p, struct naawg_peer *peer)
{
	struct entry **at = list_find(p), *gone = *at;

	if (!gone || gone->peer != peer)
		return false;
	*at = gone->next;
	free(gone);
	return true;
}

static void list_remove_all(struct naawg_peer *peer)
{
	struct entry **at = &list, *gone;

	while ((gone = *at)) {
		if (peer && gone->peer != peer) {
			at = &gone->next;
			continue;
		}
		*at = gone->next;
		free(gone);
	}
}

static struct naawg_peer *list_lookup(u8 family, const u8 *addr)
{
	struct naawg_peer *peer = NULL;
	struct entry *e;
	int best = -1;

	for (e = list; e; e = e->next) {
		if (e->prefix.family == family && e->prefix.len > best &&
		    same_bits(e->prefix.addr, addr, e->prefix.len)) {
			best = e->prefix.len;
			peer = e->peer;
		}
	}
	return peer;
}

static struct naawg_peer *lookup(u8 family, const u8 *addr)
{
	struct naawg_peer *peer;
	struct in6_addr addr6;
	__be32 addr4;

	memcpy(&addr4, addr, 4);
	rcu_read_lock();
	if (family == AF_INET) {
		peer = naawg_allowedips_lookup4(&table, addr4);
	} else {
		memcpy(&addr6, addr, 16);
		peer = naawg_allowedips_lookup6(&table, &addr6);
	}
	rcu_read_unlock();
	return peer;
}

static int add(const struct naawg_prefix *p, struct naawg_peer *peer)
{
	return naawg_allowedips_add(&table, p, peer, &peer->owned);
}

static void begin(void)
{
	naawg_allowedips_init(&table, &lock);
	for (int i = 0; i < PEERS; i++)
		INIT_LIST_HEAD(&peers[i].owned);
	check(!list);
}

/* Few bits set in few places, so that prefixes meet and nest. */
static struct naawg_prefix random_prefix(u8 family)
{
	struct naawg_prefix p = { .family = family };
	int bits = family == AF_INET ? 32 : 128;

	for (int i = tap_random() % 6; i > 0; i--) {
		int n = tap_random() % 3 ? tap_random() % 12 :
					   tap_random() % bits;

		p.addr[n / 8] |= 0x80 >> n % 8;
	}
	p.len = tap_random() % 3 ? tap_random() % 14 :
				   tap_random() % (bits + 1);
	return p;
}

static int visit_count;

static int visit(const struct naawg_prefix *prefix, void *ctx)
{
	struct entry *e = *list_find(prefix);

	visit_count++;
	check(e && e->peer == ctx);
	check(e && !memcmp(e->prefix.addr, prefix->addr, 16));
	return 0;
}

static int list_count(struct naawg_peer *peer)
{
	struct entry *e;
	int n = 0;

	for (e = list; e; e = e->next)
		n += !peer || e->peer == peer;
	return n;
}

static void compare(void)
{
	int i;

	for (i = 0; i < 60; i++) {
		u8 family = tap_random() % 2 ? AF_INET : AF_INET6;
		struct naawg_prefix p = random_prefix(family);

		check(lookup(family, p.addr) == list_lookup(family, p.addr));
	}
	for (i = 0; i < PEERS; i++) {
		visit_count = 0;
		naawg_allowedips_walk(&peers[i].owned, NULL, visit, &peers[i]);
		check(visit_count == list_count(&peers[i]));
	}
	/* forks are fewer than prefixes */
	check(!list || shim_objects < 2 * list_count(NULL));
	check(list || !shim_objects);
}

static void model(void)
{
	begin();
	for (int i = 0; i < tap_rounds(40000); i++) {
		u8 family = tap_random() % 2 ? AF_INET : AF_INET6;
		struct naawg_prefix p = random_prefix(family);
		struct naawg_peer *peer = &peers[tap_random() % PEERS];
		u64 seq = table.seq;

		/* waves: grow for a while, then shrink for a while */
		if (tap_random() % 8 < (i / 1000 % 2 ? 2 : 5)) {
			struct entry *e = *list_find(&p);
			bool change = !e || e->peer != peer;

			check(!add(&p, peer));
			check((table.seq > seq) == change);
			list_put(&p, peer);
		} else if (list && tap_random() % 2) {
			/* one that is there, of whom it may be */
			struct entry *e = list;

			for (int n = tap_random() % 50; n && e->next; n--)
				e = e->next;
			p = e->prefix;
			if (tap_random() % 4)
				peer = e->peer;
			bool had = e->peer == peer;

			check(naawg_allowedips_remove(&table, &p, peer) == had);
			check(list_remove(&p, peer) == had);
			check((table.seq > seq) == had);
		} else if (tap_random() % 40) {
			check(naawg_allowedips_remove(&table, &p, peer) ==
			      list_remove(&p, peer));
		} else {
			naawg_allowedips_remove_all(&table, &peer->owned);
			list_remove_all(peer);
			check(list_empty(&peer->owned));
		}
		if (i % 16 == 0)
			compare();
	}
	for (int i = 0; i < PEERS; i++) {
		naawg_allowedips_remove_all(&table, &peers[i].owned);
		list_remove_all(&peers[i]);
		compare();
	}
	check(!shim_objects && !table.root4 && !table.root6 && !list);
}

static struct naawg_prefix prefix4(u8 a, u8 b, u8 c, u8 d, u8 len)
{
	return (struct naawg_prefix){ .addr = { a, b, c, d }, .len = len,
				      .family = AF_INET };
}

static void by_hand(void)
{
	struct naawg_prefix p, q;
	u8 addr[16] = { 10, 1, 2, 3 };

	begin();
	check(!lookup(AF_INET, addr) && !lookup(AF_INET6, addr));
	p = prefix4(0, 0, 0, 0, 0);
	check(!add(&p, &peers[0]));
	check(lookup(AF_INET, addr) == &peers[0]);
	check(!lookup(AF_INET6, addr));

	/* host bits are no part of it */
	p = prefix4(10, 1, 255, 255, 16);
	check(!add(&p, &peers[1]));
	q = prefix4(10, 1, 0, 0, 16);
	check(lookup(AF_INET, addr) == &peers[1]);
	check(!naawg_allowedips_remove(&table, &q, &peers[0]));
	check(naawg_allowedips_remove(&table, &q, &peers[1]));
	check(!naawg_allowedips_remove(&table, &q, &peers[1]));
	check(lookup(AF_INET, addr) == &peers[0]);

	/* adding it again moves it */
	check(!add(&p, &peers[1]));
	check(!add(&q, &peers[2]));
	check(lookup(AF_INET, addr) == &peers[2]);
	check(list_empty(&peers[1].owned));

	/* a fork is no prefix, but can become one */
	p = prefix4(192, 168, 0, 0, 24);
	check(!add(&p, &peers[3]));
	p = prefix4(192, 168, 1, 0, 24);
	check(!add(&p, &peers[3]));
	p = prefix4(192, 168, 0, 0, 23);
	check(!naawg_allowedips_remove(&table, &p, NULL));
	check(!naawg_allowedips_remove(&table, &p, &peers[3]));
	check(!add(&p, &peers[4]));
	check(naawg_allowedips_remove(&table, &p, &peers[4]));

	/* whole addresses */
	memset(addr, 0xff, 16);
	p = (struct naawg_prefix){ .len = 128, .family = AF_INET6 };
	memset(p.addr, 0xff, 16);
	check(!add(&p, &peers[5]));
	check(lookup(AF_INET6, addr) == &peers[5]);
	addr[15] ^= 1;
	check(!lookup(AF_INET6, addr));

	naawg_allowedips_destroy(&table);
	for (int i = 0; i < PEERS; i++)
		check(list_empty(&peers[i].owned));
	check(!shim_objects && !lookup(AF_INET, addr));
	check(!add(&p, &peers[0]));
	naawg_allowedips_destroy(&table);
	check(!shim_objects);
}

static int stop_at;
static int visited[8];

static int stop(const struct naawg_prefix *prefix, void *ctx)
{
	visited[visit_count++] = prefix->addr[0];
	return visit_count == stop_at ? 77 : 0;
}

static void walk_order(void)
{
	struct list_head *at = NULL;
	struct naawg_prefix p;
	int i;

	begin();
	for (i = 8; i > 0; i--) {
		p = prefix4(i, 0, 0, 0, 8);
		check(!add(&p, &peers[0]));
	}
	visit_count = 0;
	check(!naawg_allowedips_walk(&peers[0].owned, NULL, stop, NULL));
	for (i = 0; i < 8; i++)
		check(visited[i] == 8 - i);
	visit_count = 0;
	stop_at = 2;
	check(naawg_allowedips_walk(&peers[0].owned, &at, stop, NULL) == 77);
	check(visit_count == 2 && visited[0] == 8 && visited[1] == 7);
	/* the one it ended at is visited again, the others are not */
	visit_count = 0;
	stop_at = 3;
	check(naawg_allowedips_walk(&peers[0].owned, &at, stop, NULL) == 77);
	check(visit_count == 3 && visited[0] == 7 && visited[2] == 5);
	visit_count = 0;
	stop_at = 0;
	check(!naawg_allowedips_walk(&peers[0].owned, &at, stop, NULL));
	check(visit_count == 5 && visited[0] == 5 && visited[4] == 1);
	check(!naawg_allowedips_walk(&peers[0].owned, &at, stop, NULL));
	check(visit_count == 5);
	naawg_allowedips_destroy(&table);
}

static void no_memory(void)
{
	struct naawg_prefix p = prefix4(10, 0, 0, 0, 8);
	u8 addr[16] = { 10, 1, 2, 3 };
	u64 seq;

	begin();
	check(!add(&p, &peers[0]));
	/* this one takes a fork as well: the first or the second may fail */
	p = prefix4(11, 0, 0, 0, 8);
	seq = table.seq;
	for (int left = 0; left < 2; left++) {
		shim_alloc_left = left;
		check(add(&p, &peers[1]) < 0);
		check(shim_objects == 1 && table.seq == seq);
		check(list_empty(&peers[1].owned));
		check(lookup(AF_INET, addr) == &peers[0]);
	}
	/* moving takes no memory */
	p = prefix4(10, 0, 0, 0, 8);
	shim_alloc_left = 0;
	check(!add(&p, &peers[1]));
	shim_alloc_left = -1;
	check(lookup(AF_INET, addr) == &peers[1]);
	naawg_allowedips_destroy(&table);
	check(!shim_objects);
}

static void many(void)
{
	struct naawg_prefix p;
	u8 addr[16] = {};
	int i;

	begin();
	for (i = 0; i < 65280; i++) {
		p = prefix4(10, 1 + (i >> 8) % 255, i, 0, 32);
		p.addr[3] = i >> 16;
		check(!add(&p, &peers[i % PEERS]));
	}
	for (i = 0; i < 65280; i++) {
		memcpy(addr, (u8[]){ 10, 1 + (i >> 8) % 255, i, i >> 16 }, 4);
		check(lookup(AF_INET, addr) == &peers[i % PEERS]);
	}
	for (i = 0; i < PEERS; i++)
		naawg_allowedips_remove_all(&table, &peers[i].owned);
	check(!shim_objects && !table.root4);
	/* as deep as it gets */
	for (i = 0; i <= 128; i++) {
		p = (struct naawg_prefix){ .len = i, .family = AF_INET6 };
		memset(p.addr, 0x5a, 16);
		check(!add(&p, &peers[i % PEERS]));
	}
	memset(addr, 0x5a, 16);
	for (i = 128; i >= 0; i--) {
		check(lookup(AF_INET6, addr) == &peers[i % PEERS]);
		p.len = i;
		check(naawg_allowedips_remove(&table, &p, &peers[i % PEERS]));
	}
	check(!shim_objects && !table.root6);
}

int main(void)
{
	mutex_lock(&lock);
	tap_run("prefixes nest, move and lose their host bits", by_hand);
	tap_run("random changes agree with a list", model);
	tap_run("walks go in order and stop", walk_order);
	tap_run("without memory nothing changes", no_memory);
	tap_run("65280 prefixes, and 129 on one path, are found", many);
	mutex_unlock(&lock);
	return tap_done();
}
