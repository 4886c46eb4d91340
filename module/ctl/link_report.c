// SPDX-License-Identifier: GPL-2.0
/* Netlink notifications about links that go up and down. */
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>

#include "../uapi/naawg.h"
#include "change_report.h"
#include "link_report.h"
#include "netdev.h"

/* The message needs no more than the name and the author. */
static int naawg_put_nothing(struct sk_buff *skb, const void *entry)
{
	return 0;
}

/*
 * The kernel calls this after the link is up or down, in the task that asked for it, or
 * in a task of its own when a network namespace ends.
 */
static int naawg_link_event(struct notifier_block *self, unsigned long event,
			    void *info)
{
	struct net_device *netdev = netdev_notifier_info_to_dev(info);
	struct naawg_change_report report;
	u8 cmd;

	if (event == NETDEV_UP)
		cmd = NAAWG_CMD_LINK_UP_NTF;
	else if (event == NETDEV_DOWN)
		cmd = NAAWG_CMD_LINK_DOWN_NTF;
	else
		return NOTIFY_DONE;
	if (!naawg_netdev_is_ours(netdev))
		return NOTIFY_DONE;
	ASSERT_RTNL();
	naawg_change_report_begin(&report, netdev_priv(netdev), dev_net(netdev));
	naawg_change_report_put(&report, cmd, naawg_put_nothing, NULL);
	naawg_change_report_end(&report);
	return NOTIFY_DONE;
}

static struct notifier_block link_nb = { .notifier_call = naawg_link_event };

/**
 * naawg_link_report_setup() - register for links that go up and down
 *
 * Context: process; before the first device.
 * Return: 0 or an error.
 */
int naawg_link_report_setup(void)
{
	return register_netdevice_notifier(&link_nb);
}

/**
 * naawg_link_report_teardown() - undo naawg_link_report_setup()
 *
 * Context: process; after the last device is gone.
 */
void naawg_link_report_teardown(void)
{
	unregister_netdevice_notifier(&link_nb);
}
