// SPDX-License-Identifier: GPL-2.0
/* Dumps of a device: continues in the next message where the last one was full. */
#include <linux/export.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "dump.h"
#include "netlink_dev.h"
#include "netlink_prefix.h"
#include "peers.h"

/**
 * struct dump - position of a dump
 * @peer_id: id of the next peer to dump
 * @prefixes: number of its allowed IPs that were dumped already
 * @at: position of its next allowed IP, valid while the table's seq is @seq
 * @seq: seq of the table of allowed IPs at the time of @at
 * @serial: serial of the device
 * @ifindex: index of the device, which is looked up again for each message, so that
 *	a slow reader does not delay its deletion
 * @listed: number of elements of the form's list that were dumped already
 * @begun: the attributes of the device itself were dumped
 * @done: the dump is complete
 */
struct dump {
	u64 peer_id;
	unsigned long prefixes;
	struct list_head *at;
	u64 seq;
	u64 serial;
	int ifindex;
	u16 listed;
	bool begun;
	bool done;
};

static struct dump *dump_state(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump) > sizeof(cb->ctx));
	return (struct dump *)cb->ctx;
}

/**
 * naawg_dump_start() - begin a dump
 * @cb: the dump
 * @ifindex: index of the device, or 0 to look it up in the request by the first message
 *
 * Context: process, in the start of a netlink dump.
 */
void naawg_dump_start(struct netlink_callback *cb, int ifindex)
{
	struct dump *dump = dump_state(cb);

	memset(dump, 0, sizeof(*dump));
	dump->ifindex = ifindex;
}
EXPORT_SYMBOL_NAAWG(naawg_dump_start);

/**
 * naawg_dump_prefix() - write a prefix to a message and count it
 * @prefix: the prefix
 * @ctx: struct naawg_dump_prefixes
 *
 * Context: any; for naawg_allowedips_walk().
 * Return: 0, or -EMSGSIZE with nothing written.
 */
int naawg_dump_prefix(const struct naawg_prefix *prefix, void *ctx)
{
	struct naawg_dump_prefixes *walk = ctx;
	int err = naawg_netlink_put_prefix(walk->skb, walk->type, prefix);

	if (!err)
		walk->count++;
	return err;
}

/*
 * Continues where the last message ended. If the table has changed since, the
 * position is found by counting.
 */
static int put_prefixes(struct naawg_peer *peer, struct dump *dump,
			struct naawg_dump_prefixes *walk)
{
	u64 seq = peer->dev->allowedips.seq;
	unsigned long skip = dump->prefixes;

	if (!skip || dump->seq != seq) {
		dump->at = peer->prefixes.next;
		for (; skip && dump->at != &peer->prefixes; skip--)
			dump->at = dump->at->next;
	}
	dump->seq = seq;
	return naawg_allowedips_walk(&peer->prefixes, &dump->at, naawg_dump_prefix,
				     walk);
}

/* Writes the allowed IPs of a peer, within one attribute if the form has it. */
static int put_all_prefixes(struct naawg_peer *peer, struct dump *dump,
			    const struct naawg_dump_form *form,
			    struct naawg_dump_prefixes *walk)
{
	struct nlattr *nest;
	int err;

	if (!form->prefixes)
		return form->prefix ? put_prefixes(peer, dump, walk) : 0;
	if (list_empty(&peer->prefixes))
		return 0;
	nest = nla_nest_start(walk->skb, form->prefixes);
	if (!nest)
		return -EMSGSIZE;
	err = put_prefixes(peer, dump, walk);
	nla_nest_end(walk->skb, nest);
	return err;
}

static int put_peer_entry(struct sk_buff *skb, struct naawg_peer *peer,
			  struct dump *dump, const struct naawg_dump_form *form)
{
	struct naawg_dump_prefixes walk = {
		.skb = skb,
		.type = form->prefix,
	};
	struct nlattr *nest;
	int err;

	nest = nla_nest_start(skb, form->peer);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, NAAWG_A_PEER_PUBLIC_KEY, NAAWG_KEY_LEN,
		    peer->pubkey.key) ||
	    (!dump->prefixes && form->put_peer(skb, peer))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	err = put_all_prefixes(peer, dump, form, &walk);
	if (err && !walk.count) {
		/* no prefix fits, so the whole entry goes to the next message */
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	dump->prefixes = err ? dump->prefixes + walk.count : 0;
	return err;
}

