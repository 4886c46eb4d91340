// SPDX-License-Identifier: GPL-2.0
/* Network devices of kind naawg: created, brought up and down, moved and destroyed. */
#include <linux/etherdevice.h>
#include <linux/export.h>
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/dst_metadata.h>
#include <net/ip_tunnels.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>

#include "../core/crypto.h"
#include "../handshake/handshake.h"
#include "../nat/forwards.h"
#include "../nat/hooks.h"
#include "../outer/socket.h"
#include "../rx/gro.h"
#include "../rx/gso_hook.h"
#include "../rx/handshake_rx.h"
#include "../rx/queue.h"
#include "../rx/rx.h"
#include "../state/callers.h"
#include "../tx/hold.h"
#include "../tx/seal.h"
#include "../tx/tx.h"
#include "../uapi/naawg.h"
#include "netdev.h"
#include "parts.h"
#include "peers.h"
#include "power.h"

static LIST_HEAD(devices);

/* Bytes that outer headers take from an Ethernet frame: IPv6, UDP and ours. */
#define OUTER_OVERHEAD	(sizeof(struct ipv6hdr) + sizeof(struct udphdr) + \
			 NAAWG_DATA_OVERHEAD)

static int naawg_ndo_open(struct net_device *netdev)
{
	struct in_device *in4 = __in_dev_get_rtnl(netdev);
	struct inet6_dev *in6 = __in6_dev_get(netdev);
	struct naawg_dev *dev = netdev_priv(netdev);
	int err;

	if (in4) {
		/* a point-to-point link has no other router to redirect to */
		IN_DEV_CONF_SET(in4, SEND_REDIRECTS, false);
		IPV4_DEVCONF_ALL(dev_net(netdev), SEND_REDIRECTS) = false;
	}
	if (in6)
		in6->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;

	mutex_lock(&dev->config);
	naawg_rxqs_open(dev);
	naawg_holds_open(dev);
	err = naawg_socket_open(dev, dev->port, &naawg_rx_receivers);
	if (!err)
		err = naawg_gso_hook_open(dev, naawg_rx_gso);
	if (err) {
		naawg_socket_close(dev);
		naawg_rxqs_close(dev);
		naawg_holds_close(dev);
	} else {
		dev->running = true;
		naawg_peers_start(dev);
	}
	mutex_unlock(&dev->config);
	return err;
}

static int naawg_ndo_stop(struct net_device *netdev)
{
	struct naawg_dev *dev = netdev_priv(netdev);

	mutex_lock(&dev->config);
	dev->running = false;
	naawg_gso_hook_close(dev);
	naawg_socket_close(dev);
	naawg_rxqs_close(dev);
	/* no sender is left: naawg_rxqs_close() waited for a grace period */
	naawg_holds_close(dev);
	naawg_rx_handshake_flush(dev);
	naawg_callers_stop(dev);
	naawg_peers_stop(dev);
	mutex_unlock(&dev->config);
	return 0;
}

static netdev_tx_t naawg_ndo_start_xmit(struct sk_buff *skb, struct net_device *netdev)
{
	/* a negative error also means consumed, and a local sender receives it */
	return (netdev_tx_t)naawg_tx(netdev_priv(netdev), skb);
}

/*
 * Limits GSO packets of the stack to the packets that one outer GSO packet takes. A
 * lower limit that the administrator has set stays.
 */
static void limit_gso(struct net_device *netdev, unsigned int mtu)
{
	unsigned int most = naawg_seal_most(naawg_wire_padded(mtu, mtu) +
					    NAAWG_DATA_OVERHEAD);

	if (netdev->gso_max_segs >= netdev->tso_max_segs)
		WRITE_ONCE(netdev->gso_max_segs, most);
	netif_set_tso_max_segs(netdev, most);
}

static int naawg_ndo_change_mtu(struct net_device *netdev, int mtu)
{
	WRITE_ONCE(netdev->mtu, mtu);
	limit_gso(netdev, mtu);
	return 0;
}

static const struct net_device_ops netdev_ops = {
	.ndo_open		= naawg_ndo_open,
	.ndo_stop		= naawg_ndo_stop,
	.ndo_start_xmit		= naawg_ndo_start_xmit,
	.ndo_change_mtu		= naawg_ndo_change_mtu,
	.ndo_get_stats64	= dev_get_tstats64,
};

/**
 * naawg_netdev_is_ours() - tell if a network device is of kind naawg
 * @netdev: any network device
 *
 * Context: any.
 * Return: whether it is.
 */
bool naawg_netdev_is_ours(const struct net_device *netdev)
{
	return netdev->netdev_ops == &netdev_ops;
}

/**
 * naawg_netdev_set_port() - change the UDP port
 * @dev: the device
 * @port: new port, 0 to let the kernel choose one
 *
 * Context: process, dev->config held.
 * Return: 0, or the error of opening the sockets; nothing has changed then.
 */
