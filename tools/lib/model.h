/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device, its peers and their allowed IPs as plain structures.
 *
 * The same structures hold a report of the kernel, a configuration file, and a change for
 * the kernel. The bits tell which members are set.
 */

#ifndef NAAWG_MODEL_H
#define NAAWG_MODEL_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uapi/naawg.h>

#define KEY_LEN NAAWG_KEY_LEN

/* The number of networks a device can forbid. */
#define FORBIDDEN_MAX	256

struct allowed_ip {
	uint16_t family;
	uint8_t prefix_len;
	bool remove;
	union {
		struct in_addr ip4;
		struct in6_addr ip6;
	};
};

union endpoint {
	struct sockaddr addr;
	struct sockaddr_in addr4;
	struct sockaddr_in6 addr6;
};

enum peer_bits {
	PEER_HAS_PUBLIC_KEY	= 1 << 0,
	PEER_HAS_PRESHARED_KEY	= 1 << 1,
	PEER_HAS_ENDPOINT	= 1 << 2,
	PEER_HAS_KEEPALIVE	= 1 << 3,
	PEER_HAS_HANDSHAKE	= 1 << 4,
	PEER_CONNECTED		= 1 << 5,
	PEER_UNREACHABLE	= 1 << 6,
	PEER_REKEYING		= 1 << 7,
	PEER_HAS_LOSSES		= 1 << 11,	/* retransmissions and lost packets */
	/* only in a change */
	PEER_REMOVE		= 1 << 8,
	PEER_REPLACE_IPS	= 1 << 9,
	PEER_UPDATE_ONLY	= 1 << 10,
};

struct peer {
	uint32_t bits;
	uint8_t public_key[KEY_LEN];
	uint8_t preshared_key[KEY_LEN];
	union endpoint endpoint;
	uint16_t keepalive;
	uint64_t last_handshake;	/* ns since 1970 */
	uint64_t rx_bytes, tx_bytes;
	uint64_t rx_packets, tx_packets;
	uint32_t handshake_rtt_us;	/* 0: unknown */
	uint64_t retransmissions, lost_packets;
	uint64_t last_rx, last_tx;	/* ns since 1970, 0: never */
	/* ns since 1970, 0: it is not in this state; added: until its first session */
	uint64_t connected_since, attempt_since, added;
	char last_reason[32];
	struct allowed_ip *ips;
	size_t n_ips, room_ips;
	unsigned int line;		/* in a file: the first line of the peer */
	char *endpoint_given;		/* in a file: the endpoint as written */
	bool may_be_all;		/* in a file: a comment allows all addresses */
	uint64_t created;		/* in a file: seconds since 1970; 0: not said */
	bool created_wrong;		/* a comment says it, but it is no time */
	char name[64];
	uint32_t changes;		/* in an event: enum naawg_peer_change */
	uint32_t n_all_ips;		/* in an event, which has only the first ones */
};

struct reason {
	char name[32];
	uint64_t count;
	bool handshake;
};

/* A counter of batches. */
struct counter {
	char name[32];
	uint64_t count;
};

enum forward_bits {
	FORWARD_NO_MASQUERADE	= 1 << 0,
	FORWARD_FROM_PEER	= 1 << 1,
	FORWARD_FROM_PREFIX	= 1 << 2,
};

struct forward {
	uint32_t bits;
	uint8_t proto;
	uint16_t first, last;		/* ports of the address of the link */
	struct allowed_ip address;	/* family 0: this host itself */
	uint16_t to_port;		/* port there for the first port */
	char egress[IFNAMSIZ];
	struct allowed_ip from;
	uint8_t from_peer[KEY_LEN];
	uint64_t connections;
	uint64_t rx_packets, rx_bytes;
	uint64_t tx_packets, tx_bytes;
	uint64_t last_use;		/* ns since 1970 */
};

/* A host that sent handshakes and is no peer. */
struct caller {
	bool has_key;			/* else the handshakes were for another public key */
	uint8_t public_key[KEY_LEN];	/* claimed, not proven */
	union endpoint endpoint;	/* without a key: the port is 0 */
	uint64_t count;
	uint64_t first, last;		/* ns since 1970 */
};

enum device_bits {
	DEVICE_HAS_PRIVATE_KEY	= 1 << 0,
	DEVICE_HAS_PUBLIC_KEY	= 1 << 1,
	DEVICE_HAS_LISTEN_PORT	= 1 << 2,
	DEVICE_HAS_FWMARK	= 1 << 3,
	DEVICE_HAS_CHAINS	= 1 << 4,
	DEVICE_HAS_ANSWER	= 1 << 5,
	/* only in an event */
	DEVICE_HAS_OLD_PUBLIC_KEY = 1 << 6,
	DEVICE_HAS_UID		= 1 << 7,
	/* only in a change */
	DEVICE_REPLACE_PEERS	= 1 << 8,
	DEVICE_REPLACE_FORBIDDEN = 1 << 9,
	/* a file may have lines that wg does not know: Forward, AnswerUnreachable */
	DEVICE_TAKES_FORWARDS	= 1 << 16,
};

struct quick;

struct device {
	char name[256];			/* may be too long, so that the kernel refuses it */
	uint32_t ifindex;
	uint32_t bits;
	uint8_t private_key[KEY_LEN];
	uint8_t public_key[KEY_LEN];
	uint16_t listen_port;
	uint32_t fwmark;
	uint32_t chains;		/* enum naawg_chains */
	bool answer_unreachable;	/* answer packets for an unreachable peer with ICMP */
	struct peer *peers;
	size_t n_peers, room_peers;
	struct reason *reasons;
	size_t n_reasons, room_reasons;
	struct counter *counters;
	size_t n_counters, room_counters;
	struct forward *forwards;
	size_t n_forwards, room_forwards;
	struct forward *old_forwards;	/* in an event: those that forwards replaced */
	size_t n_old_forwards, room_old_forwards;
	struct allowed_ip *forbidden;	/* networks no peer may reach through this host */
	size_t n_forbidden, room_forbidden;
	struct caller *callers;
	size_t n_callers, room_callers;
	struct quick *quick;		/* set: a file may have the lines of naawg-quick */
	/* in an event: the public key before, and who asked for the change */
	uint8_t old_public_key[KEY_LEN];
	uint32_t uid;
	char program[16];
};

/*
 * These append an empty element and return it; NULL: there is no memory. The pointer is
 * valid until the next addition to the same array.
 */
struct peer *device_add_peer(struct device *dev);
struct allowed_ip *peer_add_ip(struct peer *peer);
struct reason *device_add_reason(struct device *dev);
struct counter *device_add_counter(struct device *dev);
struct forward *device_add_forward(struct device *dev);
struct forward *device_add_old_forward(struct device *dev);
struct allowed_ip *device_add_forbidden(struct device *dev);
struct caller *device_add_caller(struct device *dev);

void device_init(struct device *dev, const char *name);

/* Frees everything and wipes the keys. */
void device_destroy(struct device *dev);

bool allowed_ip_equal(const struct allowed_ip *a, const struct allowed_ip *b);
bool endpoint_equal(const union endpoint *a, const union endpoint *b);

#endif
