// SPDX-License-Identifier: GPL-2.0
/* Netlink command set-forwards: reads the whole request before it changes anything. */
#include <linux/netdevice.h>
#include <net/genetlink.h>

#include "../nat/checks.h"
#include "../nat/forwards.h"
#include "../nat/hooks.h"
#include "change_report.h"
#include "forward_report.h"
#include "key_checks.h"
#include "netlink_dev.h"
#include "netlink_gen.h"

/* Reads an address attribute; returns its family, 0 if the length fits none. */
static u8 read_address(struct nlattr *attr, u8 addr[16])
{
	memset(addr, 0, 16);
	if (nla_len(attr) != sizeof(struct in_addr) &&
	    nla_len(attr) != sizeof(struct in6_addr))
		return 0;
	memcpy(addr, nla_data(attr), nla_len(attr));
	return nla_len(attr) == sizeof(struct in_addr) ? AF_INET : AF_INET6;
}

static int read_proto(struct nlattr **tb, struct nlattr *entry,
		      struct naawg_forward_spec *spec,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *proto = tb[NAAWG_A_FORWARD_PROTO];

	if (!proto || !tb[NAAWG_A_FORWARD_PORT]) {
		NL_SET_ERR_MSG_ATTR(extack, entry,
				    "a forward needs a protocol and a port");
		return -EINVAL;
	}
	spec->proto = nla_get_u8(proto);
	if (spec->proto != IPPROTO_TCP && spec->proto != IPPROTO_UDP) {
		NL_SET_ERR_MSG_ATTR(extack, proto,
				    "only tcp and udp can be forwarded");
		return -EINVAL;
	}
	return 0;
}

static int read_ports(struct nlattr **tb, struct naawg_forward_spec *spec,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *port = tb[NAAWG_A_FORWARD_PORT];
	struct nlattr *last = tb[NAAWG_A_FORWARD_PORT_LAST];
	struct nlattr *to = tb[NAAWG_A_FORWARD_TO_PORT];

	spec->first = nla_get_u16(port);
	spec->last = last ? nla_get_u16(last) : spec->first;
	spec->to_port = to ? nla_get_u16(to) : spec->first;
	if (!spec->first || !spec->last || !spec->to_port) {
		NL_SET_ERR_MSG_ATTR(extack, !spec->to_port ? to :
					    !spec->first ? port : last,
				    "ports are from 1 to 65535");
		return -EINVAL;
	}
	if (spec->last < spec->first) {
		NL_SET_ERR_MSG_ATTR(extack, last,
				    "the last port of the range is lower than the first");
		return -EINVAL;
	}
	if (spec->to_port + (spec->last - spec->first) > U16_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, to ?: port,
				    "the range goes beyond port 65535 at the destination");
		return -EINVAL;
	}
	return 0;
}

static int read_destination(struct nlattr **tb, struct naawg_forward_spec *spec,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *address = tb[NAAWG_A_FORWARD_ADDRESS];
	struct nlattr *egress = tb[NAAWG_A_FORWARD_EGRESS];

	if (address) {
		spec->family = read_address(address, spec->addr);
		if (!spec->family) {
			NL_SET_ERR_MSG_ATTR(extack, address,
					    "the destination is neither an IPv4 nor an IPv6 address");
			return -EAFNOSUPPORT;
		}
	}
	if (!egress)
		return 0;
	nla_strscpy(spec->egress, egress, sizeof(spec->egress));
	if (!dev_valid_name(spec->egress)) {
		NL_SET_ERR_MSG_ATTR(extack, egress,
				    "this cannot be the name of an interface");
		return -EINVAL;
	}
	if (!spec->family) {
		NL_SET_ERR_MSG_ATTR(extack, egress,
				    "a forward to this host itself has no outgoing interface; leave out `dev', or give a destination");
		return -EINVAL;
	}
	return 0;
}

static int read_from(struct nlattr **tb, struct naawg_forward_spec *spec,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *address = tb[NAAWG_A_FORWARD_FROM_ADDRESS];
	struct nlattr *len = tb[NAAWG_A_FORWARD_FROM_PREFIX_LEN];
	struct nlattr *peer = tb[NAAWG_A_FORWARD_FROM_PEER];
	struct naawg_prefix *from = &spec->from;
	unsigned int bits, i;

	if ((address && peer) || (len && !address)) {
		NL_SET_ERR_MSG_ATTR(extack, peer ?: len,
				    "sources are either a prefix or a peer");
		return -EINVAL;
	}
	if (peer) {
		memcpy(spec->from_peer, nla_data(peer), NAAWG_KEY_LEN);
		spec->by_peer = true;
	}
	if (!address)
		return 0;
	from->family = read_address(address, from->addr);
	bits = from->family == AF_INET ? 32 : 128;
	from->len = len ? nla_get_u8(len) : bits;
	if (!from->family || from->len > bits) {
		NL_SET_ERR_MSG_ATTR(extack, len ?: address,
				    "the sources are neither an IPv4 nor an IPv6 prefix");
		return -EINVAL;
	}
	if (spec->family && spec->family != from->family) {
		NL_SET_ERR_MSG_ATTR(extack, address,
				    "sources and destination are of different families");
		return -EAFNOSUPPORT;
	}
	/* equal prefixes must have equal bytes, as specs are compared as bytes */
	for (i = from->len; i < bits; i++)
		from->addr[i / 8] &= ~(0x80 >> i % 8);
	return 0;
}

