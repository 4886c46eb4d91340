// SPDX-License-Identifier: GPL-2.0
/*
 * counters DEVICE [NAME]: what a device counts, reasons for drops and sizes of
 * batches alike, as "NAME VALUE", or the value of one. Ready before an
 * interpreter has started.
 */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uapi/naawg.h"

static char buffer[1 << 17];
static const char *wanted;
static bool found;

static int stop(const char *what)
{
	perror(what);
	exit(1);
}

static int take_family(const struct nlmsghdr *header, void *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, header, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*(int *)data = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

/* Name and count have the same numbers in both nests. */
static int take_stats(const struct nlmsghdr *header, void *data)
{
	const struct nlattr *attr, *nested;

	mnl_attr_for_each(attr, header, sizeof(struct genlmsghdr)) {
		const char *name = "";
		uint64_t count = 0;

		if (mnl_attr_get_type(attr) != NAAWG_A_DEVICE_REASONS &&
		    mnl_attr_get_type(attr) != NAAWG_A_DEVICE_COUNTERS)
			continue;
		mnl_attr_for_each_nested(nested, attr) {
			if (mnl_attr_get_type(nested) == NAAWG_A_REASON_NAME)
				name = mnl_attr_get_str(nested);
			if (mnl_attr_get_type(nested) == NAAWG_A_REASON_COUNT)
				count = mnl_attr_get_u64(nested);
		}
		if (!wanted)
			printf("%s %llu\n", name, (unsigned long long)count);
		else if (!strcmp(name, wanted) && !found)
			found = printf("%llu\n", (unsigned long long)count) > 0;
	}
	return MNL_CB_OK;
}

static struct nlmsghdr *request(int family, int flags, int command)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *generic;

	header->nlmsg_type = family;
	header->nlmsg_flags = NLM_F_REQUEST | flags;
	header->nlmsg_seq = 1;
	generic = mnl_nlmsg_put_extra_header(header, sizeof(*generic));
	generic->cmd = command;
	generic->version = 1;
	return header;
}

static void ask(struct mnl_socket *sock, const struct nlmsghdr *header,
		mnl_cb_t take, void *data)
{
	int len;

	if (mnl_socket_sendto(sock, header, header->nlmsg_len) < 0)
		stop("send");
	do {
		len = mnl_socket_recvfrom(sock, buffer, sizeof(buffer));
		if (len < 0)
			stop("receive");
		len = mnl_cb_run(buffer, len, 1, 0, take, data);
		if (len < 0)
			stop("the answer");
	} while (len > MNL_CB_STOP);
}

int main(int argc, char **argv)
{
	struct mnl_socket *sock = mnl_socket_open(NETLINK_GENERIC);
	struct nlmsghdr *header;
	int family = 0;

	if (argc < 2 || !sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		stop("usage: counters DEVICE [NAME]");
	wanted = argv[2];
	header = request(GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, NAAWG_FAMILY_NAME);
	ask(sock, header, take_family, &family);
	header = request(family, NLM_F_DUMP, NAAWG_CMD_GET_STATS);
	mnl_attr_put_u32(header, NAAWG_A_DEVICE_IFINDEX,
			 if_nametoindex(argv[1]));
	ask(sock, header, take_stats, NULL);
	if (wanted && !found) {
		fprintf(stderr, "%s counts no %s\n", argv[1], wanted);
		return 1;
	}
	return 0;
}
