// SPDX-License-Identifier: GPL-2.0
/* The neighbour table: hosts that do not answer on their link. */

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "diag/neighbours.h"
#include "lib/nlsock.h"

struct search {
	const void *address;
	size_t len;
	bool silent, answers;
};

static int parse(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *msg = mnl_nlmsg_get_payload(nlh);
	struct search *search = arg;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(*msg)) {
		if (mnl_attr_get_type(attr) != NDA_DST ||
		    mnl_attr_get_payload_len(attr) != search->len ||
		    memcmp(mnl_attr_get_payload(attr), search->address, search->len))
			continue;
		if (msg->ndm_state & (NUD_INCOMPLETE | NUD_FAILED))
			search->silent = true;
		else
			search->answers = true;
	}
	return 0;
}

bool neighbour_is_silent(const union endpoint *to)
{
	struct search search = { 0 };
	struct nlmsghdr *nlh;
	struct nlsock nls;
	struct ndmsg *msg;

	if (to->addr.sa_family == AF_INET) {
		search.address = &to->addr4.sin_addr;
		search.len = sizeof(to->addr4.sin_addr);
	} else {
		search.address = &to->addr6.sin6_addr;
		search.len = sizeof(to->addr6.sin6_addr);
	}
	if (!nlsock_open(&nls, NETLINK_ROUTE)) {
		nlh = nlsock_request(&nls, RTM_GETNEIGH, NLM_F_DUMP, sizeof(*msg));
		msg = mnl_nlmsg_get_payload(nlh);
		msg->ndm_family = to->addr.sa_family;
		nlsock_exchange(&nls, nlh, parse, &search);
	}
	nlsock_close(&nls);
	return search.silent && !search.answers;
}
