// SPDX-License-Identifier: GPL-2.0
/* The addresses of saved links. */

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/prog.h"
#include "saved/addresses.h"

/* Flags that a program may set as it adds an address. The kernel sets the others. */
#define FLAGS_SET	(IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | \
			 IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN)
#define FOREVER		UINT32_MAX

static uint32_t flags_of(const struct nlmsghdr *msg)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(msg);
	uint32_t flags = record_u32(msg, sizeof(*info), IFA_FLAGS);

	return flags ? flags : info->ifa_flags;
}

static int keep_address(struct records *records, const struct nlmsghdr *msg, void *arg)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(msg);
	const struct saved *saved = arg;
	size_t i;

	/* The kernel makes temporary addresses itself. */
	if (flags_of(msg) & IFA_F_TEMPORARY && info->ifa_family == AF_INET6)
		return 0;
	for (i = 0; i < saved->n_links; i++)
		if (saved->links[i].index == info->ifa_index)
			return records_add(records, RTM_NEWADDR, i, info,
					   mnl_nlmsg_get_payload_len(msg)) ? 0 : -ENOMEM;
	return 0;
}

/*
 * The first address that the kernel lists is preferred as a source. A new IPv6 address
 * goes before the others of its scope, so the last one has to be added first.
 */
static int save_reversed(struct saved *saved)
{
	struct record_index index = { 0 };
	struct records list = { 0 };
	int ret;

	ret = records_dump(&list, RTM_GETADDR, AF_INET6, sizeof(struct ifaddrmsg), keep_address,
			   saved);
	if (!ret && !record_index_init(&index, &list, false))
		ret = -ENOMEM;
	while (!ret && index.n--) {
		const struct nlmsghdr *msg = index.list[index.n];

		if (!records_add(&saved->records, RTM_NEWADDR, msg->nlmsg_seq,
				 mnl_nlmsg_get_payload(msg), mnl_nlmsg_get_payload_len(msg)))
			ret = -ENOMEM;
	}
	record_index_destroy(&index);
	records_destroy(&list);
	return ret;
}

int addresses_save(struct saved *saved)
{
	int ret = records_dump(&saved->records, RTM_GETADDR, AF_INET, sizeof(struct ifaddrmsg),
			       keep_address, saved);

	return ret ? ret : save_reversed(saved);
}

/* The rest of a lifetime, @age seconds after it was saved. */
static uint32_t left_of(uint32_t seconds, uint32_t age)
{
	if (seconds == FOREVER)
		return FOREVER;
	return seconds > age ? seconds - age : 0;
}

static void put_lifetimes(struct nlmsghdr *nlh, const struct nlattr *attr, uint32_t age)
{
	struct ifa_cacheinfo times = { 0 };

	if (mnl_attr_get_payload_len(attr) < sizeof(times))
		return;
	memcpy(&times, mnl_attr_get_payload(attr), sizeof(times));
	times.ifa_valid = left_of(times.ifa_valid, age);
	times.ifa_prefered = left_of(times.ifa_prefered, age);
	/* An expired address is refused, so let it expire in a second. */
	if (!times.ifa_valid)
		times.ifa_valid = 1;
	times.cstamp = 0;
	times.tstamp = 0;
	mnl_attr_put(nlh, IFA_CACHEINFO, sizeof(times), &times);
}

static int restore_one(struct nlsock *nls, const struct nlmsghdr *msg,
		       const struct saved *saved)
{
	struct nlmsghdr *nlh = nlsock_request(nls, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE |
					    NLM_F_EXCL, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *info = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	memcpy(info, mnl_nlmsg_get_payload(msg), sizeof(*info));
	info->ifa_index = saved->links[msg->nlmsg_seq].index_now;
	info->ifa_flags = 0;
	mnl_attr_put_u32(nlh, IFA_FLAGS, flags_of(msg) & FLAGS_SET);
	mnl_attr_for_each(attr, msg, sizeof(*info)) {
		switch (mnl_attr_get_type(attr)) {
		case IFA_ADDRESS:
		case IFA_LOCAL:
		case IFA_LABEL:
		case IFA_BROADCAST:
		case IFA_ANYCAST:
		case IFA_RT_PRIORITY:
		case IFA_PROTO:
			mnl_attr_put(nlh, mnl_attr_get_type(attr), mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
			break;
		case IFA_CACHEINFO:
			put_lifetimes(nlh, attr, saved_age(saved));
			break;
		}
	}
	return nlsock_exchange(nls, nlh, NULL, NULL);
}

bool addresses_restore(const struct saved *saved, size_t link)
{
	struct nlsock nls;
	int ret = nlsock_open(&nls, NETLINK_ROUTE);

	records_for_each(msg, &saved->records) {
		if (ret)
			break;
		if (msg->nlmsg_type != RTM_NEWADDR || msg->nlmsg_seq != link)
			continue;
		ret = restore_one(&nls, msg, saved);
		if (ret == -EEXIST)
			ret = 0;
	}
	nlsock_close(&nls);
	if (ret)
		fprintf(stderr, "%s: an address of %s could not be set: %s\n", prog_name,
			saved->links[link].name, strerror(-ret));
	return !ret;
}
