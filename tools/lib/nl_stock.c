// SPDX-License-Identifier: GPL-2.0
/* Sends requests to the driver that has the names "wireguard", which may be naawg. */

#include <errno.h>
#include <linux/wireguard.h>
#include <string.h>

#include "lib/genl.h"
#include "lib/nl_stock.h"
#include "lib/stock_codec.h"

static int find_family(const struct nlmsghdr *nlh, void *arg)
{
	struct genl_family family = { 0 };
	uint16_t *id = arg;

	genl_parse_family(nlh, &family);
	if (!strcmp(family.name, WG_GENL_NAME))
		*id = family.id;
	return 0;
}

/* A request for the family by its name would make the kernel load a module. */
static int start(struct nlsock *nls)
{
	struct nlmsghdr *nlh;
	int ret;

	ret = nlsock_open(nls, NETLINK_GENERIC);
	if (ret)
		return ret;
	do {
		nlh = genl_request(nls, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_DUMP);
		ret = nlsock_exchange(nls, nlh, find_family, &nls->family);
	} while (nlsock_retry(nls, ret));
	return ret ? ret : nls->family ? 0 : -EPROTONOSUPPORT;
}

static int parse_device(const struct nlmsghdr *nlh, void *arg)
{
	return stock_codec_get(arg, nlh, GENL_HEADER);
}

int nl_stock_get(const char *name, struct device *dev)
{
	struct nlmsghdr *nlh;
	struct nlsock nls;
	int ret;

	device_init(dev, name);
	ret = start(&nls);
	if (ret)
		goto out;
	do {
		device_destroy(dev);
		device_init(dev, name);
		nlh = genl_request(&nls, nls.family, WG_CMD_GET_DEVICE, WG_GENL_VERSION,
				   NLM_F_DUMP);
		mnl_attr_put_strz(nlh, WGDEVICE_A_IFNAME, name);
		ret = nlsock_exchange(&nls, nlh, parse_device, dev);
	} while (nlsock_retry(&nls, ret));
out:
	nlsock_close(&nls);
	if (ret)
		device_destroy(dev);
	return ret;
}

int nl_stock_set(const struct device *dev)
{
	struct codec_cursor cursor = { .dev = dev };
	struct nlmsghdr *nlh;
	struct nlsock nls;
	int ret = start(&nls);

	while (!ret) {
		nlh = genl_request(&nls, nls.family, WG_CMD_SET_DEVICE, WG_GENL_VERSION,
				   NLM_F_ACK);
		if (!stock_codec_put(&cursor, nlh, REQUEST_ROOM))
			break;
		ret = nlsock_exchange(&nls, nlh, NULL, NULL);
	}
	nlsock_close(&nls);
	return ret;
}
