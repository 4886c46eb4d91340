// SPDX-License-Identifier: GPL-2.0
/* Two hosts that know each other's keys and never spoke. */
#include "deal.h"
#include "host.h"
#include "world.h"

struct world world;
struct options options;
const char *broken;

static void begin(struct host *h, u8 key)
{
	u8 private[NAAWG_KEY_SIZE];

	memset(private, key, sizeof(private));
	must(naawg_identity_set(&h->id, private), "a private key can be set");
	naawg_sessions_init(&h->sessions);
	h->staged = NOTHING;
}

void world_begin(void)
{
	static const u8 preshared[NAAWG_KEY_SIZE] = { 3 };
	struct host *a = &world.hosts[0], *b = &world.hosts[1];

	deal_forget_all();
	memset(&world, 0, sizeof(world));
	world.now = 1000 * S;
	begin(a, 0x11);
	begin(b, 0x22);
	naawg_handshake_init(&a->hs, &a->id, b->id.public, preshared);
	naawg_handshake_init(&b->hs, &b->id, a->id.public, preshared);
	naawg_timer_sm_set_persistent(&a->sm, options.persistent, world.now);
}

void world_end(void)
{
	host_forget(&world.hosts[0]);
	host_forget(&world.hosts[1]);
}
