// SPDX-License-Identifier: GPL-2.0
/* Finds interfaces and objects that would vanish with a link and not come back. */

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/prog.h"
#include "saved/blockers.h"

/* IFLA_AMT_LINK, which the headers of some distributions do not have. */
#define AMT_LINK	4

struct finding {
	const struct saved *saved;
	const struct saved_link *link;
	char what[64];
};

static const struct saved_link *link_of(const struct saved *saved, unsigned int index)
{
	size_t i;

	for (i = 0; i < saved->n_links && index; i++)
		if (saved->links[i].index == index)
			return &saved->links[i];
	return NULL;
}

static const struct nlattr *nested(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	if (nest)
		mnl_attr_for_each_nested(attr, nest)
			if (mnl_attr_get_type(attr) == type)
				return attr;
	return NULL;
}

/* Some kinds of links name the link below them in attributes of their own. */
static unsigned int own_lower(const struct nlmsghdr *msg)
{
	static const struct { const char *kind; uint16_t type; } own[] = {
		{ "vxlan", IFLA_VXLAN_LINK },
		{ "amt", AMT_LINK },
	};
	const struct nlattr *info, *kind, *attr;
	size_t i;

	info = record_attr(msg, sizeof(struct ifinfomsg), IFLA_LINKINFO);
	kind = nested(info, IFLA_INFO_KIND);
	for (i = 0; kind && i < sizeof(own) / sizeof(own[0]); i++) {
		if (strncmp(mnl_attr_get_payload(kind), own[i].kind,
			    mnl_attr_get_payload_len(kind)))
			continue;
		attr = nested(nested(info, IFLA_INFO_DATA), own[i].type);
		if (attr && mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
			return mnl_attr_get_u32(attr);
	}
	return 0;
}

static int find_upper(struct records *records, const struct nlmsghdr *msg, void *arg)
{
	const struct nlattr *name = record_attr(msg, sizeof(struct ifinfomsg), IFLA_IFNAME);
	struct finding *finding = arg;
	const struct saved_link *link;

	(void)records;
	link = link_of(finding->saved, own_lower(msg));
	/* If the lower link is in another network namespace, its index means nothing here. */
	if (!link && !record_attr(msg, sizeof(struct ifinfomsg), IFLA_LINK_NETNSID))
		link = link_of(finding->saved,
			       record_u32(msg, sizeof(struct ifinfomsg), IFLA_LINK));
	if (link && name) {
		finding->link = link;
		snprintf(finding->what, sizeof(finding->what), "%.*s",
			 mnl_attr_get_payload_len(name), (const char *)mnl_attr_get_payload(name));
	}
	return 0;
}

/* A routing daemon makes its own nexthop objects again. */
static int find_nexthop(struct records *records, const struct nlmsghdr *msg, void *arg)
{
	const struct nhmsg *info = mnl_nlmsg_get_payload(msg);
	struct finding *finding = arg;
	const struct saved_link *link;

	(void)records;
	link = link_of(finding->saved, record_u32(msg, sizeof(*info), NHA_OIF));
	if (link && info->nh_protocol != RTPROT_ZEBRA)
		finding->link = link;
	return 0;
}

static int warn_of_qdisc(struct records *records, const struct nlmsghdr *msg, void *arg)
{
	const struct tcmsg *info = mnl_nlmsg_get_payload(msg);
	const struct nlattr *kind = record_attr(msg, sizeof(*info), TCA_KIND);
	struct finding *finding = arg;
	const struct saved_link *link = link_of(finding->saved, info->tcm_ifindex);

	(void)records;
	if (!link || link == finding->link || !kind ||
	    !strncmp(mnl_attr_get_payload(kind), "noqueue", mnl_attr_get_payload_len(kind)))
		return 0;
	fprintf(stderr, "%s: %s has a qdisc (%.*s), which will not come back\n", prog_name,
		link->name, mnl_attr_get_payload_len(kind),
		(const char *)mnl_attr_get_payload(kind));
	/* Warn once of a link with several queueing disciplines. */
	finding->link = link;
	return 0;
}

bool blockers_none(const struct saved *saved)
{
	struct finding upper = { saved }, nexthop = { saved }, qdisc = { saved };
	struct records none = { 0 };
	int ret;

	ret = records_dump(&none, RTM_GETLINK, 0, sizeof(struct ifinfomsg), find_upper, &upper);
	if (!ret)
		ret = records_dump(&none, RTM_GETNEXTHOP, 0, sizeof(struct nhmsg), find_nexthop,
				   &nexthop);
	if (ret) {
		fprintf(stderr, "%s: cannot list the interfaces and nexthop objects: %s\n",
			prog_name, strerror(-ret));
		return false;
	}
	if (upper.link)
		fprintf(stderr, "%s: %s stands on %s and would vanish with it: remove it first\n",
			prog_name, upper.what, upper.link->name);
	else if (nexthop.link)
		fprintf(stderr, "%s: nexthop objects stand on %s and would not come back: remove them first\n",
			prog_name, nexthop.link->name);
	if (upper.link || nexthop.link)
		return false;
	/* A kernel without traffic control has no queueing disciplines to lose. */
	records_dump(&none, RTM_GETQDISC, 0, sizeof(struct tcmsg), warn_of_qdisc, &qdisc);
	return true;
}
