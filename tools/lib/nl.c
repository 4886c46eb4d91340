// SPDX-License-Identifier: GPL-2.0
/* Sends requests to the module. */

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "lib/codec.h"
#include "lib/forward_codec.h"
#include "lib/genl.h"
#include "lib/nl.h"

static int parse_device(const struct nlmsghdr *nlh, void *arg)
{
	return codec_get(arg, nlh, GENL_HEADER);
}

static int get(const char *name, struct device *dev, uint8_t cmd)
{
	struct nlsock nls;
	struct nlmsghdr *nlh;
	int ret;

	device_init(dev, name);
	ret = genl_start(&nls, NULL);
	if (ret)
		goto out;
	do {
		device_destroy(dev);
		device_init(dev, name);
		nlh = genl_request(&nls, nls.family, cmd, NAAWG_FAMILY_VERSION, NLM_F_DUMP);
		mnl_attr_put_strz(nlh, NAAWG_A_DEVICE_IFNAME, name);
		ret = nlsock_exchange(&nls, nlh, parse_device, dev);
	} while (nlsock_retry(&nls, ret));
out:
	nlsock_close(&nls);
	if (ret)
		device_destroy(dev);
	return ret;
}

int nl_get_device(const char *name, struct device *dev)
{
	return get(name, dev, NAAWG_CMD_GET_DEVICE);
}

int nl_get_stats(const char *name, struct device *dev)
{
	return get(name, dev, NAAWG_CMD_GET_STATS);
}

int nl_get_callers(const char *name, struct device *dev)
{
	return get(name, dev, NAAWG_CMD_GET_CALLERS);
}

/*
 * setconf and syncconf set the switch for ICMP errors to its default. A module without the
 * switch refuses that, although it has nothing to set. The kernel's words are the only sign.
 */
static bool lacks_switch(int error, const struct device *dev)
{
	return error == -EINVAL && dev->bits & DEVICE_HAS_ANSWER && !dev->answer_unreachable &&
	       !strcmp(nlsock_extack_msg, "Unknown attribute type");
}

int nl_set_device(const struct device *dev, unsigned int *parts)
{
	struct codec_cursor cursor = { .dev = dev };
	struct nlsock nls;
	struct nlmsghdr *nlh;
	int ret;

	*parts = 0;
	ret = genl_start(&nls, NULL);
	/* wg truncates such a name, and may change another interface. */
	if (!ret && strlen(dev->name) >= IFNAMSIZ)
		ret = -ENODEV;
	while (!ret) {
		nlh = genl_request(&nls, nls.family, NAAWG_CMD_SET_DEVICE, NAAWG_FAMILY_VERSION,
				   NLM_F_ACK);
		if (!codec_put(&cursor, nlh, REQUEST_ROOM))
			break;
		ret = nlsock_exchange(&nls, nlh, NULL, NULL);
		if (!ret) {
			(*parts)++;
		} else if (!*parts && !cursor.without && lacks_switch(ret, dev)) {
			cursor = (struct codec_cursor){ .dev = dev, .without = DEVICE_HAS_ANSWER };
			ret = 0;
		}
	}
	nlsock_close(&nls);
	return ret;
}

int nl_rekey(const char *name, const uint8_t public_key[static KEY_LEN])
{
	struct nlattr *nest;
	struct nlmsghdr *nlh;
	struct nlsock nls;
	int ret;

	ret = genl_start(&nls, NULL);
	if (!ret) {
		nlh = genl_request(&nls, nls.family, NAAWG_CMD_REKEY, NAAWG_FAMILY_VERSION,
				   NLM_F_ACK);
		mnl_attr_put_strz(nlh, NAAWG_A_DEVICE_IFNAME, name);
		nest = mnl_attr_nest_start(nlh, NAAWG_A_DEVICE_PEERS);
		mnl_attr_put(nlh, NAAWG_A_PEER_PUBLIC_KEY, KEY_LEN, public_key);
		mnl_attr_nest_end(nlh, nest);
		ret = nlsock_exchange(&nls, nlh, NULL, NULL);
	}
	nlsock_close(&nls);
	return ret;
}

