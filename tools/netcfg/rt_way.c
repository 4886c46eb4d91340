// SPDX-License-Identifier: GPL-2.0
/* Asks the kernel which way a packet takes. */

#include <linux/rtnetlink.h>
#include <string.h>

#include "lib/nlsock.h"
#include "lib/prefix.h"
#include "netcfg/rt_link.h"
#include "netcfg/rt_way.h"

static int parse_way(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *msg = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *metric;
	struct rt_way *way = arg;

	way->local = msg->rtm_type == RTN_LOCAL;
	mnl_attr_for_each(attr, nlh, sizeof(struct rtmsg)) {
		if (mnl_attr_get_type(attr) == RTA_OIF)
			way->index = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) != RTA_METRICS)
			continue;
		mnl_attr_for_each_nested(metric, attr)
			if (mnl_attr_get_type(metric) == RTAX_MTU)
				way->mtu = mnl_attr_get_u32(metric);
	}
	return 0;
}

int rt_way_find(struct rt_way *way, const struct allowed_ip *to, uint32_t oif, uint32_t mark)
{
	struct nlsock nls;
	struct nlmsghdr *nlh;
	struct rtmsg *msg;
	int ret;

	memset(way, 0, sizeof(*way));
	ret = nlsock_open(&nls, NETLINK_ROUTE);
	if (!ret) {
		nlh = nlsock_request(&nls, RTM_GETROUTE, NLM_F_ACK, sizeof(*msg));
		msg = mnl_nlmsg_get_payload(nlh);
		msg->rtm_family = to->family;
		msg->rtm_dst_len = prefix_max(to);
		mnl_attr_put(nlh, RTA_DST, prefix_max(to) / 8, &to->ip6);
		if (oif)
			mnl_attr_put_u32(nlh, RTA_OIF, oif);
		if (mark)
			mnl_attr_put_u32(nlh, RTA_MARK, mark);
		ret = nlsock_exchange(&nls, nlh, parse_way, way);
	}
	nlsock_close(&nls);
	return ret;
}

int rt_way_out(struct rt_way *way, const union endpoint *to, uint32_t mark)
{
	struct allowed_ip ip = { .family = to->addr.sa_family };
	uint32_t oif = 0;

	if (ip.family == AF_INET) {
		ip.ip4 = to->addr4.sin_addr;
	} else {
		ip.ip6 = to->addr6.sin6_addr;
		oif = to->addr6.sin6_scope_id;
	}
	return rt_way_find(way, &ip, oif, mark);
}

int rt_path_mtu(const union endpoint *to, uint32_t mark, uint32_t *mtu)
{
	struct rt_way way;
	int ret = rt_way_out(&way, to, mark);

	*mtu = 0;
	if (!ret && !way.local)
		*mtu = way.mtu ? way.mtu : rt_mtu_of(way.index);
	return ret;
}

int rt_way(const struct allowed_ip *to, int vrf, bool *local)
{
	struct rt_way way;
	int ret = rt_way_find(&way, to, vrf, 0);

	*local = way.local;
	return ret;
}
