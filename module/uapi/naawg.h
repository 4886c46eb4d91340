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
 * enum naawg_device_flag - Flags of a set-device request. Without flags, a
 *   request only adds.
 * @NAAWG_DEVICE_FLAG_REPLACE_PEERS: Remove all present peers before the peers
 *   of the request are added.
 * @NAAWG_DEVICE_FLAG_REPLACE_FORBIDDEN: Replace all forbidden networks by
 *   those of the request; a request without any removes all.
 */
enum naawg_device_flag {
	NAAWG_DEVICE_FLAG_REPLACE_PEERS = 1,
	NAAWG_DEVICE_FLAG_REPLACE_FORBIDDEN = 2,
};

/**
 * enum naawg_peer_flag - Flags of a peer entry of a set-device request.
 * @NAAWG_PEER_FLAG_REMOVE_ME: Remove the peer; an unknown peer is no error.
 * @NAAWG_PEER_FLAG_REPLACE_ALLOWED_IPS: Remove all allowed IPs of this peer
 *   before those of the entry are added.
 * @NAAWG_PEER_FLAG_UPDATE_ONLY: Ignore the entry if the peer does not exist,
 *   instead of adding the peer.
 */
enum naawg_peer_flag {
	NAAWG_PEER_FLAG_REMOVE_ME = 1,
	NAAWG_PEER_FLAG_REPLACE_ALLOWED_IPS = 2,
	NAAWG_PEER_FLAG_UPDATE_ONLY = 4,
};

/**
 * enum naawg_allowed_ip_flag - Flags of an allowed-ip entry of a set-device
 *   request.
 * @NAAWG_ALLOWED_IP_FLAG_REMOVE_ME: Remove this prefix from the peer, if the
 *   peer has it.
 */
enum naawg_allowed_ip_flag {
	NAAWG_ALLOWED_IP_FLAG_REMOVE_ME = 1,
};

/**
 * enum naawg_chains - Result of a test that runs once, when the module is
 *   loaded. It segments a chain of datagrams that is redirected to another
 *   host. Receive offload chains datagrams only if the kernel segments such
 *   chains correctly.
 * @NAAWG_CHAINS_UNTRIED: There was no memory for the test.
 * @NAAWG_CHAINS_RIGHT: The datagrams have correct addresses and checksums.
 * @NAAWG_CHAINS_WRONG: The datagrams have wrong addresses or checksums.
 */
enum naawg_chains {
	NAAWG_CHAINS_UNTRIED,
	NAAWG_CHAINS_RIGHT,
	NAAWG_CHAINS_WRONG,
};

/**
 * enum naawg_forward_flag - Flags of a forward entry.
 * @NAAWG_FORWARD_FLAG_NO_MASQUERADE: Do not change the source address of
 *   forwarded connections.
 * @NAAWG_FORWARD_FLAG_REMOVE_ME: Remove the forward with this protocol and
 *   these ports. If the entry has a destination, remove only a forward with
 *   this destination.
 */
enum naawg_forward_flag {
	NAAWG_FORWARD_FLAG_NO_MASQUERADE = 1,
	NAAWG_FORWARD_FLAG_REMOVE_ME = 2,
};

/**
 * enum naawg_forward_request_flag - Flags of a set-forwards request. Without
 *   flags, a request only adds and removes.
 * @NAAWG_FORWARD_REQUEST_FLAG_REPLACE: Replace all present forwards by the
 *   entries of the request. A forward that does not change keeps its counters
 *   and its connections.
 * @NAAWG_FORWARD_REQUEST_FLAG_KILL: End the connections of every forward that
 *   this request removes.
 */
enum naawg_forward_request_flag {
	NAAWG_FORWARD_REQUEST_FLAG_REPLACE = 1,
	NAAWG_FORWARD_REQUEST_FLAG_KILL = 2,
};

/**
 * enum naawg_peer_change - Settings of a peer, in a notification about their
 *   change.
 * @NAAWG_PEER_CHANGE_PRESHARED_KEY: The preshared key was set, replaced or
 *   removed.
 * @NAAWG_PEER_CHANGE_ENDPOINT: A request set another endpoint.
 * @NAAWG_PEER_CHANGE_PERSISTENT_KEEPALIVE: The interval of persistent
 *   keepalives has changed.
 * @NAAWG_PEER_CHANGE_ALLOWED_IPS: The peer has other allowed IPs. A prefix
 *   that moves to another peer changes both peers.
 */
enum naawg_peer_change {
	NAAWG_PEER_CHANGE_PRESHARED_KEY = 1,
	NAAWG_PEER_CHANGE_ENDPOINT = 2,
	NAAWG_PEER_CHANGE_PERSISTENT_KEEPALIVE = 4,
	NAAWG_PEER_CHANGE_ALLOWED_IPS = 8,
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
	NAAWG_A_DEVICE_OLD_PUBLIC_KEY,
	NAAWG_A_DEVICE_UID,
	NAAWG_A_DEVICE_PROGRAM,
	NAAWG_A_DEVICE_OLD_FORWARDS,
	NAAWG_A_DEVICE_CALLERS,

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
	NAAWG_A_PEER_REKEYING,
	NAAWG_A_PEER_HANDSHAKE_RTT_US,
	NAAWG_A_PEER_RETRANSMISSIONS,
	NAAWG_A_PEER_LOST_PACKETS,
	NAAWG_A_PEER_LAST_RX,
	NAAWG_A_PEER_LAST_TX,
	NAAWG_A_PEER_CHANGES,
	NAAWG_A_PEER_ALLOWED_IPS_TOTAL,
	NAAWG_A_PEER_CONNECTED_SINCE,
	NAAWG_A_PEER_ATTEMPT_SINCE,
	NAAWG_A_PEER_ADDED,

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
	NAAWG_A_CALLER_PUBLIC_KEY = 1,
	NAAWG_A_CALLER_ENDPOINT,
	NAAWG_A_CALLER_COUNT,
	NAAWG_A_CALLER_FIRST,
	NAAWG_A_CALLER_LAST,
	NAAWG_A_CALLER_PAD,

	__NAAWG_A_CALLER_MAX,
	NAAWG_A_CALLER_MAX = (__NAAWG_A_CALLER_MAX - 1)
};

enum {
	NAAWG_CMD_GET_DEVICE = 1,
	NAAWG_CMD_SET_DEVICE,
	NAAWG_CMD_GET_STATS,
	NAAWG_CMD_SET_FORWARDS,
	NAAWG_CMD_GET_FORWARDS,
	NAAWG_CMD_FORWARD_ADDED_NTF,
	NAAWG_CMD_FORWARD_REMOVED_NTF,
	NAAWG_CMD_PEER_SESSION_NTF,
	NAAWG_CMD_PEER_ENDPOINT_NTF,
	NAAWG_CMD_PEER_GIVEN_UP_NTF,
	NAAWG_CMD_REKEY,
	NAAWG_CMD_PEER_ADDED_NTF,
	NAAWG_CMD_PEER_CHANGED_NTF,
	NAAWG_CMD_PEER_REMOVED_NTF,
	NAAWG_CMD_FORWARD_CHANGED_NTF,
	NAAWG_CMD_IDENTITY_CHANGED_NTF,
	NAAWG_CMD_LINK_UP_NTF,
	NAAWG_CMD_LINK_DOWN_NTF,
	NAAWG_CMD_GET_CALLERS,
	NAAWG_CMD_UNKNOWN_CALLER_NTF,

	__NAAWG_CMD_MAX,
	NAAWG_CMD_MAX = (__NAAWG_CMD_MAX - 1)
};

#define NAAWG_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_NAAWG_H */
