/* SPDX-License-Identifier: GPL-2.0 */
/* Table of the port forwards of a device, and changes to it. */
#ifndef _NAAWG_FORWARDS_H
#define _NAAWG_FORWARDS_H

#include <linux/if.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/rcupdate.h>

#include "../state/dev.h"

/* Maximum number of forwards of a device. */
#define NAAWG_FORWARDS_MAX	4096

/**
 * struct naawg_forward_spec - specification of a forward; compared as bytes
 * @addr: destination, network order; all zeros for this host itself
 * @from: sources that may use the forward; family 0 for all sources
 * @from_peer: public key of the only peer that may use the forward
 * @egress: name of the only outgoing interface, or empty
 * @first: first port on the link's own address, host order
 * @last: last port, host order
 * @to_port: port at the destination that @first becomes, host order
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: family of @addr; 0 for this host itself
 * @by_peer: @from_peer is set
 * @masquerade: replace the source address by that of the outgoing interface
 */
struct naawg_forward_spec {
	u8 addr[16] __aligned(8);
	struct naawg_prefix from;
	u8 from_peer[NAAWG_KEY_SIZE];
	char egress[IFNAMSIZ];
	u16 first;
	u16 last;
	u16 to_port;
	u8 proto;
	u8 family;
	bool by_peer;
	bool masquerade;
};

/**
 * struct naawg_forward_stats - counters of a forward on one CPU
 * @connections: number of connections
 * @rx_packets: number of packets from the tunnel
 * @rx_bytes: bytes of these packets
 * @tx_packets: number of packets into the tunnel
 * @tx_bytes: bytes of these packets
 */
struct naawg_forward_stats {
	u64 connections;
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
};

/**
 * struct naawg_forward - a forward
 * @spec: its specification; set once
 * @stats: its counters; set once
 * @last_use: wall-clock second of its newest packet, 0 for never (read anywhere)
 * @link: link in a list of a change (dev->config)
 * @origin: entry of the request that asked for the forward, NULL after the request
 */
struct naawg_forward {
	struct naawg_forward_spec spec;
	struct naawg_forward_stats __percpu *stats;
	time64_t last_use;
	struct list_head link;
	const void *origin;
};

/* Number of ports per page of the index, and number of pages. */
#define NAAWG_PORT_PAGE		256

/**
 * struct naawg_port_page - forwards of 256 consecutive ports
 * @number: per port, the number of the forward in the table, from 1; 0 for none
 */
struct naawg_port_page {
	u16 number[NAAWG_PORT_PAGE];
};

/**
 * struct naawg_port_index - forwards of one protocol and family, by port
 * @page: page per upper half of a port, NULL for none
 */
struct naawg_port_index {
	struct naawg_port_page *page[NAAWG_PORT_PAGE];
};

/**
 * struct naawg_forward_table - all forwards of a device; constant once published
 * @index: index per family (IPv4, IPv6) and protocol (TCP, UDP), NULL for none
 * @removed: forwards that are freed with this table
 * @rcu: for freeing
 * @egress: at least one forward has an outgoing interface
 * @count: length of @forward
 * @forward: the forwards in the order they were added
 */
struct naawg_forward_table {
	struct naawg_port_index *index[2][2];
	struct list_head removed;
	struct rcu_head rcu;
	bool egress;
	unsigned int count;
	struct naawg_forward *forward[];
};

/**
 * struct naawg_forwards - forwards of one device
 * @dev: the device; set once
 * @table: present forwards, NULL for none (RCU, written under dev->config)
 * @generation: number that grows with every change (dev->config)
 * @hooked: namespace in which our hooks redirect connections for this device, or
 *	NULL (dev->config)
 * @watched: namespace in which our hooks check destinations for this device, as it
 *	forbids networks, or NULL (dev->config)
 * @gone: the link is between two namespaces, or was removed (dev->config)
 * @lingering: connections of removed forwards may be left (dev->config)
 */
struct naawg_forwards {
	struct naawg_dev *dev;
	struct naawg_forward_table __rcu *table;
	u64 generation;
	struct net *hooked;
	struct net *watched;
	bool gone;
	bool lingering;
};

/**
 * struct naawg_forward_change - a change to the forwards of a device
 * @wanted: forwards to add; those that stay in this list are freed with the change
 * @unwanted: specs of forwards to remove
 * @replace: remove all present forwards that are not in @wanted
 * @committed: the change is in force
 * @table: the new table; once committed, the old one
 * @added: forwards of @wanted that are new
 * @removed: present forwards that are removed
 * @warning: text for the user, or NULL
 * @refused: forward of @wanted or @unwanted that was refused, or NULL
 */
struct naawg_forward_change {
	struct list_head wanted;
	struct list_head unwanted;
	bool replace;
	bool committed;
	struct naawg_forward_table *table;
	struct list_head added;
	struct list_head removed;
	const char *warning;
	struct naawg_forward *refused;
};

int naawg_forwards_init(struct naawg_dev *dev);
void naawg_forwards_destroy(struct naawg_dev *dev);

struct naawg_forward *naawg_forward_new(void);
void naawg_forward_change_init(struct naawg_forward_change *change);
int naawg_forward_change_prepare(struct naawg_forward_change *change,
				 struct naawg_forwards *forwards,
				 struct netlink_ext_ack *extack);
void naawg_forward_change_commit(struct naawg_forward_change *change,
				 struct naawg_forwards *forwards);
void naawg_forward_change_destroy(struct naawg_forward_change *change);

struct naawg_forward *naawg_forward_find(const struct naawg_forward_table *table,
					 u8 family, u8 proto, u16 port);
void naawg_forward_sum(const struct naawg_forward *forward,
		       struct naawg_forward_stats *sum);

#endif
