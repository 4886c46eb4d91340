// SPDX-License-Identifier: GPL-2.0
/* The routing rules of a network namespace. */

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/prog.h"
#include "saved/rules.h"

/* Leaves out the flags by which the kernel reports that an interface is away. */
static int keep_rule(struct records *records, const struct nlmsghdr *msg, void *arg)
{
	struct fib_rule_hdr *rule;
	struct nlmsghdr *kept;

	(void)arg;
	kept = records_add(records, RTM_NEWRULE, SAVED_ALL, mnl_nlmsg_get_payload(msg),
			   mnl_nlmsg_get_payload_len(msg));
	if (!kept)
		return -ENOMEM;
	rule = mnl_nlmsg_get_payload(kept);
	rule->flags &= FIB_RULE_INVERT;
	return 0;
}

static int dump(struct records *records)
{
	int ret = records_dump(records, RTM_GETRULE, AF_INET, sizeof(struct fib_rule_hdr),
			       keep_rule, NULL);

	return ret ? ret : records_dump(records, RTM_GETRULE, AF_INET6,
					sizeof(struct fib_rule_hdr), keep_rule, NULL);
}

int rules_save(struct saved *saved)
{
	return dump(&saved->records);
}

static bool complain(const struct nlmsghdr *msg, int error)
{
	const struct fib_rule_hdr *rule = mnl_nlmsg_get_payload(msg);

	fprintf(stderr, "%s: an IPv%c rule of priority %u could not be set back: %s\n", prog_name,
		rule->family == AF_INET ? '4' : '6', record_u32(msg, sizeof(*rule), FRA_PRIORITY),
		strerror(-error));
	return false;
}

bool rules_restore(const struct saved *saved)
{
	struct record_index there = { 0 };
	struct records now = { 0 };
	struct nlsock nls;
	bool ok = true;
	int ret, error;

	ret = nlsock_open(&nls, NETLINK_ROUTE);
	if (!ret)
		ret = dump(&now);
	if (!ret && !record_index_init(&there, &now, true))
		ret = -ENOMEM;
	records_for_each(msg, &saved->records) {
		if (ret)
			break;
		if (msg->nlmsg_type != RTM_NEWRULE || record_index_has(&there, msg))
			continue;
		error = records_send(&nls, msg, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL);
		if (error && error != -EEXIST)
			ok = complain(msg, error);
	}
	nlsock_close(&nls);
	record_index_destroy(&there);
	records_destroy(&now);
	if (ret)
		fprintf(stderr, "%s: cannot read the rules: %s\n", prog_name, strerror(-ret));
	return ok && !ret;
}