int naawg_netdev_set_port(struct naawg_dev *dev, u16 port)
{
	struct naawg_peer *peer;
	int err;

	lockdep_assert_held(&dev->config);
	if (port && port == dev->port)
		return 0;
	if (!dev->running) {
		dev->port = port;
		return 0;
	}
	err = naawg_socket_open(dev, port, &naawg_rx_receivers);
	if (err)
		return err;
	list_for_each_entry(peer, &dev->peers, link)
		naawg_endpoint_forget_source(&peer->endpoint);
	return 0;
}

/**
 * naawg_netdev_set_fwmark() - change the mark of outer packets
 * @dev: the device
 * @fwmark: the mark, 0 for none
 *
 * Context: process, dev->config held.
 */
void naawg_netdev_set_fwmark(struct naawg_dev *dev, u32 fwmark)
{
	struct naawg_peer *peer;

	lockdep_assert_held(&dev->config);
	WRITE_ONCE(dev->fwmark, fwmark);
	/* routes depend on the mark */
	list_for_each_entry(peer, &dev->peers, link)
		naawg_endpoint_forget_source(&peer->endpoint);
}

/* Closes sockets and drops routes, which must not outlive their namespace. */
static void leave_birth_net(struct naawg_dev *dev)
{
	struct naawg_peer *peer;

	ASSERT_RTNL();
	mutex_lock(&dev->config);
	naawg_gso_hook_close(dev);
	WRITE_ONCE(dev->birth_net, NULL);
	naawg_socket_close(dev);
	list_for_each_entry(peer, &dev->peers, link)
		naawg_endpoint_drop_routes(&peer->endpoint);
	mutex_unlock(&dev->config);
}

/* The last reference to the netdev is gone, so only queued work still uses it. */
static void naawg_dev_destruct(struct net_device *netdev)
{
	struct naawg_dev *dev = netdev_priv(netdev);

	/* until here, the exit of the birth namespace must find the device in the list */
	rtnl_lock();
	leave_birth_net(dev);
	list_del(&dev->link);
	rtnl_unlock();

	mutex_lock(&dev->config);
	naawg_peers_remove_all(dev, NULL);
	naawg_allowedips_destroy(&dev->allowedips);
	naawg_forbidden_free(rcu_replace_pointer(dev->forbidden, NULL,
						 lockdep_is_held(&dev->config)));
	mutex_unlock(&dev->config);
	naawg_rx_handshake_flush(dev);
	/* waits for work with references to peers, then for RCU to free the peers */
	flush_workqueue(naawg_wq);
	rcu_barrier();
	naawg_parts_destroy(dev);
}

static const struct device_type device_type = { .name = NAAWG_FAMILY_NAME };

/**
 * naawg_netdev_link_setup() - set up a new link
 * @netdev: the link, which the kernel has allocated
 *
 * Context: process, rtnl held; as setup of a link kind.
 */
void naawg_netdev_link_setup(struct net_device *netdev)
{
	const netdev_features_t features = NETIF_F_HW_CSUM | NETIF_F_RXCSUM |
					   NETIF_F_SG | NETIF_F_GSO |
					   NETIF_F_GSO_SOFTWARE |
					   NETIF_F_FRAGLIST |
					   NETIF_F_GSO_FRAGLIST |
					   NETIF_F_HIGHDMA;

	netdev->netdev_ops = &netdev_ops;
	netdev->header_ops = &ip_tunnel_header_ops;
	netdev->hard_header_len = 0;
	netdev->addr_len = 0;
	netdev->needed_headroom = 0;
	netdev->needed_tailroom = 0;
	netdev->type = ARPHRD_NONE;
	netdev->flags = IFF_POINTOPOINT | IFF_NOARP;
	/* netpoll sends with interrupts off, but sealing needs them on */
	netdev->priv_flags |= IFF_NO_QUEUE | IFF_DISABLE_NETPOLL;
	netdev_set_lltx(netdev);
	netdev->features |= features;
	netdev->hw_features |= features;
	netdev->hw_enc_features |= features;
	netdev->mtu = ETH_DATA_LEN - OUTER_OVERHEAD;
	limit_gso(netdev, netdev->mtu);
	netdev->max_mtu = round_down(INT_MAX, NAAWG_PAD_UNIT) - OUTER_OVERHEAD;
	SET_NETDEV_DEVTYPE(netdev, &device_type);
	/* routes must stay on the skb: their MTU bounds the padding */
	netif_keep_dst(netdev);
	netdev->needs_free_netdev = true;
}
EXPORT_SYMBOL_NAAWG(naawg_netdev_link_setup);

/**
 * naawg_netdev_newlink() - register a new link
 * @netdev: the link
 * @params: parameters of the request
 * @extack: receives the error text
 *
 * Context: process, rtnl held; as newlink of a link kind.
 * Return: 0 or an error.
 */
int naawg_netdev_newlink(struct net_device *netdev,
			 struct rtnl_newlink_params *params,
			 struct netlink_ext_ack *extack)
{
	struct naawg_dev *dev = netdev_priv(netdev);
	static u64 serial;
	int err;

