/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/naawg.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_NAAWG_H
#define _UAPI_LINUX_NAAWG_H

#define NAAWG_FAMILY_NAME	"naawg"
#define NAAWG_FAMILY_VERSION	1

#define NAAWG_KEY_LEN	32

/**
 * enum naawg_device_flag - What a set-device request does beyond adding.
 * @NAAWG_DEVICE_FLAG_REPLACE_PEERS: Remove all present peers before those of
 *   the request are added.
 * @NAAWG_DEVICE_FLAG_REPLACE_FORBIDDEN: The forbidden networks of the request
 *   are all there shall be; without any, nothing is forbidden.
 */
enum naawg_device_flag {
	NAAWG_DEVICE_FLAG_REPLACE_PEERS = 1,
	NAAWG_DEVICE_FLAG_REPLACE_FORBIDDEN = 2,
};

/**
 * enum naawg_peer_flag - What a peer entry of a set-device request means.
 * @NAAWG_PEER_FLAG_REMOVE_ME: The peer is to be gone; unknown peers are no
 *   error.
 * @NAAWG_PEER_FLAG_REPLACE_ALLOWED_IPS: Drop all allowed IPs of this peer
 *   before those listed are added.
 * @NAAWG_PEER_FLAG_UPDATE_ONLY: Do nothing when the peer does not exist,
 *   rather than add it.
 */
enum naawg_peer_flag {
	NAAWG_PEER_FLAG_REMOVE_ME = 1,
	NAAWG_PEER_FLAG_REPLACE_ALLOWED_IPS = 2,
	NAAWG_PEER_FLAG_UPDATE_ONLY = 4,
};

/**
 * enum naawg_allowed_ip_flag - What an allowed-ip entry of a set-device
 *   request means.
 * @NAAWG_ALLOWED_IP_FLAG_REMOVE_ME: Take this prefix from the peer, if the
 *   peer has it.
 */
enum naawg_allowed_ip_flag {
	NAAWG_ALLOWED_IP_FLAG_REMOVE_ME = 1,
};

/**
 * enum naawg_chains - How this kernel takes chains of datagrams apart that are
 *   redirected to another host; tried once, as the module loads. Receive
 *   offload chains datagrams only if it does so right.
 * @NAAWG_CHAINS_UNTRIED: There was no memory to try.
 * @NAAWG_CHAINS_RIGHT: Addresses and checksums are right.
 * @NAAWG_CHAINS_WRONG: Addresses or checksums are wrong.
 */
enum naawg_chains {
	NAAWG_CHAINS_UNTRIED,
	NAAWG_CHAINS_RIGHT,
	NAAWG_CHAINS_WRONG,
};

/**
 * enum naawg_forward_flag - What a forward entry says beyond where to.
 * @NAAWG_FORWARD_FLAG_NO_MASQUERADE: Leave the source address of forwarded
 *   connections alone.
 * @NAAWG_FORWARD_FLAG_REMOVE_ME: The forward with this protocol and these
 *   ports is to be gone; if a destination is given as well, only one with this
 *   destination.
 */
enum naawg_forward_flag {
	NAAWG_FORWARD_FLAG_NO_MASQUERADE = 1,
	NAAWG_FORWARD_FLAG_REMOVE_ME = 2,
};

/**
 * enum naawg_forward_request_flag - What a set-forwards request does beyond
 *   adding.
 * @NAAWG_FORWARD_REQUEST_FLAG_REPLACE: The entries are all there shall be. A
 *   forward that is the same as before keeps its counters and its connections.
 * @NAAWG_FORWARD_REQUEST_FLAG_KILL: End the connections of every forward that
 *   this request removes.
 */
enum naawg_forward_request_flag {
	NAAWG_FORWARD_REQUEST_FLAG_REPLACE = 1,
	NAAWG_FORWARD_REQUEST_FLAG_KILL = 2,
};

enum {
	NAAWG_A_DEVICE_IFINDEX = 1,
	NAAWG_A_DEVICE_IFNAME,
	NAAWG_A_DEVICE_PRIVATE_KEY,
	NAAWG_A_DEVICE_PUBLIC_KEY,
	NAAWG_A_DEVICE_FLAGS,
	NAAWG_A_DEVICE_LISTEN_PORT,
	NAAWG_A_DEVICE_FWMARK,
	NAAWG_A_DEVICE_PEERS,
	NAAWG_A_DEVICE_REASONS,
	NAAWG_A_DEVICE_FORWARDS,
	NAAWG_A_DEVICE_FORWARD_FLAGS,
	NAAWG_A_DEVICE_COUNTERS,
	NAAWG_A_DEVICE_CHAINS,
	NAAWG_A_DEVICE_ANSWER_UNREACHABLE,
	NAAWG_A_DEVICE_FORBIDDEN,

