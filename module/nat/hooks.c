// SPDX-License-Identifier: GPL-2.0
/*
 * Registration of the netfilter hooks for forwards and forbidden networks.
 *
 * Hooks are registered per namespace, when its first device gets a forward. They
 * stay registered until the device leaves the namespace, even after its last forward
 * was removed. Established connections need nf_nat's hooks, which stay as long as
 * ours do. Our hooks are unregistered earlier only if no such connection can be left.
 *
 * The packets of a device that forbids networks are checked even if it has no
 * forwards: removed forwards and rules of the administrator redirect connections too.
 * This check needs neither nf_nat nor connection tracking.
 */
#include <net/netfilter/nf_nat.h>
#include <net/netfilter/nf_nat_masquerade.h>
#include <net/netns/generic.h>

#include "hooks.h"
#include "match.h"
#include "packets.h"

/**
 * struct hooks_net - state of one namespace
 * @users: number of devices with forwards (hooks_lock)
 * @watchers: number of devices with forwards plus number of devices that forbid
 *	networks (hooks_lock)
 */
struct hooks_net {
	unsigned int users;
	unsigned int watchers;
};

static unsigned int hooks_net_id;
static DEFINE_MUTEX(hooks_lock);	/* our innermost mutex, after dev->config */

static int register_nat(struct net *net, const struct nf_hook_ops *ops)
{
	if (ops->pf == NFPROTO_IPV4)
		return nf_nat_ipv4_register_fn(net, ops);
	if (IS_ENABLED(CONFIG_IPV6))
		return nf_nat_ipv6_register_fn(net, ops);
	return 0;
}

static void unregister_nat(struct net *net, const struct nf_hook_ops *ops)
{
	if (ops->pf == NFPROTO_IPV4)
		nf_nat_ipv4_unregister_fn(net, ops);
	else if (IS_ENABLED(CONFIG_IPV6))
		nf_nat_ipv6_unregister_fn(net, ops);
}

static void remove_nat(struct net *net, int n)
{
	while (n-- > 0)
		unregister_nat(net, &naawg_nat_ops[n]);
}

static int add_nat(struct net *net)
{
	int err, n;

	err = nf_ct_netns_get(net, NFPROTO_INET);
	if (err)
		return err;
	for (n = 0; n < NAAWG_NAT_OPS; n++) {
		err = register_nat(net, &naawg_nat_ops[n]);
		if (err)
			goto undo;
	}
	return 0;

undo:
	remove_nat(net, n);
	nf_ct_netns_put(net, NFPROTO_INET);
	return err;
}

static int watch_get(struct net *net)
{
	struct hooks_net *here = net_generic(net, hooks_net_id);
	int err = 0;

	mutex_lock(&hooks_lock);
	if (!here->watchers)
		err = nf_register_net_hooks(net, naawg_packet_ops,
					    NAAWG_PACKET_OPS);
	if (!err)
		here->watchers++;
	mutex_unlock(&hooks_lock);
	return err;
}

static void watch_put(struct net *net)
{
	struct hooks_net *here = net_generic(net, hooks_net_id);

	mutex_lock(&hooks_lock);
	if (!--here->watchers)
		nf_unregister_net_hooks(net, naawg_packet_ops,
					NAAWG_PACKET_OPS);
	mutex_unlock(&hooks_lock);
}

static int nat_get(struct net *net)
{
	struct hooks_net *here = net_generic(net, hooks_net_id);
	int err = 0;

	mutex_lock(&hooks_lock);
	if (!here->users)
		err = add_nat(net);
	if (!err)
		here->users++;
	mutex_unlock(&hooks_lock);
	return err;
}

static void nat_put(struct net *net)
{
	struct hooks_net *here = net_generic(net, hooks_net_id);

	mutex_lock(&hooks_lock);
	if (!--here->users) {
		remove_nat(net, NAAWG_NAT_OPS);
		nf_ct_netns_put(net, NFPROTO_INET);
	}
	mutex_unlock(&hooks_lock);
}

static int hooks_get(struct net *net)
{
	int err = nat_get(net);

	if (err)
		return err;
	err = watch_get(net);
	if (err)
		nat_put(net);
	return err;
}

static void hooks_put(struct net *net)
{
	watch_put(net);
	nat_put(net);
}

/**
 * naawg_hooks_attach() - register the hooks for the forwards of a device
 * @forwards: forwards of the device
 * @extack: receives the error text
 *
 * Context: process, dev->config held.
 * Return: 0 or an error.
 */
int naawg_hooks_attach(struct naawg_forwards *forwards,
		       struct netlink_ext_ack *extack)
{
	struct net *net = dev_net(forwards->dev->netdev);
	int err;

	lockdep_assert_held(&forwards->dev->config);
	if (forwards->gone) {
		NL_SET_ERR_MSG(extack, "the interface is being removed");
		return -ENODEV;
	}
	if (forwards->hooked)
		return 0;
	err = hooks_get(net);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "cannot register with the kernel's address translation");
		return err;
	}
	forwards->hooked = net;
	return 0;
}

static void detach(struct naawg_forwards *forwards)
{
	if (forwards->hooked)
		hooks_put(forwards->hooked);
	forwards->hooked = NULL;
	forwards->lingering = false;
}

/**
 * naawg_hooks_watch() - register the hooks that check destinations for a device
 * @forwards: forwards of the device, which forbids networks or is about to
 * @extack: receives the error text
 *
 * If the link is between two namespaces, the netdevice notifier registers the hooks
 * in the new one.
 *
 * Context: process, dev->config held.
 * Return: 0 or an error.
 */
