// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks are registered per namespace, when its first device gets forwards. They
 * stay until the device leaves the namespace, not until its last forward is
 * gone: established connections need nf_nat's hooks, which ours keep in place.
 * Only where none of these can be left they go earlier.
 *
 * A device that forbids networks has packets looked at, whether it has forwards or
 * not: forwards of the past and rules of the administrator bind connections, too.
 * It needs neither nf_nat nor connection tracking for that.
 */
#include <net/netfilter/nf_nat.h>
#include <net/netfilter/nf_nat_masquerade.h>
#include <net/netns/generic.h>

#include "hooks.h"
#include "match.h"
#include "packets.h"

/**
 * struct hooks_net - one namespace
 * @users: devices with forwards in it (@hooks_lock)
 * @watchers: devices for which packets are looked at, for each of two reasons
 *	(@hooks_lock)
 */
struct hooks_net {
	unsigned int users;
	unsigned int watchers;
};

static unsigned int hooks_net_id;
static DEFINE_MUTEX(hooks_lock);	/* innermost of ours, after dev->config */

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
 * naawg_hooks_attach() - have packets looked at for a device
 * @forwards: forwards of the device
 * @extack: told why not
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
 * naawg_hooks_watch() - have destinations of connections looked at for a device
 * @forwards: forwards of the device, which forbids networks or is about to
 * @extack: told why not
 *
 * A device that is in no namespace is looked after when it gets to one.
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
 * struct kill - whose connections end
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
	/* another link may have a forward of the same ports and destination */
	ours = forward &&
	       naawg_forward_is_own_address(kill->dev, original->src.l3num,
					    &original->dst.u3);
	rcu_read_unlock();
	/* in a list of the change: it leaves */
	return ours && !list_empty(&forward->link);
}

/**
 * naawg_hooks_kill() - end the connections of removed forwards
 * @forwards: forwards of the device, without them
 * @old: the table they were in, with the change still under way
 * @all: nothing shall be left, of forwards removed earlier neither
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
	/* packets under way may still make connections of the old table */
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

/* Forwards follow their link: out of one namespace, into the next. */
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
 * naawg_hooks_setup() - get ready for devices with forwards
 * @link_ops: operations of our links
 *
 * Context: process; before there are devices.
 * Return: 0 or an error.
 */
int naawg_hooks_setup(const struct net_device_ops *link_ops)
{
	int err;

	naawg_packets_setup(link_ops);
	err = register_pernet_subsys(&net_ops);
	if (err)
		return err;
	/* connections end when the address they were hidden behind goes */
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
 * naawg_hooks_teardown() - undo naawg_hooks_setup(); no device is left
 */
void naawg_hooks_teardown(void)
{
	unregister_netdevice_notifier(&netdev_notifier);
	nf_nat_masquerade_inet_unregister_notifiers();
	unregister_pernet_subsys(&net_ops);
	/* packets that were on their way through our hooks */
	synchronize_net();
}