static int parse_forwards(const struct nlmsghdr *nlh, void *arg)
{
	return forward_get(arg, nlh, GENL_HEADER);
}

int nl_get_forwards(struct device *dev)
{
	struct nlsock nls;
	struct nlmsghdr *nlh;
	int ret;

	ret = genl_start(&nls, NULL);
	if (ret)
		goto out;
	do {
		dev->n_forwards = 0;
		nlh = genl_request(&nls, nls.family, NAAWG_CMD_GET_FORWARDS,
				   NAAWG_FAMILY_VERSION, NLM_F_DUMP);
		mnl_attr_put_strz(nlh, NAAWG_A_DEVICE_IFNAME, dev->name);
		ret = nlsock_exchange(&nls, nlh, parse_forwards, dev);
	} while (nlsock_retry(&nls, ret));
out:
	nlsock_close(&nls);
	return ret;
}

/* Makes buffer and socket large enough for a request with all forwards of @dev. */
static int make_room(struct nlsock *nls, const struct device *dev)
{
	size_t room = BUFFER_ROOM + dev->n_forwards * FORWARD_ROOM;
	int size = room;
	char *buf = malloc(room);

	if (!buf)
		return -ENOMEM;
	free(nls->buf);
	nls->buf = buf;
	nls->room = room;
	/* 4096 forwards may exceed net.core.wmem_max; a privileged process may, too. */
	if (setsockopt(mnl_socket_get_fd(nls->sock), SOL_SOCKET, SO_SNDBUFFORCE, &size,
		       sizeof(size)))
		setsockopt(mnl_socket_get_fd(nls->sock), SOL_SOCKET, SO_SNDBUF, &size,
			   sizeof(size));
	return 0;
}

static struct nlmsghdr *forwards_request(struct nlsock *nls, const struct device *dev,
					 unsigned int flags, uint32_t *begins)
{
	uint32_t request = 0;
	struct nlmsghdr *nlh;
	size_t i;

	if (flags & FORWARDS_REPLACE)
		request |= NAAWG_FORWARD_REQUEST_FLAG_REPLACE;
	if (flags & FORWARDS_KILL)
		request |= NAAWG_FORWARD_REQUEST_FLAG_KILL;
	nlh = genl_request(nls, nls->family, NAAWG_CMD_SET_FORWARDS, NAAWG_FAMILY_VERSION,
			   NLM_F_ACK);
	mnl_attr_put_strz(nlh, NAAWG_A_DEVICE_IFNAME, dev->name);
	mnl_attr_put_u32(nlh, NAAWG_A_DEVICE_FORWARD_FLAGS, request);
	for (i = 0; i < dev->n_forwards; i++) {
		begins[i] = nlh->nlmsg_len;
		forward_put(nlh, &dev->forwards[i], flags & FORWARDS_REMOVE);
	}
	return nlh;
}

int nl_set_forwards(const struct device *dev, unsigned int flags, size_t *refused)
{
	uint32_t *begins = calloc(dev->n_forwards + 1, sizeof(*begins));
	struct nlsock nls;
	size_t i;
	int ret;

	*refused = dev->n_forwards;
	if (!begins)
		return -ENOMEM;
	ret = genl_start(&nls, NULL);
	if (!ret)
		ret = make_room(&nls, dev);
	if (!ret) {
		ret = nlsock_exchange(&nls, forwards_request(&nls, dev, flags, begins), NULL,
				      NULL);
		for (i = 0; ret && i < dev->n_forwards && begins[i] <= nlsock_extack_offset;
		     i++)
			*refused = i;
	}
	nlsock_close(&nls);
	free(begins);
	return ret;
}
