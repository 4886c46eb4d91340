// SPDX-License-Identifier: GPL-2.0
/* Saves the links of a network namespace. */

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/codec.h"
#include "lib/forward_codec.h"
#include "lib/nl.h"
#include "lib/nl_stock.h"
#include "lib/prog.h"
#include "lib/served.h"
#include "saved/addresses.h"
#include "saved/birth.h"
#include "saved/link_save.h"
#include "saved/routes.h"
#include "saved/rules.h"
#include "saved/sysctls.h"

#define NS_PER_SEC	UINT64_C(1000000000)

/* The module uses a session no longer than this. */
#define SESSION_SECONDS	180

/* Links of these kinds. */
struct selection {
	bool naawg, wireguard;
};

static int keep_link(struct records *records, const struct nlmsghdr *msg, void *arg)
{
	const struct selection *selection = arg;

	if (!(selection->naawg && record_is_kind(msg, NAAWG_FAMILY_NAME)) &&
	    !(selection->wireguard && record_is_kind(msg, SERVED_KIND)))
		return 0;
	return records_add(records, RTM_NEWLINK, 0, mnl_nlmsg_get_payload(msg),
			   mnl_nlmsg_get_payload_len(msg)) ? 0 : -ENOMEM;
}

static int save_links(struct saved *saved, struct selection selection)
{
	struct records found = { 0 };
	int ret;

	ret = records_dump(&found, RTM_GETLINK, 0, sizeof(struct ifinfomsg), keep_link,
			   &selection);
	records_for_each(msg, &found) {
		if (ret || !record_attr(msg, sizeof(struct ifinfomsg), IFLA_IFNAME))
			break;
		if (!records_add(&saved->records, RTM_NEWLINK, saved->n_links,
				 mnl_nlmsg_get_payload(msg), mnl_nlmsg_get_payload_len(msg)) ||
		    !saved_add_link(saved, msg))
			ret = -ENOMEM;
	}
	records_destroy(&found);
	return ret;
}

/* Cuts the configuration into as many requests as it needs. */
static int put_device(struct saved *saved, size_t link, const struct device *dev)
{
	struct codec_cursor cursor = { .dev = dev };
	char *buf = calloc(1, BUFFER_ROOM);
	struct nlmsghdr *nlh;
	int ret = 0;

	if (!buf)
		return -ENOMEM;
	while (!ret) {
		memset(buf, 0, BUFFER_ROOM);
		nlh = mnl_nlmsg_put_header(buf);
		if (!codec_put(&cursor, nlh, REQUEST_ROOM))
			break;
		if (!records_add(&saved->records, SAVED_DEVICE, link, mnl_nlmsg_get_payload(nlh),
				 mnl_nlmsg_get_payload_len(nlh)))
			ret = -ENOMEM;
	}
	explicit_bzero(buf, BUFFER_ROOM);
	free(buf);
	return ret;
}

static int put_forwards(struct saved *saved, size_t link, const struct device *dev)
{
	size_t room = BUFFER_ROOM + dev->n_forwards * FORWARD_ROOM, i;
	char *buf = calloc(1, room);
	struct nlmsghdr *nlh;
	int ret = 0;

	if (!buf)
		return -ENOMEM;
	nlh = mnl_nlmsg_put_header(buf);
	for (i = 0; i < dev->n_forwards; i++)
		forward_put(nlh, &dev->forwards[i], false);
	if (i && !records_add(&saved->records, SAVED_FORWARDS, link, mnl_nlmsg_get_payload(nlh),
			      mnl_nlmsg_get_payload_len(nlh)))
		ret = -ENOMEM;
	free(buf);
	return ret;
}

/*
 * Saves the peers with a session and no keepalive: only a packet would start their next
 * session.
 */
static int put_awake(struct saved *saved, size_t link, const struct device *dev)
{
	uint64_t now = (uint64_t)time(NULL) * NS_PER_SEC;
	uint8_t *keys = calloc(dev->n_peers + 1, KEY_LEN);
	size_t n = 0, i;
	int ret = 0;

	if (!keys)
		return -ENOMEM;
	for (i = 0; i < dev->n_peers; i++) {
		const struct peer *peer = &dev->peers[i];

		if (!peer->keepalive && peer->last_handshake &&
		    peer->last_handshake + SESSION_SECONDS * NS_PER_SEC > now)
			memcpy(keys + KEY_LEN * n++, peer->public_key, KEY_LEN);
	}
	if (n && !records_add(&saved->records, SAVED_AWAKE, link, keys, n * KEY_LEN))
		ret = -ENOMEM;
	free(keys);
	return ret;
}

/* A link of the stock driver has no forwards. Its port is open while it is up. */
static int get_stock(struct saved_link *link, struct device *dev)
{
	int ret = nl_stock_get(link->name, dev);

	if (!ret && link->up)
		link->port = dev->listen_port;
	return ret;
}

static int get_ours(const struct saved_link *link, struct device *dev)
{
	int ret = nl_get_device(link->name, dev);

	if (ret)
		return ret;
	ret = nl_get_forwards(dev);
	if (ret)
		device_destroy(dev);
	return ret;
}

static int save_device(struct saved *saved, size_t link, bool stock)
{
	struct saved_link *saved_link = &saved->links[link];
	struct device dev;
	int ret = stock ? get_stock(saved_link, &dev) : get_ours(saved_link, &dev);

	if (ret)
		return ret;
	ret = put_device(saved, link, &dev);
	if (!ret)
		ret = put_forwards(saved, link, &dev);
	if (!ret)
		ret = put_awake(saved, link, &dev);
	device_destroy(&dev);
	return ret;
}

static bool complain(const char *what, int error)
{
	fprintf(stderr, "%s: cannot save %s: %s\n", prog_name, what, strerror(-error));
	return false;
}

bool link_save(struct saved *saved, bool wireguard)
{
	bool stock = served_by() != SERVED_NAAWG;
	struct selection selection = { .naawg = !wireguard, .wireguard = wireguard || !stock };
	size_t i;
	int ret;

	memset(saved, 0, sizeof(*saved));
	saved->time = saved_clock();
	ret = saved_cookie(&saved->cookie);
	if (!ret)
		ret = save_links(saved, selection);
	if (ret)
		return complain("the interfaces", ret);
	for (i = 0; i < saved->n_links; i++) {
		ret = save_device(saved, i, wireguard && stock);
		if (!ret)
			ret = sysctls_save(saved, i);
		if (ret)
			return complain(saved->links[i].name, ret);
	}
	if (!birth_save(saved))
		return false;
	ret = saved->n_links ? addresses_save(saved) : 0;
	if (ret)
		return complain("the addresses", ret);
	ret = saved->n_links ? routes_save(saved) : 0;
	if (ret)
		return complain("the routes", ret);
	ret = saved->n_links ? rules_save(saved) : 0;
	return !ret || complain("the rules", ret);
}
