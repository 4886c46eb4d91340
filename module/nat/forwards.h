/* SPDX-License-Identifier: GPL-2.0 */
/* Port forwards of a device: the rules, and finding one by its port. */
#ifndef _NAAWG_FORWARDS_H
#define _NAAWG_FORWARDS_H

#include <linux/if.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/rcupdate.h>

#include "../state/dev.h"

/* Forwards a device may have. */
#define NAAWG_FORWARDS_MAX	4096

/**
 * struct naawg_forward_spec - what a forward says; compared as bytes
 * @addr: destination, network order; all zeros without one
 * @from: sources that may use it; family 0 when all may
 * @from_peer: public key of the peer that may use it
 * @egress: the only interface to leave by, or empty
 * @first: first port on the link's own address, host order
 * @last: last port, host order
 * @to_port: what @first becomes at the destination, host order
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: of @addr; 0 means this host itself
 * @by_peer: @from_peer holds a key
 * @masquerade: hide the source behind the address of the way out
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
 * struct naawg_forward_stats - what one CPU counted
 * @connections: connections made
 * @rx_packets: packets out of the tunnel
 * @rx_bytes: their bytes
 * @tx_packets: packets into the tunnel
 * @tx_bytes: their bytes
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
 * @spec: what it says; set once
 * @stats: its counters; set once
 * @last_use: wall-clock second of its newest packet, 0 for never (read anywhere)
 * @link: in a list of a change (dev->config)
 * @origin: what in a request asked for it, as long as the request lasts
 */
struct naawg_forward {
	struct naawg_forward_spec spec;
	struct naawg_forward_stats __percpu *stats;
	time64_t last_use;
	struct list_head link;
	const void *origin;
};

/* Ports of one page of the index, and pages. */
#define NAAWG_PORT_PAGE		256

/**
 * struct naawg_port_page - forwards of 256 neighbouring ports
 * @number: of the forward in the table, counted from 1; 0 is none
 */
struct naawg_port_page {
	u16 number[NAAWG_PORT_PAGE];
};

/**
 * struct naawg_port_index - forwards of one protocol and family, by port
 * @page: pages by the upper half of the port, NULL for none
 */
struct naawg_port_index {
	struct naawg_port_page *page[NAAWG_PORT_PAGE];
};

/**
 * struct naawg_forward_table - all forwards at one time; never changes
 * @index: by family (IPv4, IPv6) and protocol (TCP, UDP), NULL for none
 * @removed: forwards that leave with this table
 * @rcu: for freeing
 * @egress: some forward names its way out
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
 * @table: the present ones, NULL for none (RCU, written under dev->config)
 * @generation: grows with every change (dev->config)
 * @hooked: namespace whose connections are bound for us, or NULL (dev->config)
 * @watched: namespace whose packets are looked at because the device forbids
 *	networks, or NULL (dev->config)
 * @gone: the link is in no namespace at the moment, or for good (dev->config)
 * @lingering: removed forwards may have connections left (dev->config)
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
 * struct naawg_forward_change - a change on its way
 * @wanted: forwards to add; what is left over is freed with the change
 * @unwanted: forwards to remove, of which only the spec counts
 * @replace: @wanted is all there shall be
 * @committed: it is in force
 * @table: what will be in force; once committed, what was before
 * @added: those of @wanted that are new
 * @removed: those of the present ones that leave
 * @warning: something a user should know, or NULL
 * @refused: the entry of @wanted or @unwanted that was refused, or NULL
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
