// SPDX-License-Identifier: GPL-2.0
/* Loads and unloads the module, in exactly opposite orders. */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

#include "core/noise.h"
#include "core/selftest.h"
#include "ctl/netdev.h"
#include "ctl/netlink.h"
#include "rx/chains.h"
#include "handshake/handshake.h"
#include "simd/simd.h"
#include "table/selftest.h"
#include "uapi/naawg.h"

/* A debug build does not load if a self-test fails. */
static int __init selftest(void)
{
#ifdef NAAWG_DEBUG
	return naawg_selftest_core() ?: naawg_selftest_table();
#else
	return 0;
#endif
}

static int __init naawg_init(void)
{
	int err;

	err = selftest();
	if (err)
		return err;
	naawg_chains_setup();
	naawg_simd_setup();
	err = naawg_handshake_setup();
	if (err)
		goto simd;
	err = naawg_netlink_setup();
	if (err)
		goto handshake;
	err = naawg_netdev_setup();
	if (err)
		goto netlink;
	return 0;

netlink:
	naawg_netlink_teardown();
handshake:
	naawg_handshake_teardown();
simd:
	naawg_simd_teardown();
	return err;
}

static void __exit naawg_exit(void)
{
	naawg_netdev_teardown();
	naawg_netlink_teardown();
	naawg_handshake_teardown();
	naawg_simd_teardown();
	/* RCU callbacks that still run are code of this module */
	rcu_barrier();
	/*
	 * naawg_hold_call_returns() and naawg_reply_read() put their reference
	 * to the module before their last instructions run
	 */
	synchronize_rcu_tasks();
}

module_init(naawg_init);
module_exit(naawg_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("naawg: tunnels that speak the WireGuard protocol");
MODULE_VERSION(NAAWG_VERSION);
MODULE_ALIAS_RTNL_LINK(NAAWG_FAMILY_NAME);
MODULE_ALIAS_GENL_FAMILY(NAAWG_FAMILY_NAME);
