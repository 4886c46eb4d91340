// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/naawg.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/naawg.h>

/* Common nested types */
const struct nla_policy naawg_allowed_ip_nl_policy[NAAWG_A_ALLOWED_IP_FLAGS + 1] = {
	[NAAWG_A_ALLOWED_IP_FAMILY] = { .type = NLA_U16, },
	[NAAWG_A_ALLOWED_IP_ADDRESS] = NLA_POLICY_MIN_LEN(4),
	[NAAWG_A_ALLOWED_IP_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[NAAWG_A_ALLOWED_IP_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1),
};

const struct nla_policy naawg_forward_nl_policy[NAAWG_A_FORWARD_PAD + 1] = {
	[NAAWG_A_FORWARD_PROTO] = { .type = NLA_U8, },
	[NAAWG_A_FORWARD_PORT] = { .type = NLA_U16, },
	[NAAWG_A_FORWARD_PORT_LAST] = { .type = NLA_U16, },
	[NAAWG_A_FORWARD_ADDRESS] = NLA_POLICY_MIN_LEN(4),
	[NAAWG_A_FORWARD_TO_PORT] = { .type = NLA_U16, },
	[NAAWG_A_FORWARD_EGRESS] = { .type = NLA_NUL_STRING, .len = 15, },
	[NAAWG_A_FORWARD_FROM_ADDRESS] = NLA_POLICY_MIN_LEN(4),
	[NAAWG_A_FORWARD_FROM_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[NAAWG_A_FORWARD_FROM_PEER] = NLA_POLICY_EXACT_LEN(NAAWG_KEY_LEN),
	[NAAWG_A_FORWARD_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x3),
	[NAAWG_A_FORWARD_CONNECTIONS] = { .type = NLA_U64, },
	[NAAWG_A_FORWARD_RX_PACKETS] = { .type = NLA_U64, },
	[NAAWG_A_FORWARD_RX_BYTES] = { .type = NLA_U64, },
	[NAAWG_A_FORWARD_TX_PACKETS] = { .type = NLA_U64, },
	[NAAWG_A_FORWARD_TX_BYTES] = { .type = NLA_U64, },
	[NAAWG_A_FORWARD_LAST_USE] = { .type = NLA_U64, },
};

const struct nla_policy naawg_peer_nl_policy[NAAWG_A_PEER_ADDED + 1] = {
	[NAAWG_A_PEER_PUBLIC_KEY] = NLA_POLICY_EXACT_LEN(NAAWG_KEY_LEN),
	[NAAWG_A_PEER_PRESHARED_KEY] = NLA_POLICY_EXACT_LEN(NAAWG_KEY_LEN),
	[NAAWG_A_PEER_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x7),
	[NAAWG_A_PEER_ENDPOINT] = NLA_POLICY_MIN_LEN(16),
	[NAAWG_A_PEER_PERSISTENT_KEEPALIVE_INTERVAL] = { .type = NLA_U16, },
	[NAAWG_A_PEER_LAST_HANDSHAKE] = { .type = NLA_U64, },
	[NAAWG_A_PEER_RX_BYTES] = { .type = NLA_U64, },
	[NAAWG_A_PEER_TX_BYTES] = { .type = NLA_U64, },
	[NAAWG_A_PEER_ALLOWED_IPS] = NLA_POLICY_NESTED(naawg_allowed_ip_nl_policy),
	[NAAWG_A_PEER_PROTOCOL_VERSION] = NLA_POLICY_RANGE(NLA_U32, 1, 1),
	[NAAWG_A_PEER_RX_PACKETS] = { .type = NLA_U64, },
	[NAAWG_A_PEER_TX_PACKETS] = { .type = NLA_U64, },
	[NAAWG_A_PEER_CONNECTED] = { .type = NLA_FLAG, },
	[NAAWG_A_PEER_LAST_REASON] = { .type = NLA_NUL_STRING, },
	[NAAWG_A_PEER_UNREACHABLE] = { .type = NLA_FLAG, },
	[NAAWG_A_PEER_REKEYING] = { .type = NLA_FLAG, },
	[NAAWG_A_PEER_HANDSHAKE_RTT_US] = { .type = NLA_U32, },
	[NAAWG_A_PEER_RETRANSMISSIONS] = { .type = NLA_U64, },
	[NAAWG_A_PEER_LOST_PACKETS] = { .type = NLA_U64, },
	[NAAWG_A_PEER_LAST_RX] = { .type = NLA_U64, },
	[NAAWG_A_PEER_LAST_TX] = { .type = NLA_U64, },
	[NAAWG_A_PEER_CHANGES] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[NAAWG_A_PEER_ALLOWED_IPS_TOTAL] = { .type = NLA_U32, },
	[NAAWG_A_PEER_CONNECTED_SINCE] = { .type = NLA_U64, },
	[NAAWG_A_PEER_ATTEMPT_SINCE] = { .type = NLA_U64, },
	[NAAWG_A_PEER_ADDED] = { .type = NLA_U64, },
};

/* NAAWG_CMD_GET_DEVICE - dump */
static const struct nla_policy naawg_get_device_nl_policy[NAAWG_A_DEVICE_IFNAME + 1] = {
	[NAAWG_A_DEVICE_IFINDEX] = { .type = NLA_U32, },
	[NAAWG_A_DEVICE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* NAAWG_CMD_SET_DEVICE - do */
static const struct nla_policy naawg_set_device_nl_policy[NAAWG_A_DEVICE_FORBIDDEN + 1] = {
	[NAAWG_A_DEVICE_IFINDEX] = { .type = NLA_U32, },
	[NAAWG_A_DEVICE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[NAAWG_A_DEVICE_PRIVATE_KEY] = NLA_POLICY_EXACT_LEN(NAAWG_KEY_LEN),
	[NAAWG_A_DEVICE_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x3),
	[NAAWG_A_DEVICE_LISTEN_PORT] = { .type = NLA_U16, },
	[NAAWG_A_DEVICE_FWMARK] = { .type = NLA_U32, },
	[NAAWG_A_DEVICE_ANSWER_UNREACHABLE] = NLA_POLICY_MAX(NLA_U8, 1),
	[NAAWG_A_DEVICE_PEERS] = NLA_POLICY_NESTED(naawg_peer_nl_policy),
	[NAAWG_A_DEVICE_FORBIDDEN] = NLA_POLICY_NESTED(naawg_allowed_ip_nl_policy),
};

/* NAAWG_CMD_GET_STATS - dump */
static const struct nla_policy naawg_get_stats_nl_policy[NAAWG_A_DEVICE_IFNAME + 1] = {
	[NAAWG_A_DEVICE_IFINDEX] = { .type = NLA_U32, },
	[NAAWG_A_DEVICE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* NAAWG_CMD_SET_FORWARDS - do */
static const struct nla_policy naawg_set_forwards_nl_policy[NAAWG_A_DEVICE_FORWARD_FLAGS + 1] = {
	[NAAWG_A_DEVICE_IFINDEX] = { .type = NLA_U32, },
	[NAAWG_A_DEVICE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[NAAWG_A_DEVICE_FORWARDS] = NLA_POLICY_NESTED(naawg_forward_nl_policy),
	[NAAWG_A_DEVICE_FORWARD_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x3),
};

/* NAAWG_CMD_GET_FORWARDS - dump */
static const struct nla_policy naawg_get_forwards_nl_policy[NAAWG_A_DEVICE_IFNAME + 1] = {
	[NAAWG_A_DEVICE_IFINDEX] = { .type = NLA_U32, },
	[NAAWG_A_DEVICE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* NAAWG_CMD_REKEY - do */
static const struct nla_policy naawg_rekey_nl_policy[NAAWG_A_DEVICE_PEERS + 1] = {
	[NAAWG_A_DEVICE_IFINDEX] = { .type = NLA_U32, },
	[NAAWG_A_DEVICE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[NAAWG_A_DEVICE_PEERS] = NLA_POLICY_NESTED(naawg_peer_nl_policy),
};

/* NAAWG_CMD_GET_CALLERS - dump */
static const struct nla_policy naawg_get_callers_nl_policy[NAAWG_A_DEVICE_IFNAME + 1] = {
	[NAAWG_A_DEVICE_IFINDEX] = { .type = NLA_U32, },
	[NAAWG_A_DEVICE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* Ops table for naawg */
static const struct genl_split_ops naawg_nl_ops[] = {
	{
		.cmd		= NAAWG_CMD_GET_DEVICE,
		.start		= naawg_nl_get_start,
		.dumpit		= naawg_nl_get_device_dumpit,
		.done		= naawg_nl_get_done,
		.policy		= naawg_get_device_nl_policy,
		.maxattr	= NAAWG_A_DEVICE_IFNAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAAWG_CMD_SET_DEVICE,
		.doit		= naawg_nl_set_device_doit,
		.policy		= naawg_set_device_nl_policy,
		.maxattr	= NAAWG_A_DEVICE_FORBIDDEN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAAWG_CMD_GET_STATS,
		.start		= naawg_nl_get_start,
		.dumpit		= naawg_nl_get_stats_dumpit,
		.done		= naawg_nl_get_done,
		.policy		= naawg_get_stats_nl_policy,
		.maxattr	= NAAWG_A_DEVICE_IFNAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAAWG_CMD_SET_FORWARDS,
		.doit		= naawg_nl_set_forwards_doit,
		.policy		= naawg_set_forwards_nl_policy,
		.maxattr	= NAAWG_A_DEVICE_FORWARD_FLAGS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAAWG_CMD_GET_FORWARDS,
		.start		= naawg_nl_get_forwards_start,
		.dumpit		= naawg_nl_get_forwards_dumpit,
		.done		= naawg_nl_get_done,
		.policy		= naawg_get_forwards_nl_policy,
		.maxattr	= NAAWG_A_DEVICE_IFNAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= NAAWG_CMD_REKEY,
		.doit		= naawg_nl_rekey_doit,
		.policy		= naawg_rekey_nl_policy,
		.maxattr	= NAAWG_A_DEVICE_PEERS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= NAAWG_CMD_GET_CALLERS,
		.start		= naawg_nl_get_callers_start,
		.dumpit		= naawg_nl_get_callers_dumpit,
		.done		= naawg_nl_get_done,
		.policy		= naawg_get_callers_nl_policy,
		.maxattr	= NAAWG_A_DEVICE_IFNAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group naawg_nl_mcgrps[] = {
	[NAAWG_NLGRP_EVENTS] = { "events", },
};

struct genl_family naawg_nl_family __ro_after_init = {
	.name		= NAAWG_FAMILY_NAME,
	.version	= NAAWG_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= naawg_nl_ops,
	.n_split_ops	= ARRAY_SIZE(naawg_nl_ops),
	.mcgrps		= naawg_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(naawg_nl_mcgrps),
};