	__NAAWG_A_DEVICE_MAX,
	NAAWG_A_DEVICE_MAX = (__NAAWG_A_DEVICE_MAX - 1)
};

enum {
	NAAWG_A_PEER_PUBLIC_KEY = 1,
	NAAWG_A_PEER_PRESHARED_KEY,
	NAAWG_A_PEER_FLAGS,
	NAAWG_A_PEER_ENDPOINT,
	NAAWG_A_PEER_PERSISTENT_KEEPALIVE_INTERVAL,
	NAAWG_A_PEER_LAST_HANDSHAKE,
	NAAWG_A_PEER_RX_BYTES,
	NAAWG_A_PEER_TX_BYTES,
	NAAWG_A_PEER_ALLOWED_IPS,
	NAAWG_A_PEER_PROTOCOL_VERSION,
	NAAWG_A_PEER_RX_PACKETS,
	NAAWG_A_PEER_TX_PACKETS,
	NAAWG_A_PEER_CONNECTED,
	NAAWG_A_PEER_LAST_REASON,
	NAAWG_A_PEER_PAD,
	NAAWG_A_PEER_UNREACHABLE,

	__NAAWG_A_PEER_MAX,
	NAAWG_A_PEER_MAX = (__NAAWG_A_PEER_MAX - 1)
};

enum {
	NAAWG_A_ALLOWED_IP_FAMILY = 1,
	NAAWG_A_ALLOWED_IP_ADDRESS,
	NAAWG_A_ALLOWED_IP_PREFIX_LEN,
	NAAWG_A_ALLOWED_IP_FLAGS,

	__NAAWG_A_ALLOWED_IP_MAX,
	NAAWG_A_ALLOWED_IP_MAX = (__NAAWG_A_ALLOWED_IP_MAX - 1)
};

enum {
	NAAWG_A_REASON_NAME = 1,
	NAAWG_A_REASON_COUNT,
	NAAWG_A_REASON_HANDSHAKE,
	NAAWG_A_REASON_PAD,

	__NAAWG_A_REASON_MAX,
	NAAWG_A_REASON_MAX = (__NAAWG_A_REASON_MAX - 1)
};

enum {
	NAAWG_A_FORWARD_PROTO = 1,
	NAAWG_A_FORWARD_PORT,
	NAAWG_A_FORWARD_PORT_LAST,
	NAAWG_A_FORWARD_ADDRESS,
	NAAWG_A_FORWARD_TO_PORT,
	NAAWG_A_FORWARD_EGRESS,
	NAAWG_A_FORWARD_FROM_ADDRESS,
	NAAWG_A_FORWARD_FROM_PREFIX_LEN,
	NAAWG_A_FORWARD_FROM_PEER,
	NAAWG_A_FORWARD_FLAGS,
	NAAWG_A_FORWARD_CONNECTIONS,
	NAAWG_A_FORWARD_RX_PACKETS,
	NAAWG_A_FORWARD_RX_BYTES,
	NAAWG_A_FORWARD_TX_PACKETS,
	NAAWG_A_FORWARD_TX_BYTES,
	NAAWG_A_FORWARD_LAST_USE,
	NAAWG_A_FORWARD_PAD,

	__NAAWG_A_FORWARD_MAX,
	NAAWG_A_FORWARD_MAX = (__NAAWG_A_FORWARD_MAX - 1)
};

enum {
	NAAWG_A_COUNTER_NAME = 1,
	NAAWG_A_COUNTER_COUNT,
	NAAWG_A_COUNTER_PAD,

	__NAAWG_A_COUNTER_MAX,
	NAAWG_A_COUNTER_MAX = (__NAAWG_A_COUNTER_MAX - 1)
};

enum {
	NAAWG_CMD_GET_DEVICE = 1,
	NAAWG_CMD_SET_DEVICE,
	NAAWG_CMD_GET_STATS,
	NAAWG_CMD_SET_FORWARDS,
	NAAWG_CMD_GET_FORWARDS,
	NAAWG_CMD_FORWARD_ADD_NTF,
	NAAWG_CMD_FORWARD_DEL_NTF,
	NAAWG_CMD_PEER_SESSION_NTF,
	NAAWG_CMD_PEER_ENDPOINT_NTF,
	NAAWG_CMD_PEER_GIVEN_UP_NTF,

	__NAAWG_CMD_MAX,
	NAAWG_CMD_MAX = (__NAAWG_CMD_MAX - 1)
};

#define NAAWG_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_NAAWG_H */
