// SPDX-License-Identifier: GPL-2.0
/*
 * The names of the stock driver: link kind and netlink family "wireguard".
 *
 * Programs that drive the stock driver find naawg under these names. The module has no
 * alias, so the kernel loads it only if the administrator tells modprobe to.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>
#include <uapi/linux/wireguard.h>

#include "../ctl/netdev.h"
#include "../state/peer.h"
#include "netlink_gen.h"
#include "wireguard.h"

/* udev, systemd-networkd and others know the links by this type. */
static const struct device_type device_type = { .name = WG_GENL_NAME };

static void naawg_wireguard_setup(struct net_device *netdev)
{
	naawg_netdev_link_setup(netdev);
	SET_NETDEV_DEVTYPE(netdev, &device_type);
}

NAAWG_DEFINE_NEWLINK(naawg_netdev_newlink)

static struct rtnl_link_ops link_ops __read_mostly = {
	.kind			= WG_GENL_NAME,
	.priv_size		= sizeof(struct naawg_dev),
	.setup			= naawg_wireguard_setup,
	.newlink		= NAAWG_NEWLINK(naawg_netdev_newlink),
	.dellink		= naawg_netdev_dellink,
	.get_link_net		= naawg_netdev_link_net,
};

struct genl_family naawg_wireguard_family __ro_after_init = {
	.name		= WG_GENL_NAME,
	.version	= WG_GENL_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= wireguard_nl_ops,
	.n_split_ops	= ARRAY_SIZE(wireguard_nl_ops),
	.resv_start_op	= WG_CMD_SET_DEVICE + 1,
};

/* The link kind comes first, as in the stock driver: its result tells who has the names. */
static int __init naawg_wireguard_init(void)
{
	int err;

	if (!naawg_netdev_is_same_build(NAAWG_VERSION, sizeof(struct naawg_dev),
					sizeof(struct naawg_peer))) {
		pr_err("the loaded naawg is another version; unload both and load them again\n");
		return -ENOEXEC;
	}
	err = rtnl_link_register(&link_ops);
	if (err)
		goto failed;
	err = genl_register_family(&naawg_wireguard_family);
	if (!err)
		return 0;
	rtnl_link_unregister(&link_ops);
failed:
	/* Modprobe takes -EEXIST of an old kernel for a module that is loaded already. */
	if (err == -EEXIST) {
		pr_err("the stock driver has the names; naawg-upgrade --adopt moves its links to naawg\n");
		err = -EBUSY;
	}
	return err;
}

static void __exit naawg_wireguard_exit(void)
{
	genl_unregister_family(&naawg_wireguard_family);
	rtnl_link_unregister(&link_ops);
}

module_init(naawg_wireguard_init);
module_exit(naawg_wireguard_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("naawg under the names of the stock WireGuard driver");
MODULE_VERSION(NAAWG_VERSION);
MODULE_IMPORT_NAAWG();
