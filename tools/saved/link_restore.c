// SPDX-License-Identifier: GPL-2.0
/* Makes saved links again. */

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/codec.h"
#include "lib/forward_codec.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/nl_stock.h"
#include "lib/prog.h"
#include "lib/served.h"
#include "saved/addresses.h"
#include "saved/birth.h"
#include "saved/link_restore.h"
#include "saved/sysctls.h"

#define HEADER		sizeof(struct ifinfomsg)

/* The flags of a link that ip(8) can set, but for IFF_UP. */
#define FLAGS_SET	(IFF_MULTICAST | IFF_ALLMULTI | IFF_PROMISC | IFF_NOARP | IFF_DYNAMIC)

/* The interval in seconds of a keepalive that wakes a peer: it is switched off long before. */
#define KEEPALIVE_ONCE	65535

#define REPLACE_TRIES	16

int link_find(struct saved *saved)
{
	struct link_list links;
	size_t i, k;
	int ret = nl_list_links(&links, false);

	if (ret)
		return ret;
	for (i = 0; i < saved->n_links; i++) {
		saved->links[i].index_now = 0;
		for (k = 0; k < links.n; k++)
			if (!strcmp(links.links[k].name, saved->links[i].name) &&
			    !strcmp(links.links[k].kind, saved->links[i].kind))
				saved->links[i].index_now = links.links[k].index;
	}
	link_list_destroy(&links);
	return 0;
}

static const struct nlmsghdr *record_of(const struct saved *saved, size_t link)
{
	records_for_each(msg, &saved->records)
		if (msg->nlmsg_type == RTM_NEWLINK && msg->nlmsg_seq == link)
			return msg;
	return NULL;
}

static struct nlmsghdr *request(struct nlsock *nls, uint16_t type, uint16_t flags,
				unsigned int index)
{
	struct nlmsghdr *nlh = nlsock_request(nls, type, flags | NLM_F_ACK, HEADER);
	struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);

	info->ifi_index = index;
	return nlh;
}

static int ask(struct nlsock *nls, const struct nlmsghdr *nlh)
{
	return nlsock_exchange(nls, nlh, NULL, NULL);
}

int link_delete(struct saved_link *link)
{
	struct nlsock nls;
	int ret;

	if (!link->index_now)
		return 0;
	ret = nlsock_open(&nls, NETLINK_ROUTE);
	if (!ret)
		ret = ask(&nls, request(&nls, RTM_DELLINK, 0, link->index_now));
	nlsock_close(&nls);
	if (ret && ret != -ENODEV)
		return ret;
	link->index_now = 0;
	return 0;
}

static void copy_attr(struct nlmsghdr *nlh, const struct nlmsghdr *msg, uint16_t type)
{
	const struct nlattr *attr = record_attr(msg, HEADER, type);

	if (attr)
		mnl_attr_put(nlh, attr->nla_type, mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
}

static int create(struct nlsock *nls, const struct nlmsghdr *msg, const char *name,
		  unsigned int index, int32_t birth)
{
	char kind[RECORD_KIND_ROOM];
	struct nlmsghdr *nlh = request(nls, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, index);
	struct nlattr *info;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	copy_attr(nlh, msg, IFLA_TXQLEN);
	if (birth >= 0)
		mnl_attr_put_u32(nlh, IFLA_LINK_NETNSID, birth);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	record_kind(msg, kind);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	mnl_attr_nest_end(nlh, info);
	return ask(nls, nlh);
}

/*
 * If the link was made in another network namespace, the kernel makes it there and moves it
 * here. The name may be taken there, so the link gets it here. The index may be taken, too.
 */
static int make(struct nlsock *nls, const struct nlmsghdr *msg, struct saved_link *link,
		int32_t birth)
{
	bool moved = birth >= 0;
	char name[IFNAMSIZ];
	struct nlmsghdr *nlh;
	int ret;

	snprintf(name, sizeof(name), "nup%u", (unsigned int)getpid());
	ret = create(nls, msg, moved ? name : link->name, link->index, birth);
	if (ret == -EEXIST || ret == -EBUSY)
		ret = create(nls, msg, moved ? name : link->name, 0, birth);
	if (ret)
		return ret;
	link->index_now = if_nametoindex(moved ? name : link->name);
	if (!link->index_now)
		return -ENODEV;
	if (!moved)
		return 0;
	nlh = request(nls, RTM_NEWLINK, 0, link->index_now);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, link->name);
	ret = ask(nls, nlh);
	/* Nobody would find a link by its temporary name later. */
	if (ret)
		link_delete(link);
	return ret;
}

