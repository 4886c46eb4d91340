// SPDX-License-Identifier: GPL-2.0
/* Makes, removes and sets up links of this network namespace. */

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "lib/nl_links.h"
#include "lib/nlsock.h"
#include "netcfg/rt_link.h"
#include "uapi/naawg.h"

static int ask(struct nlsock *nls, const struct nlmsghdr *nlh)
{
	int ret = nlsock_exchange(nls, nlh, NULL, NULL);

	nlsock_close(nls);
	return ret;
}

/* Starts a request about one link. NULL: that failed. */
static struct nlmsghdr *about_link(struct nlsock *nls, uint16_t type, uint16_t flags,
				   const char *name, unsigned int set)
{
	struct ifinfomsg *info;
	struct nlmsghdr *nlh;

	if (nlsock_open(nls, NETLINK_ROUTE)) {
		nlsock_close(nls);
		return NULL;
	}
	nlh = nlsock_request(nls, type, flags | NLM_F_ACK, sizeof(*info));
	info = mnl_nlmsg_get_payload(nlh);
	info->ifi_change = set ? IFF_UP : 0;
	info->ifi_flags = set & IFF_UP;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nlh;
}

int rt_link_add(const char *name, uint32_t mtu)
{
	struct nlsock nls;
	struct nlmsghdr *nlh =
		about_link(&nls, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, name, 0);
	struct nlattr *info;

	if (!nlh)
		return -ENOMEM;
	if (mtu)
		mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, NAAWG_FAMILY_NAME);
	mnl_attr_nest_end(nlh, info);
	return ask(&nls, nlh);
}

int rt_link_del(const char *name)
{
	struct nlsock nls;
	struct nlmsghdr *nlh = about_link(&nls, RTM_DELLINK, 0, name, 0);

	return nlh ? ask(&nls, nlh) : -ENOMEM;
}

int rt_link_up(const char *name, bool up)
{
	struct nlsock nls;
	/* Any bit but IFF_UP sets the link down. */
	struct nlmsghdr *nlh = about_link(&nls, RTM_NEWLINK, 0, name, up ? IFF_UP : ~IFF_UP);

	return nlh ? ask(&nls, nlh) : -ENOMEM;
}

int rt_link_mtu(const char *name, uint32_t mtu)
{
	struct nlsock nls;
	struct nlmsghdr *nlh = about_link(&nls, RTM_NEWLINK, 0, name, 0);

	if (!nlh)
		return -ENOMEM;
	mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	return ask(&nls, nlh);
}

uint32_t rt_mtu_of(int index)
{
	struct link_list list;
	uint32_t mtu = 0;
	size_t i;

	if (nl_list_links(&list, false))
		return 0;
	for (i = 0; i < list.n; i++)
		if (list.links[i].index == index)
			mtu = list.links[i].mtu;
	link_list_destroy(&list);
	return mtu;
}