static int put_peer_entries(struct sk_buff *skb, struct naawg_peer *peer,
			    struct dump *dump, const struct naawg_dump_form *form)
{
	struct naawg_dev *dev = peer->dev;
	int err;

	list_for_each_entry_from(peer, &dev->peers, link) {
		if (peer->id != dump->peer_id)
			/* the peer that was dumped in part is gone */
			dump->prefixes = 0;
		dump->peer_id = peer->id;
		err = put_peer_entry(skb, peer, dump, form);
		if (err)
			return err;
		dump->peer_id = peer->id + 1;
	}
	return 0;
}

static int put_peers(struct sk_buff *skb, struct naawg_dev *dev,
		     struct dump *dump, const struct naawg_dump_form *form)
{
	struct naawg_peer *peer = naawg_peers_from(dev, dump->peer_id);
	struct nlattr *nest;
	int err;

	if (!peer)
		return 0;
	if (!form->peers)
		return put_peer_entries(skb, peer, dump, form);
	nest = nla_nest_start(skb, form->peers);
	if (!nest)
		return -EMSGSIZE;
	err = put_peer_entries(skb, peer, dump, form);
	nla_nest_end(skb, nest);
	return err;
}

/* Fills one message; -EMSGSIZE if the dump is not complete yet. */
static int put_message(struct sk_buff *skb, struct naawg_dev *dev,
		       struct dump *dump, const struct naawg_dump_form *form)
{
	int err;

	if (form->put_name && form->put_name(skb, dev))
		return -EMSGSIZE;
	if (!dump->begun) {
		err = form->put_device ? form->put_device(skb, dev) : 0;
		if (err)
			return err;
		dump->begun = true;
	}
	if (form->put_list) {
		err = form->put_list(skb, dev, &dump->listed);
		if (err)
			return err;
	}
	return form->put_peer ? put_peers(skb, dev, dump, form) : 0;
}

/* Netlink takes zero for a dump that does not tell. */
static unsigned int dump_seq(const struct naawg_dev *dev,
			     const struct naawg_dump_form *form)
{
	u64 number = form->generation ? form->generation(dev) :
					dev->generation + dev->allowedips.seq;

	return (unsigned int)number ?: 1;
}

static bool has_moved(const struct dump *before, const struct dump *dump)
{
	return before->begun != dump->begun || before->listed != dump->listed ||
	       before->peer_id != dump->peer_id ||
	       before->prefixes != dump->prefixes;
}

static int dump_message(struct sk_buff *skb, struct netlink_callback *cb,
			struct naawg_dev *dev, const struct naawg_dump_form *form)
{
	struct dump *dump = dump_state(cb), before = *dump;
	void *header;
	int err;

	lockdep_assert_held(&dev->config);
	cb->seq = dump_seq(dev, form);
	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, form->family, NLM_F_MULTI,
			     form->cmd);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	err = put_message(skb, dev, dump, form);
	if (err == -EMSGSIZE && !has_moved(&before, dump)) {
		/* not even one peer fits */
		genlmsg_cancel(skb, header);
		return err;
	}
	genlmsg_end(skb, header);
	dump->done = !err;
	return skb->len;
}

/**
 * naawg_dump() - write the next message of a dump
 * @skb: the message
 * @cb: the dump, begun with naawg_dump_start()
 * @form: how the family writes a device
 *
 * Context: process; takes dev->config.
 * Return: length of the message, 0 at the end, or an error.
 */
int naawg_dump(struct sk_buff *skb, struct netlink_callback *cb,
	       const struct naawg_dump_form *form)
{
	struct dump *dump = dump_state(cb);
	struct net_device *netdev;
	struct naawg_dev *dev;
	int err;

	if (dump->done)
		return 0;
	netdev = naawg_netlink_dump_device(cb, &dump->ifindex);
	if (IS_ERR(netdev))
		return PTR_ERR(netdev);
	dev = netdev_priv(netdev);
	if (dump->begun && dump->serial != dev->serial) {
		/* another device has the index now */
		dev_put(netdev);
		NL_SET_ERR_MSG_MOD(cb->extack, "the interface is gone");
		return -ENODEV;
	}
	dump->serial = dev->serial;
	mutex_lock(&dev->config);
	err = dump_message(skb, cb, dev, form);
	mutex_unlock(&dev->config);
	dev_put(netdev);
	return err;
}
EXPORT_SYMBOL_NAAWG(naawg_dump);
