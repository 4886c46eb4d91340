// SPDX-License-Identifier: GPL-2.0
/* The tree of allowed IPs against a plain table, also when memory is short. */
#include "table/allowedips.h"
#include "fuzz.h"

#define PEERS	4
#define ROWS	96

struct naawg_peer {
	struct list_head owned;
};

static struct naawg_peer peers[PEERS];
static struct naawg_allowedips table;
static struct mutex lock = { .held = true };
static struct row {
	struct naawg_prefix prefix;
	struct naawg_peer *peer;	/* NULL: free */
} rows[ROWS];

static bool covers(const struct naawg_prefix *p, u8 family, const u8 *addr)
{
	int i;

	if (p->family != family)
		return false;
	for (i = 0; i < p->len; i++)
		if ((p->addr[i / 8] ^ addr[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static struct row *find(const struct naawg_prefix *p)
{
	struct row *row;

	for (row = rows; row < rows + ROWS; row++)
		if (row->peer && row->prefix.len == p->len &&
		    covers(p, row->prefix.family, row->prefix.addr))
			return row;
	return NULL;
}

static struct row *free_row(void)
{
	struct row *row;

	for (row = rows; row < rows + ROWS; row++)
		if (!row->peer)
			return row;
	return NULL;
}

static struct naawg_prefix any_prefix(void)
{
	struct naawg_prefix p = {
		.family = fuzz_pick(2) ? AF_INET : AF_INET6,
	};
	int bits = p.family == AF_INET ? 32 : 128;
	int turned = fuzz_pick(4);

	p.len = fuzz_pick(bits + 1);
	while (turned--) {
		int n = fuzz_pick(bits);

		p.addr[n / 8] ^= 0x80 >> n % 8;
	}
	return p;
}

static void compare(const struct naawg_prefix *p)
{
	struct naawg_peer *got, *expected = NULL;
	struct in6_addr addr6;
	struct row *row;
	__be32 addr4;
	int best = -1;

	for (row = rows; row < rows + ROWS; row++)
		if (row->peer && row->prefix.len > best &&
		    covers(&row->prefix, p->family, p->addr)) {
			best = row->prefix.len;
			expected = row->peer;
		}
	if (p->family == AF_INET) {
		memcpy(&addr4, p->addr, sizeof(addr4));
		got = naawg_allowedips_lookup4(&table, addr4);
	} else {
		memcpy(&addr6, p->addr, sizeof(addr6));
		got = naawg_allowedips_lookup6(&table, &addr6);
	}
	must(got == expected);
}

static int visit(const struct naawg_prefix *p, void *ctx)
{
	struct row *row = find(p);

	must(row && row->peer == ctx);
	return 0;
}

static void add(const struct naawg_prefix *p, struct naawg_peer *peer)
{
	struct row *row = find(p);
	long before = shim_objects;

	if (!row)
		row = free_row();
	if (!row)
		return;
	shim_alloc_left = fuzz_pick(4) ? -1 : (long)fuzz_pick(3);
	if (!naawg_allowedips_add(&table, p, peer, &peer->owned)) {
		row->prefix = *p;
		row->peer = peer;
	} else {
		must(shim_alloc_left == 0 && shim_objects == before);
	}
	shim_alloc_left = -1;
}

static void change(void)
{
	struct naawg_peer *peer = &peers[fuzz_pick(PEERS)];
	struct naawg_prefix p = any_prefix();
	struct row *row = find(&p);
	bool had = row && row->peer == peer;

	switch (fuzz_pick(8)) {
	case 0:
		naawg_allowedips_remove_all(&table, &peer->owned);
		for (row = rows; row < rows + ROWS; row++)
			if (row->peer == peer)
				row->peer = NULL;
		break;
	case 1:
	case 2:
		must(naawg_allowedips_remove(&table, &p, peer) == had);
		if (had)
			row->peer = NULL;
		break;
	default:
		add(&p, peer);
	}
	naawg_allowedips_walk(&peer->owned, NULL, visit, peer);
	compare(&p);
	for (row = rows; row < rows + ROWS; row++)
		if (row->peer)
			compare(&row->prefix);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	int i;

	fuzz_from(data, size);
	naawg_allowedips_init(&table, &lock);
	memset(rows, 0, sizeof(rows));
	for (i = 0; i < PEERS; i++)
		INIT_LIST_HEAD(&peers[i].owned);
	while (fuzz_left)
		change();
	for (i = 0; i < PEERS; i++)
		naawg_allowedips_remove_all(&table, &peers[i].owned);
	must(!shim_objects);
	naawg_allowedips_destroy(&table);
	return 0;
}