int naawg_hooks_watch(struct naawg_forwards *forwards,
		      struct netlink_ext_ack *extack)
{
	struct net *net = dev_net(forwards->dev->netdev);
	int err;

	lockdep_assert_held(&forwards->dev->config);
	if (forwards->gone || forwards->watched)
		return 0;
	err = watch_get(net);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "cannot register with the kernel's packet filter");
		return err;
	}
	forwards->watched = net;
	return 0;
}

/**
 * naawg_hooks_unwatch() - undo naawg_hooks_watch(), if it was called
 * @forwards: forwards of the device, which forbids nothing
 *
 * Context: process, dev->config held.
 */
void naawg_hooks_unwatch(struct naawg_forwards *forwards)
{
	lockdep_assert_held(&forwards->dev->config);
	if (forwards->watched)
		watch_put(forwards->watched);
	forwards->watched = NULL;
}

/**
 * struct kill - arguments of naawg_conn_is_removed()
 * @dev: the device
 * @table: its forwards before some were removed
 */
struct kill {
	const struct naawg_dev *dev;
	const struct naawg_forward_table *table;
};

static int naawg_conn_is_removed(struct nf_conn *ct, void *data)
{
	const struct nf_conntrack_tuple *original;
	const struct naawg_forward *forward;
	const struct kill *kill = data;
	bool ours;

	original = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	rcu_read_lock();
	forward = naawg_forward_of(kill->dev, kill->table, ct);
	/* another link may have a forward with the same ports and destination */
	ours = forward &&
	       naawg_forward_is_own_address(kill->dev, original->src.l3num,
					    &original->dst.u3);
	rcu_read_unlock();
	/* a removed forward is in a list of the change */
	return ours && !list_empty(&forward->link);
}

/**
 * naawg_hooks_kill() - end the connections of removed forwards
 * @forwards: forwards of the device, after the change was committed
 * @old: table before the change; the change is not destroyed yet
 * @all: if no forward is left, unregister the hooks even if forwards that were
 *	removed earlier have connections left
 *
 * Context: process, dev->config held.
 */
void naawg_hooks_kill(struct naawg_forwards *forwards,
		      const struct naawg_forward_table *old, bool all)
{
	struct kill kill = { .dev = forwards->dev, .table = old };
	struct nf_ct_iter_data iter = {
		.net = forwards->hooked,
		.data = &kill,
	};

	lockdep_assert_held(&forwards->dev->config);
	if (!forwards->hooked)
		return;
	/* packets under way may still make connections from the old table */
	synchronize_net();
	nf_ct_iterate_cleanup_net(naawg_conn_is_removed, &iter);
	if (!rcu_access_pointer(forwards->table) &&
	    (all || !forwards->lingering))
		detach(forwards);
}

static void attach_again(struct naawg_dev *dev)
{
	if (rcu_access_pointer(dev->forwards->table) &&
	    naawg_hooks_attach(dev->forwards, NULL))
		netdev_warn(dev->netdev, "forwards are not in force here\n");
	if (rcu_access_pointer(dev->forbidden) &&
	    naawg_hooks_watch(dev->forwards, NULL))
		netdev_warn(dev->netdev,
			    "forbidden networks are not in force for redirected connections here\n");
}

/* Moves the hooks of a device along when its link changes the namespace. */
static int naawg_netdev_event(struct notifier_block *self, unsigned long event,
			      void *info)
{
	struct net_device *netdev = netdev_notifier_info_to_dev(info);
	struct naawg_dev *dev = naawg_packets_dev(netdev);

	if (!dev || (event != NETDEV_REGISTER && event != NETDEV_UNREGISTER))
		return NOTIFY_DONE;
	mutex_lock(&dev->config);
	if (event == NETDEV_UNREGISTER) {
		dev->forwards->gone = true;
		detach(dev->forwards);
		naawg_hooks_unwatch(dev->forwards);
	} else {
		dev->forwards->gone = false;
		attach_again(dev);
	}
	mutex_unlock(&dev->config);
	return NOTIFY_DONE;
}

static struct notifier_block netdev_notifier = {
	.notifier_call = naawg_netdev_event,
};

static struct pernet_operations net_ops = {
	.id = &hooks_net_id,
	.size = sizeof(struct hooks_net),
};

/**
 * naawg_hooks_setup() - register notifiers for links and for masquerading
 * @link_ops: operations of our links
 *
 * Context: process; before the first device.
 * Return: 0 or an error.
 */
int naawg_hooks_setup(const struct net_device_ops *link_ops)
{
	int err;

	naawg_packets_setup(link_ops);
	err = register_pernet_subsys(&net_ops);
	if (err)
		return err;
	/* ends masqueraded connections when their outgoing address is removed */
	err = nf_nat_masquerade_inet_register_notifiers();
	if (err)
		goto pernet;
	err = register_netdevice_notifier(&netdev_notifier);
	if (err)
		goto masquerade;
	return 0;

masquerade:
	nf_nat_masquerade_inet_unregister_notifiers();
pernet:
	unregister_pernet_subsys(&net_ops);
	return err;
}

/**
 * naawg_hooks_teardown() - undo naawg_hooks_setup(), after the last device is gone
 */
void naawg_hooks_teardown(void)
{
	unregister_netdevice_notifier(&netdev_notifier);
	nf_nat_masquerade_inet_unregister_notifiers();
	unregister_pernet_subsys(&net_ops);
	/* waits for packets that are still in our hooks */
	synchronize_net();
}