static int read_forward(struct nlattr *entry, struct naawg_forward *forward,
			u32 *flags, struct netlink_ext_ack *extack)
{
	struct naawg_forward_spec *spec = &forward->spec;
	struct nlattr *tb[NAAWG_A_FORWARD_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAAWG_A_FORWARD_MAX, entry,
			       naawg_forward_nl_policy, extack);
	if (err)
		return err;
	forward->origin = entry;
	*flags = tb[NAAWG_A_FORWARD_FLAGS] ?
		 nla_get_u32(tb[NAAWG_A_FORWARD_FLAGS]) : 0;
	spec->masquerade = !(*flags & NAAWG_FORWARD_FLAG_NO_MASQUERADE);
	err = read_proto(tb, entry, spec, extack);
	if (!err)
		err = read_ports(tb, spec, extack);
	if (!err)
		err = read_destination(tb, spec, extack);
	if (!err)
		err = read_from(tb, spec, extack);
	return err;
}

static int read_request(struct genl_info *info,
			struct naawg_forward_change *change, bool *kill)
{
	struct nlattr *attr = info->attrs[NAAWG_A_DEVICE_FORWARD_FLAGS];
	struct netlink_ext_ack *extack = info->extack;
	u32 flags = attr ? nla_get_u32(attr) : 0;
	struct naawg_forward *forward;
	int err, rem;

	change->replace = flags & NAAWG_FORWARD_REQUEST_FLAG_REPLACE;
	*kill = flags & NAAWG_FORWARD_REQUEST_FLAG_KILL;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAAWG_A_DEVICE_FORWARDS)
			continue;
		forward = naawg_forward_new();
		if (!forward) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "not enough memory for this forward");
			return -ENOMEM;
		}
		/* from here on the change owns it */
		list_add_tail(&forward->link, &change->wanted);
		err = read_forward(attr, forward, &flags, extack);
		if (err)
			return err;
		if (!(flags & NAAWG_FORWARD_FLAG_REMOVE_ME))
			continue;
		if (change->replace) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a request that replaces all forwards cannot remove one");
			return -EINVAL;
		}
		list_move_tail(&forward->link, &change->unwanted);
	}
	return 0;
}

/* Every user can read the peers' keys in forwards, so no private key may be there. */
static int check_peers(struct naawg_dev *dev,
		       struct naawg_forward_change *change,
		       struct netlink_ext_ack *extack)
{
	struct naawg_forward *forward;

	list_for_each_entry(forward, &change->wanted, link) {
		if (!forward->spec.by_peer ||
		    !naawg_key_is_own_private(dev, forward->spec.from_peer))
			continue;
		change->refused = forward;
		NL_SET_ERR_MSG(extack,
			       "the sources have the device's private key as a peer; a peer's public key belongs here");
		return -EINVAL;
	}
	return 0;
}

static int apply(struct naawg_dev *dev, struct naawg_forward_change *change,
		 bool kill, struct genl_info *info)
{
	struct netlink_ext_ack *extack = info->extack;
	struct naawg_forwards *forwards = dev->forwards;
	struct naawg_change_report report;
	int err;

	err = check_peers(dev, change, extack);
	if (!err)
		err = naawg_forward_check(dev, change, extack);
	if (!err)
		err = naawg_forward_change_prepare(change, forwards, extack);
	if (!err && !list_empty(&change->added))
		err = naawg_hooks_attach(forwards, extack);
	if (err) {
		if (change->refused && extack)
			NL_SET_BAD_ATTR(extack, change->refused->origin);
		return err;
	}
	naawg_forward_change_commit(change, forwards);
	naawg_change_report_begin(&report, dev, genl_info_net(info));
	naawg_forward_report_change(&report, change);
	naawg_change_report_end(&report);
	if (kill)
		naawg_hooks_kill(forwards, change->table, change->replace);
	else if (!list_empty(&change->removed))
		forwards->lingering = true;
	if (change->warning && extack)
		extack->_msg = change->warning;
	return 0;
}

int naawg_nl_set_forwards_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct naawg_forward_change change;
	struct net_device *netdev;
	struct naawg_dev *dev;
	bool kill;
	int err;

	netdev = naawg_netlink_device(genl_info_net(info), info->attrs,
				      info->extack);
	if (IS_ERR(netdev))
		return PTR_ERR(netdev);
	dev = netdev_priv(netdev);
	naawg_forward_change_init(&change);
	err = read_request(info, &change, &kill);
	mutex_lock(&dev->config);
	if (!err)
		err = apply(dev, &change, kill, info);
	naawg_forward_change_destroy(&change);
	mutex_unlock(&dev->config);
	dev_put(netdev);
	return err;
}
