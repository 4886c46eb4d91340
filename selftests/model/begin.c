// SPDX-License-Identifier: GPL-2.0
/* States from which the model begins: what takes many steps is behind them. */
#include "begin.h"
#include "fair.h"
#include "host.h"
#include "steps.h"

void begin_strangers(void)
{
	world_begin();
}

void begin_session(void)
{
	world_begin();
	host_send(&world.hosts[0]);
	fair_settle(true, 0);
	must(world.hosts[0].sessions.active && world.hosts[1].sessions.active,
	     "two hosts make a session");
}

static void grow_old(u64 age)
{
	u64 end = world.now + age;

	while (world.now < end && !broken) {
		must(step_wait(end - world.now), "a session grows old");
		fair_settle(false, 0);
	}
}

void begin_renewal(void)
{
	begin_session();
	grow_old(NAAWG_REKEY_AFTER_TIME);
}

void begin_late_renewal(void)
{
	begin_session();
	grow_old(NAAWG_REJECT_AFTER_TIME - NAAWG_KEEPALIVE_TIMEOUT - NAAWG_REKEY_TIMEOUT);
}