	ASSERT_RTNL();
	dev->serial = ++serial;
	/* the MTU may differ from the one that naawg_netdev_link_setup() set */
	limit_gso(netdev, netdev->mtu);
	dev->birth_net = rtnl_newlink_link_net(params);
	err = naawg_parts_init(dev, netdev);
	if (err) {
		NL_SET_ERR_MSG_MOD(extack, "not enough memory for a device");
		return err;
	}
	err = register_netdevice(netdev);
	if (err) {
		naawg_parts_destroy(dev);
		return err;
	}
	/* from here on naawg_dev_destruct() frees the device */
	netdev->priv_destructor = naawg_dev_destruct;
	list_add_tail(&dev->link, &devices);
	return 0;
}
EXPORT_SYMBOL_NAAWG(naawg_netdev_newlink);

/**
 * naawg_netdev_dellink() - remove a link
 * @netdev: the link
 * @head: list of links that are removed together
 *
 * Context: process, rtnl held; as dellink of a link kind.
 */
void naawg_netdev_dellink(struct net_device *netdev, struct list_head *head)
{
	unregister_netdevice_queue(netdev, head);
}
EXPORT_SYMBOL_NAAWG(naawg_netdev_dellink);

/**
 * naawg_netdev_link_net() - the network namespace a link was created in
 * @netdev: the link
 *
 * It is shown as link-netnsid: user space needs it to create the same link again.
 *
 * Context: any that keeps the namespace alive; as get_link_net of a link kind.
 * Return: the namespace.
 */
struct net *naawg_netdev_link_net(const struct net_device *netdev)
{
	const struct naawg_dev *dev = netdev_priv(netdev);

	return READ_ONCE(dev->birth_net) ?: dev_net(netdev);
}
EXPORT_SYMBOL_NAAWG(naawg_netdev_link_net);

NAAWG_DEFINE_NEWLINK(naawg_netdev_newlink)

static struct rtnl_link_ops link_ops __read_mostly = {
	.kind			= NAAWG_FAMILY_NAME,
	.priv_size		= sizeof(struct naawg_dev),
	.setup			= naawg_netdev_link_setup,
	.newlink		= NAAWG_NEWLINK(naawg_netdev_newlink),
	.dellink		= naawg_netdev_dellink,
	.get_link_net		= naawg_netdev_link_net,
};

/**
 * naawg_netdev_is_same_build() - tell if another module knows our structures
 * @version: version that it was built from
 * @dev: size of struct naawg_dev in it
 * @peer: size of struct naawg_peer in it
 *
 * After an upgrade of the package, this module may still be the old one. A kernel without
 * CONFIG_MODVERSIONS does not notice that.
 *
 * Return: whether it does.
 */
bool naawg_netdev_is_same_build(const char *version, size_t dev, size_t peer)
{
	return !strcmp(version, NAAWG_VERSION) && dev == sizeof(struct naawg_dev) &&
	       peer == sizeof(struct naawg_peer);
}
EXPORT_SYMBOL_NAAWG(naawg_netdev_is_same_build);

/*
 * The sockets are in the namespace in which the link was created. They hold no
 * reference to it. With one, the namespace could not be destroyed while a link that
 * was created in it exists in another namespace.
 */
static void __net_exit naawg_net_pre_exit(struct net *net)
{
	struct naawg_dev *dev;

	rtnl_lock();
	list_for_each_entry(dev, &devices, link) {
		if (READ_ONCE(dev->birth_net) != net)
			continue;
		if (dev->netdev->reg_state == NETREG_REGISTERED)
			netif_carrier_off(dev->netdev);
		leave_birth_net(dev);
	}
	rtnl_unlock();
}

static struct pernet_operations net_ops = {
	.pre_exit = naawg_net_pre_exit,
};

static void naawg_forget_all(void)
{
	struct naawg_dev *dev;

	rtnl_lock();
	list_for_each_entry(dev, &devices, link) {
		mutex_lock(&dev->config);
		naawg_peers_forget_sessions(dev);
		mutex_unlock(&dev->config);
	}
	rtnl_unlock();
	/* keys are wiped after a grace period, and the caller saves memory next */
	rcu_barrier();
}

/**
 * naawg_netdev_setup() - register the link kind
 *
 * Return: 0 or an error.
 */
int naawg_netdev_setup(void)
{
	int err = naawg_power_setup(naawg_forget_all);

	if (err)
		return err;
	err = naawg_hooks_setup(&netdev_ops);
	if (err)
		goto power;
	err = register_pernet_device(&net_ops);
	if (err)
		goto hooks;
	err = rtnl_link_register(&link_ops);
	if (err)
		goto pernet;
	return 0;

pernet:
	unregister_pernet_device(&net_ops);
hooks:
	naawg_hooks_teardown();
power:
	naawg_power_teardown();
	return err;
}

/**
 * naawg_netdev_teardown() - unregister the link kind, and remove all links
 */
void naawg_netdev_teardown(void)
{
	rtnl_link_unregister(&link_ops);
	unregister_pernet_device(&net_ops);
	naawg_hooks_teardown();
	naawg_power_teardown();
}