/* A request that sets the flags of @mask to those that the dumped link had. */
static struct nlmsghdr *set_flags(struct nlsock *nls, const struct nlmsghdr *msg,
				  unsigned int index, unsigned int mask)
{
	const struct ifinfomsg *was = mnl_nlmsg_get_payload(msg);
	struct nlmsghdr *nlh = request(nls, RTM_NEWLINK, 0, index);
	struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);

	info->ifi_flags = was->ifi_flags & mask;
	info->ifi_change = mask;
	return nlh;
}

static int set_link(struct nlsock *nls, const struct nlmsghdr *msg, unsigned int index)
{
	struct nlmsghdr *nlh = set_flags(nls, msg, index, FLAGS_SET);

	copy_attr(nlh, msg, IFLA_MTU);
	copy_attr(nlh, msg, IFLA_GROUP);
	copy_attr(nlh, msg, IFLA_IFALIAS);
	copy_attr(nlh, msg, IFLA_MASTER);
	return ask(nls, nlh);
}

/* If another link took an alternative name meanwhile, the kernel refuses that one only. */
static void set_altnames(struct nlsock *nls, const struct nlmsghdr *msg,
			 const struct saved_link *link)
{
	const struct nlattr *names = record_attr(msg, HEADER, IFLA_PROP_LIST), *attr;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	int ret;

	if (!names)
		return;
	mnl_attr_for_each_nested(attr, names) {
		if (mnl_attr_get_type(attr) != IFLA_ALT_IFNAME)
			continue;
		nlh = request(nls, RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND,
			      link->index_now);
		nest = mnl_attr_nest_start(nlh, IFLA_PROP_LIST);
		mnl_attr_put(nlh, IFLA_ALT_IFNAME, mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
		mnl_attr_nest_end(nlh, nest);
		ret = ask(nls, nlh);
		if (ret)
			fprintf(stderr, "%s: an alternative name of %s could not be set: %s\n",
				prog_name, link->name, strerror(-ret));
	}
}

/* Turns a dumped device into a request that replaces the whole configuration. */
static void whole(struct device *dev)
{
	size_t i;

	dev->bits |= DEVICE_REPLACE_PEERS | DEVICE_REPLACE_FORBIDDEN;
	for (i = 0; i < dev->n_peers; i++)
		dev->peers[i].bits |= PEER_REPLACE_IPS;
}

int link_device(const struct saved *saved, size_t link, struct device *dev)
{
	int ret = 0;

	device_init(dev, saved->links[link].name);
	records_for_each(msg, &saved->records) {
		if (ret || msg->nlmsg_seq != link)
			continue;
		if (msg->nlmsg_type == SAVED_DEVICE)
			ret = codec_get(dev, msg, 0);
		else if (msg->nlmsg_type == SAVED_FORWARDS)
			ret = forward_get(dev, msg, 0);
	}
	if (ret)
		device_destroy(dev);
	return ret;
}

/*
 * The family "wireguard" has the form that both drivers understand. The rest goes to naawg,
 * and is left out on the stock driver.
 */
static int set_wireguard(const struct device *dev)
{
	unsigned int parts;
	struct device rest;
	int ret = nl_stock_set(dev);

	if (ret || served_by() != SERVED_NAAWG)
		return ret;
	rest = *dev;
	rest.bits &= DEVICE_HAS_ANSWER | DEVICE_REPLACE_FORBIDDEN;
	rest.n_peers = 0;
	ret = nl_set_device(&rest, &parts);
	explicit_bzero(&rest, sizeof(rest));
	return ret;
}

static int set_device(const struct saved *saved, size_t link)
{
	bool wireguard = !strcmp(saved->links[link].kind, SERVED_KIND);
	unsigned int parts;
	struct device dev;
	size_t refused;
	int ret = link_device(saved, link, &dev);

	if (ret)
		return ret;
	whole(&dev);
	ret = wireguard ? set_wireguard(&dev) : nl_set_device(&dev, &parts);
	if (!ret && dev.n_forwards && (!wireguard || served_by() == SERVED_NAAWG))
		ret = nl_set_forwards(&dev, FORWARDS_REPLACE, &refused);
	device_destroy(&dev);
	return ret;
}

static bool complain(const struct saved_link *link, const char *what, int error)
{
	fprintf(stderr, "%s: %s could not be %s: %s%s%s\n", prog_name, link->name, what,
		strerror(-error), nlsock_extack_msg[0] ? ": " : "", nlsock_extack_msg);
	return false;
}

/* Frees the name of the link. A link that is up cannot be renamed. */
static int set_aside(struct nlsock *nls, unsigned int index)
{
	struct nlmsghdr *nlh = request(nls, RTM_NEWLINK, 0, index);
	struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	char name[IFNAMSIZ];
	int ret;

	info->ifi_change = IFF_UP;
	ret = ask(nls, nlh);
	if (ret)
		return ret;
	snprintf(name, sizeof(name), "nua%u", (unsigned int)getpid());
	nlh = request(nls, RTM_NEWLINK, 0, index);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return ask(nls, nlh);
}

/*
 * An attempt that was interrupted may have left half of the link. Another program may make
 * one of the same name and kind at any time. Renaming that one is quick, and deleting it is
 * slow: the program would make the next one meanwhile.
 */
static int replace(struct nlsock *nls, const struct nlmsghdr *msg, struct saved *saved,
		   size_t number)
{
	struct saved_link *link = &saved->links[number];
	int32_t birth = birth_of(saved, number);
	int tries, ret = 0;

	for (tries = 0; tries < REPLACE_TRIES; tries++) {
		struct saved_link other = *link;
		bool foreign = link->index_now && link->index_now != link->index;

		ret = foreign ? set_aside(nls, link->index_now) : link_delete(link);
		if (!ret)
			ret = make(nls, msg, link, birth);
		if (foreign)
			link_delete(&other);
		if (ret != -EEXIST || link_find(saved) || !link->index_now)
			break;
	}
	return ret;
}

static bool restore(struct nlsock *nls, const struct nlmsghdr *msg, struct saved *saved,
		    size_t number)
{
	struct saved_link *link = &saved->links[number];
	int ret = replace(nls, msg, saved, number);

	if (!ret)
		ret = set_link(nls, msg, link->index_now);
	if (ret)
		return complain(link, "made again", ret);
	ret = set_device(saved, number);
	if (ret)
		return complain(link, "configured again", ret);
	set_altnames(nls, msg, link);
	sysctls_restore(saved, number);
	if (!addresses_restore(saved, number))
		return false;
	ret = ask(nls, set_flags(nls, msg, link->index_now, IFF_UP));
	return !ret || complain(link, "set up again", ret);
}

bool link_restore(struct saved *saved, size_t link)
{
	const struct nlmsghdr *msg = record_of(saved, link);
	struct nlsock nls;
	int ret = nlsock_open(&nls, NETLINK_ROUTE);
	bool ok;

	if (!msg && !ret)
		ret = -EBADMSG;
	ok = ret ? complain(&saved->links[link], "made again", ret) :
		   restore(&nls, msg, saved, link);
	nlsock_close(&nls);
	return ok;
}

/* The driver sends a keepalive as it is switched on, and that needs a session. */
void link_wake(const struct saved *saved, size_t link)
{
	const uint16_t values[] = { KEEPALIVE_ONCE, 0 };
	bool wireguard = !strcmp(saved->links[link].kind, SERVED_KIND);
	unsigned int parts;
	struct device dev;
	struct peer *peer;
	size_t i, at;

	device_init(&dev, saved->links[link].name);
	records_for_each(msg, &saved->records) {
		if (msg->nlmsg_type != SAVED_AWAKE || msg->nlmsg_seq != link)
			continue;
		for (at = 0; at + KEY_LEN <= mnl_nlmsg_get_payload_len(msg); at += KEY_LEN) {
			peer = device_add_peer(&dev);
			if (!peer)
				break;
			peer->bits = PEER_HAS_PUBLIC_KEY | PEER_HAS_KEEPALIVE | PEER_UPDATE_ONLY;
			memcpy(peer->public_key,
			       (const char *)mnl_nlmsg_get_payload(msg) + at, KEY_LEN);
		}
	}
	for (i = 0; i < 2 && dev.n_peers; i++) {
		for (at = 0; at < dev.n_peers; at++)
			dev.peers[at].keepalive = values[i];
		if (wireguard)
			nl_stock_set(&dev);
		else
			nl_set_device(&dev, &parts);
	}
	device_destroy(&dev);
}
