// SPDX-License-Identifier: GPL-2.0
/* Finds the generic netlink family of the module and starts requests to it. */

#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/genl.h"
#include "lib/nlsock.h"
#include "uapi/naawg.h"

struct nlmsghdr *genl_request(struct nlsock *nls, uint16_t type, uint8_t cmd, uint8_t version,
			      uint16_t flags)
{
	struct nlmsghdr *nlh = nlsock_request(nls, type, flags, GENL_HEADER);
	struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

static void parse_group(struct genl_family *family, const struct nlattr *nest)
{
	const struct nlattr *attr;
	bool events = false;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			events = !strncmp(mnl_attr_get_payload(attr), NAAWG_MCGRP_EVENTS,
					  mnl_attr_get_payload_len(attr));
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID &&
			 mnl_attr_get_payload_len(attr) >= sizeof(id))
			id = mnl_attr_get_u32(attr);
	}
	if (events)
		family->events = id;
}

int genl_parse_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr, *group;
	struct genl_family *family = arg;

	mnl_attr_for_each(attr, nlh, GENL_HEADER) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_get_payload_len(attr) >= sizeof(family->id))
			family->id = mnl_attr_get_u16(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_NAME)
			snprintf(family->name, sizeof(family->name), "%.*s",
				 mnl_attr_get_payload_len(attr),
				 (const char *)mnl_attr_get_payload(attr));
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(group, attr)
				parse_group(family, group);
	}
	return 0;
}

int genl_start(struct nlsock *nls, uint32_t *events)
{
	struct genl_family family = { 0 };
	struct nlmsghdr *nlh;
	int ret;

	ret = nlsock_open(nls, NETLINK_GENERIC);
	if (ret)
		return ret;
	nlh = genl_request(nls, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_ACK);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NAAWG_FAMILY_NAME);
	ret = nlsock_exchange(nls, nlh, genl_parse_family, &family);
	if (ret == -ENOENT || (!ret && !family.id)) {
		nlsock_extack_msg[0] = '\0';
		return -EPROTONOSUPPORT;
	}
	nls->family = family.id;
	if (events)
		*events = family.events;
	return ret;
}
